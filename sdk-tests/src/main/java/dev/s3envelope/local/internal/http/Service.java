package dev.s3envelope.local.internal.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One AWS service behind the front end. Calls arrive concurrently on the front end's worker threads. */
public interface Service {
    /** The service name in a credential scope: {@code s3}, {@code kms} or {@code sts}. */
    String name();

    /** The name of the operation a call asks for, such as {@code GetObject}; never fails. Injected faults select by it. */
    String operation(HttpCall call);

    /** The ARN of what a call is about, if its target tells; null otherwise. Injected faults select by it. */
    default @Nullable String resource(HttpCall call) {
        return null;
    }

    /** Answers one verified call; an {@link AwsError} thrown before the answer began is rendered by {@link #respond}. */
    void handle(HttpCall call, Caller caller) throws IOException;

    /** Renders an error in the wire format of this service. */
    void respond(HttpCall call, AwsError error);
}
