package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.s3.PreflightStrategy;
import dev.s3envelope.s3.internal.clientside.RequestAttributes;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * What was asked before a read; it travels with the request.
 *
 * @param target what is read
 * @param strategy how it was asked
 * @param caller for whom
 * @param asked of which key; empty where none was known
 */
record Checked(ReadTarget target, PreflightStrategy strategy, Callers.Caller caller, Optional<StoredUnder.Key> asked) {
    private static final ExecutionAttribute<Checked> ATTRIBUTE =
            new ExecutionAttribute<>("dev.s3envelope.s3.internal.preflight.Checked");

    static Optional<Checked> of(S3Request request) {
        return RequestAttributes.get(request, ATTRIBUTE);
    }

    <T extends S3Request> T on(T request) {
        return RequestAttributes.with(request, ATTRIBUTE, this);
    }
}
