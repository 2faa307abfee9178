package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.s3.internal.clientside.FailureNote;
import dev.s3envelope.s3.internal.clientside.Stages;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Stands before the caller's transformer and hands on an answer once it is known that its key lets the caller in.
 *
 * @param <R> what the caller's transformer makes of it
 */
final class WatchedBody<R> implements ResponseTransformer<GetObjectResponse, R> {
    private final ResponseTransformer<GetObjectResponse, R> callers;
    private final ReadChecks checks;
    private final Checked checked;
    private final FailureNote note;

    WatchedBody(
            ResponseTransformer<GetObjectResponse, R> callers, ReadChecks checks, Checked checked, FailureNote note) {
        this.callers = callers;
        this.checks = checks;
        this.checked = checked;
        this.note = note;
    }

    @Override
    public R transform(GetObjectResponse answer, AbortableInputStream body) throws Exception {
        note.clear();
        try {
            Stages.join(checks.answered(checked, answer));
        } catch (RuntimeException e) {
            note.note(e);
            body.abort();
            throw e;
        }
        return callers.transform(answer, body);
    }

    @Override
    public boolean needsConnectionLeftOpen() {
        return callers.needsConnectionLeftOpen();
    }

    @Override
    public String name() {
        return callers.name();
    }
}
