package io.fingerpost.agent.cli;

import java.nio.file.Path;

/** The `--data` option of commands that need no further configuration. */
final class DataOption {
    private DataOption() {}

    /** The directory meant; `~/` is the user's home. */
    static Path path(String text) {
        return text.startsWith("~/") ? Path.of(System.getProperty("user.home"), text.substring(2)) : Path.of(text);
    }
}
