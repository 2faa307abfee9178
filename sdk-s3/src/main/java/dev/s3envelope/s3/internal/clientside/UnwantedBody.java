package dev.s3envelope.s3.internal.clientside;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A body that nobody takes: whoever brings it is told, by a subscription that is cancelled at once. */
public final class UnwantedBody implements Subscriber<ByteBuffer> {
    private UnwantedBody() {}

    /** Leaves a body with whoever brings it. */
    public static void leave(Publisher<ByteBuffer> body) {
        body.subscribe(new UnwantedBody());
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.cancel();
    }

    @Override
    public void onNext(ByteBuffer buffer) {}

    @Override
    public void onError(@Nullable Throwable failure) {}

    @Override
    public void onComplete() {}
}
