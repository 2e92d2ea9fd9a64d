"""The files that are fetched, and the check of what arrived."""

import hashlib
import os


class Release:
    """Files of random bytes below what the origin serves: the same sizes every time, and never the same bytes."""

    def __init__(self, root, path, sizes):
        self.root, self.path = root, path
        self.names = [f"{path}-{i:02}.bin" for i in range(len(sizes))]
        self.digests = {}
        os.makedirs(os.path.join(root, path))
        for name, size in zip(self.names, sizes):
            content = os.urandom(size)
            self.digests[name] = hashlib.sha256(content).digest()
            with open(self.file(name), "wb") as file:
                file.write(content)

    def file(self, name):
        return os.path.join(self.root, self.path, name)

    def complete(self, folder):
        """Whether every file is there with the right sha256."""
        return all(digest(os.path.join(folder, name)) == self.digests[name] for name in self.names)

    def adulterated(self, folder):
        """Whether anything in the folder is not how the file of that name begins."""
        return any(not self._begins(os.path.join(folder, name), self.file(name)) for name in self.names)

    @staticmethod
    def _begins(path, whole):
        if not os.path.exists(path):
            return True
        with open(path, "rb") as part, open(whole, "rb") as file:
            while chunk := part.read(1 << 20):
                if chunk != file.read(len(chunk)):
                    return False
        return True


def digest(path):
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
