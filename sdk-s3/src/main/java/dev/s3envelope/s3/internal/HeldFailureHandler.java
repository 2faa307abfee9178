package dev.s3envelope.s3.internal;

import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.SelectObjectContentEventStream;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponse;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponseHandler;

/** As {@link HeldFailureTransformer}, for the event stream of SelectObjectContent. */
public final class HeldFailureHandler implements SelectObjectContentResponseHandler {
    private final SelectObjectContentResponseHandler callers;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile boolean responded;

    /** Stands before the caller's handler. */
    public HeldFailureHandler(SelectObjectContentResponseHandler callers) {
        this.callers = callers;
    }

    /** Whether the caller's handler has seen a response. */
    public boolean responded() {
        return responded;
    }

    /** Tells the caller's handler of the failure that is final, unless it knows. */
    public void failed(Throwable failure) {
        if (told.compareAndSet(false, true)) {
            callers.exceptionOccurred(failure);
        }
    }

    @Override
    public void responseReceived(SelectObjectContentResponse response) {
        responded = true;
        callers.responseReceived(response);
    }

    @Override
    public void onEventStream(SdkPublisher<SelectObjectContentEventStream> publisher) {
        callers.onEventStream(publisher);
    }

    @Override
    public void exceptionOccurred(Throwable failure) {
        if (responded) {
            told.set(true);
            callers.exceptionOccurred(failure);
        }
    }

    @Override
    public void complete() {
        callers.complete();
    }
}
