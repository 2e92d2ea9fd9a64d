package io.fingerpost.k8s;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The instructions of one of our Dockerfiles. */
record Dockerfile(List<Instruction> instructions) {
    private static final Pattern FORM = Pattern.compile("([A-Z]+)\\s+(.+)");

    /** One instruction, its continued lines joined. */
    record Instruction(String name, String text) {}

    /** Reads `deploy/images/PROGRAM.Dockerfile`. */
    static Dockerfile of(String program) throws IOException {
        String text = Project.text("deploy/images/" + program + ".Dockerfile");
        return new Dockerfile(text.replaceAll("(?m)^#.*\n", "").replaceAll("\\s*\\\\\n\\s*", " ").lines()
                .filter(line -> !line.isBlank()).map(Dockerfile::instruction).toList());
    }

    private static Instruction instruction(String line) {
        var form = FORM.matcher(line);
        if (!form.matches()) {
            throw new IllegalArgumentException("not an instruction: " + line);
        }
        return new Instruction(form.group(1), form.group(2));
    }

    List<String> all(String name) {
        return instructions.stream().filter(found -> found.name.equals(name)).map(Instruction::text).toList();
    }

    String only(String name) {
        var found = all(name);
        if (found.size() != 1) {
            throw new IllegalStateException(found.size() + " times " + name);
        }
        return found.getFirst();
    }

    /** The number of the user that the program runs as. */
    int user() {
        return Integer.parseInt(only("USER").replaceFirst(":\\d+$", ""));
    }

    Set<Integer> ports() {
        return Arrays.stream(only("EXPOSE").split("\\s+")).map(Integer::valueOf).collect(Collectors.toSet());
    }

    /** The exec form; a shell form is no JSON list, and fails. */
    List<String> entrypoint() {
        return Project.strings(Project.json(only("ENTRYPOINT")));
    }

    /** What the entry point tells the program, behind what it tells Java. */
    List<String> arguments() {
        var entrypoint = entrypoint();
        return entrypoint.subList(entrypoint.indexOf("-jar") + 2, entrypoint.size());
    }
}
