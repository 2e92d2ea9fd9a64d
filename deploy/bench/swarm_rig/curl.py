"""Downloads by curl that wait for the word."""

import os


def config(base, names, folder):
    """A curl configuration that fetches all the names into the folder."""
    return "".join(f'url = "{base}/{name}"\noutput = "{folder}/{name}"\n' for name in names)


def waiting(processes, node, base, names, folder, log, parallel=50):
    """A curl in the node that begins when it is told a line, and exits with 0 when all is there."""
    os.makedirs(folder, exist_ok=True)
    path = f"{folder}.curlrc"
    with open(path, "w") as file:
        file.write(config(base, names, folder))
    script = f'read -r go; exec curl -qsSf --no-progress-meter --noproxy "*" --parallel --parallel-immediate --parallel-max {parallel} -K "$1"'
    if len(names) == 1:
        script = 'read -r go; exec curl -qsSf --noproxy "*" -K "$1"'
    return processes.start(node, ["sh", "-c", script, "curl", path], log, stdin=True)
