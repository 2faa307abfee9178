package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.message.CodingStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * What passes from a publisher through a coder to one subscriber. It asks upstream for one buffer at a time and only while the subscriber wants
 * something, and codes inline on whichever thread brings the bytes or the demand: nothing waits and no thread is its own. Every buffer it gives out
 * is the subscriber's to keep.
 *
 * <p>Where a step may take long, or wait for a disk, the coding and everything the subscriber is given move to an executor: one task at a time, and none while
 * there is nothing to do; the one buffer asked for is all that waits. An executor that takes no task ends the stream with its exception.
 */
final class CodingPipe implements Subscriber<ByteBuffer>, Subscription {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Coder coder;
    private final @Nullable Executor executor;
    private final Queue<ByteBuffer> arrived = new ConcurrentLinkedQueue<>();
    private final Demand demand = new Demand();
    /** Starts at one: whatever arrives before the subscriber has its subscription is only counted. */
    private final AtomicInteger work = new AtomicInteger(1);

    private volatile @Nullable Subscription upstream;
    private volatile boolean upstreamDone;
    private volatile @Nullable Throwable failure;
    private volatile boolean cancelled;

    // Touched by the thread that drains, one at a time.
    /** Let go at the end: a source that outlives a subscription must not keep the subscriber (rule 3.13). */
    private @Nullable Subscriber<? super ByteBuffer> downstream;

    private @Nullable ByteBuffer current;
    private @Nullable ByteBuffer out;
    private @Nullable ByteBuffer ready;
    private boolean asked;
    private boolean finishing;
    private boolean codingDone;
    private boolean finished;

    CodingPipe(Coder coder, Subscriber<? super ByteBuffer> downstream) {
        this(coder, downstream, null);
    }

    /** @param executor runs every step; null for whichever thread brings the bytes or the demand */
    CodingPipe(Coder coder, Subscriber<? super ByteBuffer> downstream, @Nullable Executor executor) {
        this.coder = coder;
        this.downstream = downstream;
        this.executor = executor;
    }

    /** Goes on with a stream whose first bytes were taken already. */
    void start(Subscription already, ByteBuffer leftover) {
        upstream = already;
        if (leftover.hasRemaining()) {
            arrived.add(leftover);
        }
        begin();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        Objects.requireNonNull(subscription, "subscription");
        if (upstream != null) {
            subscription.cancel();
            return;
        }
        upstream = subscription;
        begin();
    }

    private void begin() {
        subscriber().onSubscribe(this);
        run();
    }

    private Subscriber<? super ByteBuffer> subscriber() {
        return Objects.requireNonNull(downstream, "cannot happen: the stream has ended");
    }

    @Override
    public void onNext(ByteBuffer buffer) {
        arrived.add(buffer);
        drain();
    }

    @Override
    public void onError(Throwable error) {
        Objects.requireNonNull(error, "error");
        if (failure == null) {
            failure = error;
        }
        upstreamDone = true;
        drain();
    }

    @Override
    public void onComplete() {
        upstreamDone = true;
        drain();
    }

    @Override
    public void request(long count) {
        if (count <= 0) {
            failure = Demand.refused(count);
        } else {
            demand.add(count);
        }
        drain();
    }

    @Override
    public void cancel() {
        cancelled = true;
        drain();
    }

    private void drain() {
        if (work.getAndIncrement() == 0) {
            run();
        }
    }

    private void run() {
        Executor elsewhere = executor;
        if (elsewhere == null) {
            loop();
            return;
        }
        try {
            elsewhere.execute(this::task);
        } catch (RejectedExecutionException e) {
            // Nobody else steps now, so what is left to be done, which is to end, is done here.
            if (failure == null) {
                failure = new EnvelopeException(
                        "The body cannot be decrypted: the client's key executor takes no more work. It is full, or closed with the"
                                + " client.",
                        e);
            }
            loop();
        }
    }

    /** On a thread of the executor nobody hears of what a subscriber throws, so that the stream ends here. */
    private void task() {
        try {
            loop();
        } catch (RuntimeException | Error e) {
            if (finished) {
                throw e;
            }
            fail(e);
        }
    }

    private void loop() {
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
            if (cancelled) {
                end();
                return;
            }
            Throwable broken = failure;
            if (broken != null) {
                fail(broken);
                return;
            }
            try {
                if (ready == null && !codingDone && (demand.any() || upstreamDone)) {
                    produce();
                }
            } catch (IOException | RuntimeException | Error e) {
                fail(e);
                return;
            }
            ByteBuffer next = ready;
            if (next != null) {
                if (!demand.any()) {
                    return;
                }
                ready = null;
                demand.meet();
                subscriber().onNext(next);
            } else if (codingDone) {
                finished = true;
                Subscriber<? super ByteBuffer> to = subscriber();
                close();
                to.onComplete();
                return;
            } else {
                return;
            }
        }
    }

    /** Codes until a buffer is ready, input is missing, or the end is reached. */
    private void produce() throws IOException {
        while (ready == null && !codingDone) {
            boolean ended = upstreamDone;
            ByteBuffer in = current;
            if (in == null) {
                in = arrived.poll();
                if (in != null) {
                    asked = false;
                    current = in;
                }
            }
            ByteBuffer target = out;
            if (in == null && !ended) {
                if (target != null && target.position() > 0) {
                    hand(target);
                } else if (!asked) {
                    asked = true;
                    Subscription source = upstream;
                    if (source != null) {
                        source.request(1);
                    }
                    if (arrived.isEmpty() && !upstreamDone) {
                        return;
                    }
                } else {
                    return;
                }
                continue;
            }
            if (target == null) {
                // Most streams have given everything out when they end.
                target = in == null && !finishing ? NOTHING : ByteBuffer.allocate(coder.outputSize());
                out = target;
            }
            finishing = in == null;
            CodingStatus status = in == null ? coder.finish(target) : coder.code(in, target);
            if (in != null && !in.hasRemaining()) {
                current = null;
            }
            if (in == null && status == CodingStatus.DONE) {
                codingDone = true;
                if (target.position() > 0) {
                    hand(target);
                }
            } else if (status == CodingStatus.NEED_OUTPUT && target.capacity() == 0) {
                out = null;
            } else if (status == CodingStatus.NEED_OUTPUT) {
                hand(target);
            }
        }
    }

    private void hand(ByteBuffer target) {
        target.flip();
        ready = target;
        out = null;
    }

    private void fail(Throwable error) {
        finished = true;
        Subscription source = upstream;
        Subscriber<? super ByteBuffer> to = subscriber();
        close();
        // Before the source hears of it, which may end the call with a failure that says less.
        to.onError(error);
        if (source != null && !upstreamDone) {
            source.cancel();
        }
    }

    private void end() {
        finished = true;
        Subscription source = upstream;
        if (source != null) {
            source.cancel();
        }
        close();
    }

    private void close() {
        coder.close();
        arrived.clear();
        current = null;
        out = null;
        ready = null;
        downstream = null;
    }
}
