package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.s3.internal.clientside.Demand;
import dev.s3envelope.s3.internal.clientside.FailedStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.SdkPublisher;

/**
 * The first bytes of an object for the subscriber that writes a file from its beginning, while pieces further on are written to their places beside it. It ends where the first
 * piece begins that somebody else has. Nothing is kept in memory, so that no order and no window is needed.
 */
final class InPlaceBody implements SdkPublisher<ByteBuffer>, Front.Body {
    private final Publisher<ByteBuffer> source;
    private final Pieces pieces;
    private final Function<ByteSpan, ? extends CompletableFuture<?>> write;
    private final Front front;
    private final Gate gate;
    private final Map<ByteSpan, CompletableFuture<?>> writing = new HashMap<>();
    private @Nullable Stretch stretch;
    private boolean frontOver;
    private boolean ended;

    /**
     * A body.
     *
     * @param source the body of the first answer
     * @param write writes some of the object to its place; there is no file before somebody subscribed to this body
     * @param gate through which whatever is written goes
     */
    InPlaceBody(
            Publisher<ByteBuffer> source,
            Pieces pieces,
            Function<ByteSpan, ? extends CompletableFuture<?>> write,
            Front front,
            Gate gate) {
        this.source = source;
        this.pieces = pieces;
        this.write = write;
        this.front = front;
        this.gate = gate;
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        Stretch first = new Stretch(Objects.requireNonNull(subscriber, "subscriber"));
        boolean again;
        synchronized (this) {
            again = stretch != null;
            stretch = again ? stretch : first;
        }
        if (again) {
            FailedStream.tell(subscriber, new EnvelopeException("The body of a response can be read once."));
            return;
        }
        takePieces();
        source.subscribe(first);
    }

    private void takePieces() {
        for (OptionalInt next = pieces.take(); next.isPresent(); next = pieces.take()) {
            begin(pieces.span(next.getAsInt()));
        }
    }

    private void begin(ByteSpan span) {
        CompletableFuture<?> call = write.apply(span);
        boolean late;
        synchronized (this) {
            late = ended;
            writing.put(span, call);
        }
        if (late) {
            call.cancel(true);
        }
        var unused = call.whenComplete((done, broken) -> {
            synchronized (this) {
                writing.remove(span);
            }
            pieces.fetched();
            if (broken != null) {
                stop(StageFailures.unwrap(broken));
            } else {
                takePieces();
                settle();
            }
        });
    }

    private void settle() {
        synchronized (this) {
            if (ended || !frontOver || !pieces.settled()) {
                return;
            }
            ended = true;
        }
        front.over(null);
    }

    /** The first answer is not needed any more, or has broken or ended: the subscriber has all it gets. */
    private void frontOver(Stretch first, boolean left) {
        synchronized (this) {
            frontOver = true;
        }
        if (left) {
            first.cancelSource();
            front.left();
        }
        first.release().ifPresent(Subscriber::onComplete);
        takePieces();
        settle();
    }

    @Override
    public void frontBroke(Throwable broken) {
        Stretch first;
        synchronized (this) {
            if (frontOver || ended) {
                return;
            }
            first = stretch;
        }
        if (first == null || !Retries.another(broken)) {
            stop(broken);
        } else {
            first.replace();
        }
    }

    @Override
    public void stop(Throwable reason) {
        Stretch first;
        boolean heard;
        synchronized (this) {
            if (ended) {
                return;
            }
            first = stretch;
            heard = !frontOver;
        }
        front.failing(reason);
        if (!end()) {
            return;
        }
        if (heard && first != null) {
            first.cancelSource();
            first.release().ifPresent(subscriber -> subscriber.onError(reason));
        } else {
            front.tell(reason);
        }
        front.over(reason);
    }

    @Override
    public synchronized boolean begun() {
        return stretch != null;
    }

    /** Ends all calls, once. */
    private boolean end() {
        List<CompletableFuture<?>> calls;
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
            calls = List.copyOf(writing.values());
        }
        pieces.end();
        gate.close();
        calls.forEach(call -> call.cancel(true));
        return true;
    }

    /** The beginning of the object. */
    private final class Stretch implements Subscriber<ByteBuffer>, Subscription {
        private final AtomicReference<@Nullable Subscriber<? super ByteBuffer>> subscriber;
        private volatile @Nullable Subscription upstream;
        private boolean over;
        private long position;
        private int piece;

        Stretch(Subscriber<? super ByteBuffer> subscriber) {
            this.subscriber = new AtomicReference<>(subscriber);
        }

        /** The subscriber, which hears one more signal and is let go. */
        Optional<Subscriber<? super ByteBuffer>> release() {
            return Optional.ofNullable(subscriber.getAndSet(null));
        }

        @Override
        public void request(long count) {
            Subscription from = upstream;
            if (count <= 0) {
                stop(Demand.refused(count));
            } else if (from != null) {
                from.request(count);
            }
        }

        @Override
        public void cancel() {
            boolean wasOver;
            synchronized (this) {
                wasOver = over;
                over = true;
            }
            if (release().isPresent() && !wasOver) {
                cancelSource();
                if (end()) {
                    front.cancelled();
                }
            }
        }

        void cancelSource() {
            Subscription from = upstream;
            if (from != null) {
                from.cancel();
            }
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            if (upstream != null) {
                subscription.cancel();
                return;
            }
            upstream = subscription;
            Subscriber<? super ByteBuffer> to = subscriber.get();
            if (to != null) {
                to.onSubscribe(this);
            }
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            boolean met;
            synchronized (this) {
                if (over) {
                    return;
                }
                ByteBuffer mine = upToTheNextPiece(buffer);
                met = over;
                position += mine.remaining();
                Subscriber<? super ByteBuffer> to = subscriber.get();
                if (to != null) {
                    to.onNext(mine);
                }
            }
            if (met) {
                frontOver(this, true);
            }
        }

        /** The buffer, or what of it lies before a piece that somebody else has. */
        private ByteBuffer upToTheNextPiece(ByteBuffer buffer) {
            long end = pieces.span(piece).end();
            while (position + buffer.remaining() >= end && piece + 1 < pieces.count()) {
                if (!pieces.frontGoesOn(piece + 1)) {
                    over = true;
                    return buffer.slice(buffer.position(), (int) (end - position));
                }
                piece++;
                end = pieces.span(piece).end();
            }
            return buffer;
        }

        /** What is left of the piece is written as one. */
        void replace() {
            ByteSpan rest;
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
                rest = new ByteSpan(position, pieces.span(piece).end() - position);
            }
            pieces.frontReplaced();
            if (rest.length() > 0) {
                begin(rest);
            } else {
                pieces.fetched();
            }
            frontOver(this, true);
            front.replaced();
        }

        @Override
        public void onError(Throwable broken) {
            frontBroke(Objects.requireNonNull(broken, "broken"));
        }

        @Override
        public void onComplete() {
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
            }
            if (position != pieces.length()) {
                stop(new EnvelopeException(
                        "The body of the object ended after " + position + " of its " + pieces.length() + " bytes."));
                return;
            }
            pieces.frontIsOver();
            frontOver(this, false);
        }
    }
}
