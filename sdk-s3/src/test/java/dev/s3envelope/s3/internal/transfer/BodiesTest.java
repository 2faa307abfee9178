package dev.s3envelope.s3.internal.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.s3.Tck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import software.amazon.awssdk.core.async.SdkPublisher;

/** The bodies that are put together from a first answer and pieces: the rules of Reactive Streams, and any order of events a generator comes up with. */
class BodiesTest {
    private static final String[] READ_ONCE = {
        "optional_spec111_maySupportMultiSubscribe",
        "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfront",
        "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfrontAndCompleteAsExpected",
        "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingOneByOne",
        "optional_spec111_registeredSubscribersMustReceiveOnNextOrOnCompleteSignals"
    };

    @TestFactory
    Stream<DynamicTest> orderedBody() {
        return Tck.rules(
                () -> new Published() {
                    @Override
                    public Publisher<ByteBuffer> createPublisher(long elements) {
                        return new OrderedBody(
                                source(elements),
                                new Pieces(elements * Long.BYTES, Long.BYTES, 3, true),
                                span -> CompletableFuture.supplyAsync(() -> new byte[(int) span.length()]),
                                new Quiet());
                    }
                },
                READ_ONCE);
    }

    @TestFactory
    Stream<DynamicTest> bodyInPlace() {
        return Tck.rules(
                () -> new Published() {
                    @Override
                    public Publisher<ByteBuffer> createPublisher(long elements) {
                        return new InPlaceBody(
                                source(elements),
                                new Pieces(elements * Long.BYTES, Long.BYTES, 1, false),
                                span -> new CompletableFuture<>(),
                                new Quiet(),
                                new Gate());
                    }
                },
                READ_ONCE);
    }

    /** Publishers of a few elements, each a buffer of the source or a piece. */
    private abstract static class Published extends PublisherVerification<ByteBuffer> {
        Published() {
            // The last limit is waited for wherever nothing comes, and here everything comes at once.
            super(new TestEnvironment(20_000, 50, 100), 200);
        }

        @Override
        public long maxElementsFromPublisher() {
            return 64;
        }

        @Override
        public Publisher<ByteBuffer> createFailedPublisher() {
            Publisher<ByteBuffer> readBefore = createPublisher(1);
            readBefore.subscribe(new Taking());
            return readBefore;
        }
    }

    private static Publisher<ByteBuffer> source(long elements) {
        return SdkPublisher.fromIterable(() -> LongStream.range(0, elements)
                .mapToObj(element ->
                        ByteBuffer.allocate(Long.BYTES).putLong(element).flip())
                .iterator());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void allBytesInOrder_orOneFailure_inAnyOrderOfEvents(long seed) {
        int complete = 0;
        int failed = 0;
        for (int round = 0; round < 1_000; round++) {
            long drawn = seed * 1_000_003 + round;
            try {
                Run run = new Run(new Random(drawn));
                run.go();
                complete += run.taking.complete ? 1 : 0;
                failed += run.taking.failure == null ? 0 : 1;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("with the generator of seed " + drawn, e);
            }
        }
        assertTrue(complete > 200 && failed > 50, complete + " complete, " + failed + " failed");
    }

    /** The caller may have its result as soon as the subscriber heard of the end. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theCallHearsOfTheEnd_beforeItsSubscriberDoes(boolean broken) {
        List<String> heard = new ArrayList<>();
        Quiet front = new Quiet() {
            @Override
            public void failing(Throwable reason) {
                heard.add("failing");
            }

            @Override
            public void over(@Nullable Throwable reason) {
                heard.add("over");
            }
        };
        OrderedBody body = new OrderedBody(
                source(1),
                new Pieces(2 * Long.BYTES, Long.BYTES, 2, true),
                span -> broken
                        ? CompletableFuture.failedFuture(new IllegalStateException("no frame"))
                        : CompletableFuture.completedFuture(new byte[(int) span.length()]),
                front);
        body.subscribe(new Taking() {
            @Override
            public void onError(Throwable failure) {
                heard.add("onError");
            }

            @Override
            public void onComplete() {
                heard.add("onComplete");
            }

            @Override
            public void onSubscribe(Subscription given) {
                given.request(Long.MAX_VALUE);
            }
        });
        assertEquals(broken ? List.of("failing", "onError", "over") : List.of("over", "onComplete"), heard);
    }

    /** One read whose events come in an order a generator decides, on one thread. */
    private static final class Run {
        private final Random random;
        private final byte[] bytes;
        private final int pieceLength;
        private final int atATime;
        private final Taking taking = new Taking();
        private final Quiet front = new Quiet();
        private final List<Call> calls = new ArrayList<>();
        private final OrderedBody body;
        private @Nullable Subscriber<? super ByteBuffer> frontTo;
        private long frontAsked;
        private int frontSent;
        private boolean frontEnded;
        private boolean frontCancelled;

        private record Call(ByteSpan span, CompletableFuture<byte[]> answer) {}

        Run(Random random) {
            this.random = random;
            this.bytes = new byte[2 + random.nextInt(300)];
            random.nextBytes(bytes);
            this.pieceLength = 1 + random.nextInt(bytes.length - 1);
            this.atATime = 2 + random.nextInt(3);
            this.body = new OrderedBody(
                    subscriber -> {
                        frontTo = subscriber;
                        subscriber.onSubscribe(new Subscription() {
                            @Override
                            public void request(long count) {
                                frontAsked += count;
                            }

                            @Override
                            public void cancel() {
                                frontCancelled = true;
                            }
                        });
                    },
                    new Pieces(bytes.length, pieceLength, atATime, true),
                    this::fetch,
                    front);
        }

        private CompletableFuture<byte[]> fetch(ByteSpan span) {
            Call call = new Call(span, new CompletableFuture<>());
            long readTo = taking.bytes.size();
            assertTrue(
                    span.offset() < (readTo / pieceLength + atATime) * pieceLength,
                    () -> span + " after " + readTo + " bytes");
            calls.add(call);
            if (random.nextInt(4) == 0) {
                answer(call);
            }
            return call.answer();
        }

        private void answer(Call call) {
            calls.remove(call);
            if (random.nextInt(60) == 0) {
                call.answer().completeExceptionally(new IOException("broken"));
            } else {
                call.answer()
                        .complete(Arrays.copyOfRange(bytes, (int) call.span().offset(), (int)
                                call.span().end()));
            }
        }

        void go() {
            body.subscribe(taking);
            for (int steps = 0; !taking.over() && steps < 100_000; steps++) {
                switch (random.nextInt(3)) {
                    case 0 -> taking.ask(1 + random.nextInt(3));
                    case 1 -> {
                        if (!calls.isEmpty()) {
                            answer(calls.get(random.nextInt(calls.size())));
                        }
                    }
                    default -> sendFromFront();
                }
            }
            assertTrue(taking.over(), "it ends");
            if (taking.complete) {
                assertArrayEquals(bytes, taking.bytes.toByteArray());
            } else {
                assertArrayEquals(Arrays.copyOf(bytes, taking.bytes.size()), taking.bytes.toByteArray());
            }
            assertTrue(frontEnded || frontCancelled, "the first answer is not left open");
            assertTrue(calls.stream().allMatch(call -> call.answer().isDone()), "no call is left");
            assertEquals(1, front.ends);
        }

        private void sendFromFront() {
            Subscriber<? super ByteBuffer> to = frontTo;
            if (to == null || frontAsked == 0 || frontEnded || frontCancelled) {
                return;
            }
            if (random.nextInt(40) == 0) {
                frontEnded = true;
                to.onError(random.nextBoolean() ? new IOException("broken") : new IllegalStateException("no frame"));
            } else if (frontSent == bytes.length) {
                frontEnded = true;
                to.onComplete();
            } else {
                int count = random.nextInt(Math.min(40, bytes.length - frontSent) + 1);
                frontAsked--;
                frontSent += count;
                to.onNext(ByteBuffer.wrap(bytes, frontSent - count, count));
            }
        }
    }

    /** Takes bytes as it is told to. */
    private static class Taking implements Subscriber<ByteBuffer> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private @Nullable Subscription subscription;
        private @Nullable Throwable failure;
        private boolean complete;

        void ask(long count) {
            Subscription from = subscription;
            if (from != null) {
                from.request(count);
            }
        }

        boolean over() {
            return complete || failure != null;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            byte[] some = new byte[buffer.remaining()];
            buffer.get(some);
            bytes.writeBytes(some);
        }

        @Override
        public void onError(Throwable broken) {
            failure = broken;
        }

        @Override
        public void onComplete() {
            complete = true;
        }
    }

    /** A call that only counts how often it ended. */
    private static class Quiet implements Front {
        private int ends;

        @Override
        public void left() {}

        @Override
        public void replaced() {}

        @Override
        public void failing(Throwable reason) {}

        @Override
        public void tell(Throwable reason) {}

        @Override
        public void over(@Nullable Throwable reason) {
            ends++;
        }

        @Override
        public void cancelled() {
            ends++;
        }
    }
}
