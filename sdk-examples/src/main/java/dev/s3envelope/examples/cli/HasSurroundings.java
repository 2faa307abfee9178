package dev.s3envelope.examples.cli;

/** The command above all others, which knows where to read and write. */
public interface HasSurroundings {
    /** Where to read and write. */
    Surroundings surroundings();
}
