package io.fingerpost.registry.locality;

/** A database cannot be used; the message says in one line why, without naming the file. */
final class UnusableDatabase extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableDatabase(String message) {
        super(message);
    }
}
