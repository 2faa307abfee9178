package dev.s3envelope.local.internal.http;

import java.io.IOException;

/** One AWS service behind the front end. Calls arrive concurrently on the front end's worker threads. */
public interface Service {
    /** The service name in a credential scope: {@code s3}, {@code kms} or {@code sts}. */
    String name();

    /** Answers one verified call; an {@link AwsError} thrown before the answer began is rendered by {@link #respond}. */
    void handle(HttpCall call, Caller caller) throws IOException;

    /** Renders an error in the wire format of this service. */
    void respond(HttpCall call, AwsError error);
}
