package io.fingerpost.broker.tls;

/** A file cannot be used; the message says in one line why, without naming it and without showing any of its content. */
final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
        super(message);
    }
}
