package dev.s3envelope.s3.internal;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;

/**
 * Stands before the caller's transformer to see whether it was given a response; from then on nothing is sent again, whatever it
 * throws.
 *
 * @param <ResponseT> the response of the operation
 * @param <ReturnT> what the caller's transformer makes of it
 */
public final class ObservedTransformer<ResponseT, ReturnT> implements ResponseTransformer<ResponseT, ReturnT> {
    private final ResponseTransformer<ResponseT, ReturnT> callers;
    private volatile @Nullable ResponseT response;

    /** Stands before the caller's transformer. */
    public ObservedTransformer(ResponseTransformer<ResponseT, ReturnT> callers) {
        this.callers = callers;
    }

    /** Whether the caller's transformer has seen a response. */
    public boolean responded() {
        return response != null;
    }

    /** The response the caller's transformer was given last. */
    public Optional<ResponseT> response() {
        return Optional.ofNullable(response);
    }

    /** Notes a response that is handed out past the caller's transformer. */
    public void handsOut(ResponseT given) {
        this.response = given;
    }

    @Override
    public ReturnT transform(ResponseT response, AbortableInputStream body) throws Exception {
        this.response = response;
        return callers.transform(response, body);
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
