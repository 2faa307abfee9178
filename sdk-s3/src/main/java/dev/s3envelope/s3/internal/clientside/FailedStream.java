package dev.s3envelope.s3.internal.clientside;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Nothing but a failure: a subscriber hears of one only after it was given a subscription (Reactive Streams, rule 1.9). */
public final class FailedStream {
    private static final Subscription NOTHING_TO_COME = new Subscription() {
        @Override
        public void request(long count) {}

        @Override
        public void cancel() {}
    };

    private FailedStream() {}

    /** Fails a subscriber. */
    public static void tell(Subscriber<?> subscriber, Throwable failure) {
        subscriber.onSubscribe(NOTHING_TO_COME);
        subscriber.onError(failure);
    }
}
