package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.s3.internal.clientside.Demand;
import dev.s3envelope.s3.internal.clientside.FailedStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.SdkPublisher;

/**
 * The bytes of an object in their order, for one subscriber: those of the first answer as far as it is needed, then pieces that were fetched beside it and wait in memory.
 *
 * <p>Nothing is fetched before the subscriber asks for something, and nothing beyond the window of {@link Pieces} before it took what comes earlier. A piece is handed on once all of it is there. Where the first
 * answer breaks, the rest of its piece is fetched as a piece. Everything runs on whichever thread brings bytes or demand, one at a time; nothing waits.
 */
final class OrderedBody implements SdkPublisher<ByteBuffer>, Front.Body {
    /** Bytes of a piece handed on at a time. */
    static final int STEP = 128 * 1024;

    private final Publisher<ByteBuffer> source;
    private final Pieces pieces;
    private final Function<ByteSpan, CompletableFuture<byte[]>> fetch;
    private final Front front;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final Queue<ByteBuffer> arrived = new ConcurrentLinkedQueue<>();
    private final Demand demand = new Demand();
    /** Starts at one: whatever arrives before the subscriber has its subscription is only counted. */
    private final AtomicInteger work = new AtomicInteger(1);

    private volatile @Nullable Subscription upstream;
    private volatile boolean frontEnded;
    private volatile @Nullable Throwable frontBroken;
    private volatile boolean cancelled;
    private volatile @Nullable Throwable failure;

    // Touched by the thread that drains, one at a time.
    private @Nullable Subscriber<? super ByteBuffer> downstream;
    private final Map<Integer, CompletableFuture<byte[]>> fetched = new HashMap<>();
    private @Nullable ByteBuffer current;
    private boolean fromFront = true;
    private boolean asked;
    private boolean finished;
    private long position;
    private int piece;

    /**
     * A body.
     *
     * @param source the body of the first answer
     * @param fetch gets some of the object, all of it or a failure
     */
    OrderedBody(
            Publisher<ByteBuffer> source,
            Pieces pieces,
            Function<ByteSpan, CompletableFuture<byte[]>> fetch,
            Front front) {
        this.source = source;
        this.pieces = pieces;
        this.fetch = fetch;
        this.front = front;
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (!taken.compareAndSet(false, true)) {
            FailedStream.tell(subscriber, new EnvelopeException("The body of a response can be read once."));
            return;
        }
        downstream = subscriber;
        source.subscribe(new FromFront());
    }

    @Override
    public void frontBroke(Throwable broken) {
        if (frontBroken == null) {
            frontBroken = broken;
        }
        drain();
    }

    @Override
    public void stop(Throwable reason) {
        if (failure == null) {
            failure = reason;
        }
        pieces.end();
        drain();
    }

    @Override
    public boolean begun() {
        return upstream != null;
    }

    private void drain() {
        if (work.getAndIncrement() == 0) {
            run();
        }
    }

    private void run() {
        int missed = work.get();
        while (true) {
            step();
            missed = work.addAndGet(-missed);
            if (missed == 0) {
                return;
            }
        }
    }

    private void step() {
        while (!finished) {
            Throwable broken = failure;
            if (cancelled) {
                end();
            } else if (broken != null) {
                fail(broken);
            } else if (position == pieces.length()) {
                if (!atEnd()) {
                    return;
                }
            } else if (!demand.any()) {
                return;
            } else {
                takePieces();
                ByteBuffer next = fromFront ? ofFront() : ofPiece();
                if (next != null) {
                    hand(next);
                } else if (failure == null) {
                    // Whatever arrives from now on counts as work.
                    return;
                }
            }
        }
    }

    private void takePieces() {
        for (OptionalInt next = pieces.take(); next.isPresent(); next = pieces.take()) {
            begin(next.getAsInt(), pieces.span(next.getAsInt()));
        }
    }

    private void begin(int which, ByteSpan span) {
        CompletableFuture<byte[]> call = fetch.apply(span);
        fetched.put(which, call);
        var unused = call.whenComplete((bytes, broken) -> {
            pieces.fetched();
            if (broken != null) {
                stop(StageFailures.unwrap(broken));
            } else {
                drain();
            }
        });
    }

    /** All bytes were handed on: the first answer, where they came from it, has yet to say that it ended well. */
    private boolean atEnd() {
        if (!fromFront) {
            complete();
            return true;
        }
        ByteBuffer more = current == null ? arrived.poll() : current;
        if (more != null) {
            asked = false;
            current = null;
            if (more.hasRemaining()) {
                failure = new EnvelopeException(
                        "The body of the object has more than the " + pieces.length() + " bytes that were announced.");
            }
            return true;
        }
        Throwable broken = frontBroken;
        if (broken != null) {
            failure = broken;
        } else if (frontEnded) {
            complete();
        } else {
            if (!asked) {
                ask();
            }
            return false;
        }
        return true;
    }

    private @Nullable ByteBuffer ofFront() {
        ByteBuffer in = current;
        if (in == null || !in.hasRemaining()) {
            in = arrived.poll();
            current = in;
            asked = asked && in == null;
        }
        if (in != null) {
            return in;
        }
        Throwable broken = frontBroken;
        if (broken != null) {
            replaceFront(broken);
        } else if (frontEnded) {
            failure = new EnvelopeException(
                    "The body of the object ended after " + position + " of its " + pieces.length() + " bytes.");
        } else if (!asked) {
            ask();
        }
        return null;
    }

    private void ask() {
        asked = true;
        Subscription from = upstream;
        if (from != null) {
            from.request(1);
        }
    }

    /** The rest of the piece the front was in becomes a piece, unless what broke it would break that too. */
    private void replaceFront(Throwable broken) {
        if (!Retries.another(broken)) {
            failure = broken;
            return;
        }
        fromFront = false;
        pieces.frontReplaced();
        leaveFront();
        front.replaced();
        ByteSpan span = pieces.span(piece);
        begin(piece, new ByteSpan(position, span.end() - position));
    }

    private @Nullable ByteBuffer ofPiece() {
        ByteBuffer in = current;
        if (in == null) {
            CompletableFuture<byte[]> call = fetched.get(piece);
            if (call == null || !call.isDone() || call.isCompletedExceptionally()) {
                return null;
            }
            fetched.remove(piece);
            in = ByteBuffer.wrap(call.join());
            current = in;
        }
        return in;
    }

    private void hand(ByteBuffer in) {
        long left = pieces.span(piece).end() - position;
        int count = (int) Math.min(left, fromFront ? in.remaining() : Math.min(STEP, in.remaining()));
        ByteBuffer out = in.slice(in.position(), count);
        in.position(in.position() + count);
        if (!in.hasRemaining()) {
            current = null;
        }
        position += count;
        if (count == left) {
            turn();
        }
        if (count > 0) {
            demand.meet();
            subscriber().onNext(out);
        }
    }

    /** On to the next piece, which is the front's if nobody else has it. */
    private void turn() {
        pieces.read(piece);
        piece++;
        if (piece < pieces.count() && fromFront && !pieces.frontGoesOn(piece)) {
            fromFront = false;
            leaveFront();
            front.left();
        }
    }

    private void leaveFront() {
        current = null;
        arrived.clear();
        Subscription from = upstream;
        if (from != null) {
            from.cancel();
        }
    }

    private void fail(Throwable reason) {
        Subscriber<? super ByteBuffer> to = subscriber();
        front.failing(reason);
        close();
        to.onError(reason);
        front.over(reason);
    }

    private void complete() {
        Subscriber<? super ByteBuffer> to = subscriber();
        close();
        // First, since the caller may have the result as soon as the subscriber has all of it.
        front.over(null);
        to.onComplete();
    }

    private void end() {
        close();
        front.cancelled();
    }

    private Subscriber<? super ByteBuffer> subscriber() {
        return Objects.requireNonNull(downstream, "cannot happen: the stream has ended");
    }

    private void close() {
        finished = true;
        pieces.end();
        fetched.values().forEach(call -> call.cancel(true));
        fetched.clear();
        arrived.clear();
        current = null;
        downstream = null;
        Subscription from = upstream;
        if (fromFront && !frontEnded && from != null) {
            from.cancel();
        }
    }

    /** The subscriber of the first answer's body, and the subscription of ours. */
    private final class FromFront implements Subscriber<ByteBuffer>, Subscription {
        @Override
        public void onSubscribe(Subscription subscription) {
            Objects.requireNonNull(subscription, "subscription");
            if (upstream != null) {
                subscription.cancel();
                return;
            }
            upstream = subscription;
            subscriber().onSubscribe(this);
            run();
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            arrived.add(Objects.requireNonNull(buffer, "buffer"));
            drain();
        }

        @Override
        public void onError(Throwable broken) {
            frontBroke(Objects.requireNonNull(broken, "broken"));
        }

        @Override
        public void onComplete() {
            frontEnded = true;
            drain();
        }

        @Override
        public void request(long count) {
            if (count <= 0) {
                stop(Demand.refused(count));
            } else {
                demand.add(count);
                drain();
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            pieces.end();
            drain();
        }
    }
}
