package dev.s3envelope.examples.tour;

import java.io.IOException;
import java.util.List;

/** One part of the tour. It makes its own buckets and keys on the stage, so that the order of scenarios does not matter. */
interface Scenario {
    /** A heading. */
    String title();

    /** Plays it; each finding holds what was expected and what was seen. */
    List<Finding> play(Stage stage) throws IOException;
}
