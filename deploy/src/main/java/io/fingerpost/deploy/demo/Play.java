package io.fingerpost.deploy.demo;

import java.io.IOException;

/** What a demo shows, with a cast that is on stage. */
interface Play {
    /** Plays all scenes; whether everything was true. */
    boolean run() throws IOException, InterruptedException;

    /** Tells where everything is, and waits for a signal. */
    void keepRunning() throws IOException, InterruptedException;
}
