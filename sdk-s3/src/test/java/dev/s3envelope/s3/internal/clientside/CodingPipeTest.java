package dev.s3envelope.s3.internal.clientside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.message.CodingStatus;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A pipe whose steps run on an executor. */
class CodingPipeTest {
    private static final int BUFFERS = 100;

    /** Gives out as many buffers as were asked for, at once. */
    private static final class Source implements Subscription {
        private final Subscriber<ByteBuffer> to;
        private int given;
        private int asked;
        private boolean cancelled;

        Source(Subscriber<ByteBuffer> to) {
            this.to = to;
        }

        @Override
        public void request(long count) {
            asked += Math.toIntExact(count);
            for (long i = 0; i < count && given < BUFFERS; i++) {
                given++;
                to.onNext(ByteBuffer.wrap(new byte[] {(byte) given}));
            }
            if (given == BUFFERS) {
                to.onComplete();
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    /** Passes bytes through; says whether it was closed. */
    private static class Passing implements Coder {
        private int taken;
        private boolean closed;

        @Override
        public CodingStatus code(ByteBuffer in, ByteBuffer out) {
            taken++;
            out.put(in);
            return CodingStatus.NEED_INPUT;
        }

        @Override
        public CodingStatus finish(ByteBuffer out) {
            return CodingStatus.DONE;
        }

        @Override
        public int inputSize() {
            return 1;
        }

        @Override
        public int outputSize() {
            return 1;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Gives out nothing before the end, and then a byte at a time. */
    private static final class Holding extends Passing {
        private final ByteBuffer held = ByteBuffer.allocate(BUFFERS);
        private boolean ended;

        @Override
        public CodingStatus code(ByteBuffer in, ByteBuffer out) {
            return super.code(in, held);
        }

        @Override
        public CodingStatus finish(ByteBuffer out) {
            if (!ended) {
                ended = true;
                held.flip();
            }
            while (held.hasRemaining() && out.hasRemaining()) {
                out.put(held.get());
            }
            return held.hasRemaining() ? CodingStatus.NEED_OUTPUT : CodingStatus.DONE;
        }
    }

    private static final class Target implements Subscriber<ByteBuffer> {
        private final RuntimeException breaks;
        private int received;
        private boolean complete;
        private @Nullable Throwable failure;
        private @Nullable Subscription subscription;

        Target(RuntimeException breaks) {
            this.breaks = breaks;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            received++;
            assertEquals((byte) received, buffer.get());
            if (received == 3 && breaks != NONE) {
                throw breaks;
            }
        }

        @Override
        public void onError(Throwable error) {
            failure = error;
        }

        @Override
        public void onComplete() {
            complete = true;
        }

        void request(long count) {
            Subscription given = subscription;
            if (given != null) {
                given.request(count);
            }
        }
    }

    private static final RuntimeException NONE = new IllegalStateException("none");

    /** The end is tried without a buffer, since most streams have given everything out by then; those that have not get one. */
    @Test
    void whatComesAtTheEndAlone_isGivenOutWhole() {
        Target target = new Target(NONE);
        CodingPipe pipe = new CodingPipe(new Holding(), target);
        pipe.onSubscribe(new Source(pipe));
        target.request(BUFFERS - 1);
        assertEquals(BUFFERS - 1, target.received);
        target.request(1);
        assertEquals(BUFFERS, target.received);
        assertTrue(target.complete);
    }

    @Test
    void runsNothingButOnTheExecutor_andAsksForOneBufferAtATime() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        Passing coder = new Passing();
        Target target = new Target(NONE);
        CodingPipe pipe = new CodingPipe(coder, target, tasks::add);
        Source source = new Source(pipe);
        pipe.onSubscribe(source);
        int steps = 0;
        while (!target.complete) {
            if (tasks.isEmpty()) {
                target.request(1);
                assertTrue(target.received <= steps, "nothing is given out but by a task");
            }
            assertEquals(1, tasks.size(), "one task at a time");
            tasks.remove().run();
            steps++;
            assertTrue(source.asked <= coder.taken + 1, "one buffer is asked for, and waits, at a time");
        }
        assertEquals(BUFFERS, target.received);
        assertTrue(coder.closed);
        assertTrue(tasks.isEmpty());
    }

    @Test
    void fails_whereTheExecutorRefuses() {
        for (int taken = 0; taken < 3; taken++) {
            Queue<Runnable> tasks = new ArrayDeque<>();
            int most = taken;
            int[] given = {0};
            Executor limited = task -> {
                if (given[0]++ >= most) {
                    throw new RejectedExecutionException("full");
                }
                tasks.add(task);
            };
            Passing coder = new Passing();
            Target target = new Target(NONE);
            CodingPipe pipe = new CodingPipe(coder, target, limited);
            Source source = new Source(pipe);
            pipe.onSubscribe(source);
            for (int i = 0; i < 10 && target.failure == null; i++) {
                target.request(1);
                if (!tasks.isEmpty()) {
                    tasks.remove().run();
                }
            }
            assertInstanceOf(EnvelopeException.class, target.failure, "after " + taken);
            assertTrue(coder.closed && source.cancelled);
        }
    }

    @Test
    void aSubscriberThatThrows_endsTheStream() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        Passing coder = new Passing();
        IllegalStateException broken = new IllegalStateException("broken");
        Target target = new Target(broken);
        CodingPipe pipe = new CodingPipe(coder, target, tasks::add);
        Source source = new Source(pipe);
        pipe.onSubscribe(source);
        target.request(Long.MAX_VALUE);
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
        assertEquals(broken, target.failure);
        assertEquals(3, target.received);
        assertTrue(coder.closed && source.cancelled);
    }
}
