package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.message.CodingStatus;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.s3ec.HoldBack;
import dev.s3envelope.s3.Tck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.reactivestreams.tck.SubscriberWhiteboxVerification;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Every publisher and subscriber of client-side encryption keeps the rules of Reactive Streams, as their TCK tests them. */
class ReactiveStreamsTest {
    private static final int FRAME = 4096;
    private static final ObjectAddress OBJECT = new ObjectAddress("reports", "q3.csv");

    @TestFactory
    Stream<DynamicTest> bodyEncryptedOnTheWay() {
        return Tck.rules(() -> new Published(Long.MAX_VALUE - 1) {
            @Override
            public Publisher<ByteBuffer> createPublisher(long elements) {
                return body(endless(elements), Copy::new);
            }

            @Override
            public Publisher<ByteBuffer> createFailedPublisher() {
                return body(endless(1), () -> {
                    throw new IllegalStateException("no reading any more");
                });
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> bodyInMemory() {
        return Tck.rules(() -> new Published(1) {
            @Override
            public Publisher<ByteBuffer> createPublisher(long elements) {
                return new Message(1).body().publisher("text/plain");
            }

            @Override
            public @Nullable Publisher<ByteBuffer> createFailedPublisher() {
                return null; // it cannot fail
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> plaintextOfAResponse() {
        return Tck.rules(
                () -> new Published(64) {
                    @Override
                    public Publisher<ByteBuffer> createPublisher(long elements) {
                        return plaintext(elements);
                    }

                    @Override
                    public Publisher<ByteBuffer> createFailedPublisher() {
                        Publisher<ByteBuffer> readBefore = plaintext(1);
                        readBefore.subscribe(new Waiting());
                        return readBefore;
                    }
                },
                // A response is read once.
                "optional_spec111_maySupportMultiSubscribe",
                "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfront",
                "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfrontAndCompleteAsExpected",
                "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingOneByOne",
                "optional_spec111_registeredSubscribersMustReceiveOnNextOrOnCompleteSignals");
    }

    @TestFactory
    Stream<DynamicTest> pipeAsSubscriber() {
        return Tck.rules(() -> new SubscriberWhiteboxVerification<ByteBuffer>(Tck.environment()) {
            @Override
            public Subscriber<ByteBuffer> createSubscriber(WhiteboxSubscriberProbe<ByteBuffer> probe) {
                return new Sparing(new CodingPipe(new Copy(), new Probed(probe)));
            }

            @Override
            public ByteBuffer createElement(int element) {
                return element(element);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> subscriberThatCollectsAShortBody() {
        return Tck.rules(() -> new SubscriberBlackboxVerification<ByteBuffer>(Tck.environment()) {
            @Override
            public Subscriber<ByteBuffer> createSubscriber() {
                AtomicReference<@Nullable Subscriber<? super ByteBuffer>> created = new AtomicReference<>();
                Collected.of(created::set, 1_000, write());
                return anySubscriber(created);
            }

            @Override
            public ByteBuffer createElement(int element) {
                return element(element);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> subscriberThatOpensAResponse() {
        return Tck.rules(() -> new SubscriberBlackboxVerification<ByteBuffer>(Tck.environment()) {
            @Override
            public Subscriber<ByteBuffer> createSubscriber() {
                AtomicReference<@Nullable Subscriber<? super ByteBuffer>> created = new AtomicReference<>();
                response(new Message(1), created::set);
                return anySubscriber(created);
            }

            /** A piece of a header, so that it wants another one. */
            @Override
            public ByteBuffer createElement(int element) {
                return ByteBuffer.wrap(new byte[] {2});
            }
        });
    }

    /** A verification whose publishers have up to so many elements. */
    private abstract static class Published extends PublisherVerification<ByteBuffer> {
        private final long most;

        Published(long most) {
            super(Tck.environment(), 200);
            this.most = most;
        }

        @Override
        public long maxElementsFromPublisher() {
            return most;
        }
    }

    private static Publisher<ByteBuffer> body(Iterable<ByteBuffer> source, Supplier<Coder> readings) {
        return new EncodedBody(
                AsyncRequestBody.fromPublisher(SdkPublisher.fromIterable(source)), 0, readings, new FailureNote());
    }

    /** The plaintext of a message of so many frames, as the caller's transformer gets it. */
    private static Publisher<ByteBuffer> plaintext(long frames) {
        Message message = new Message((int) frames);
        return response(message, SdkPublisher.fromIterable(message.pieces()));
    }

    private static Publisher<ByteBuffer> response(Message message, Publisher<ByteBuffer> body) {
        ClientSideReads reads = new ClientSideReads(
                EncryptionPolicy.always(write().mode()),
                new ClientSideSettings(List.of(), List.of(), false, false, HoldBack.defaults()),
                KEYS);
        GetObjectRequest asked = GetObjectRequest.builder()
                .bucket(OBJECT.bucket())
                .key(OBJECT.key())
                .build();
        GetObjectRequest planned = new ReadPlan(
                        ReadPlan.Way.WHOLE, asked, Stages.join(reads.reader(asked, OBJECT)), null, null, false)
                .on(asked);
        GetObjectResponse answer = GetObjectResponse.builder()
                .eTag("\"one\"")
                .contentLength((long) message.sealed.length)
                .metadata(Map.of(LayoutHint.METADATA_NAME, message.hint.text()))
                .build();
        Handed handed = new Handed();
        var unused = AsyncDecryption.get(reads, planned, handed, (request, transformer) -> {
            CompletableFuture<Void> result = transformer.prepare();
            transformer.onResponse(answer);
            transformer.onStream(SdkPublisher.adapt(body));
            return result;
        });
        return subscriber -> handed.plaintext().subscribe(subscriber);
    }

    private static final RawAesKeyring KEYRING =
            new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "tests", "tck", new byte[32]);
    private static final ClientSideKeys KEYS = new ClientSideKeys(
            () -> MessageEngine.builder().cryptoProvider(CryptoProvider.jdk()).build(), Runnable::run);

    private static ClientSideWrite write() {
        ClientSide mode =
                ClientSide.builder("tests", KEYRING).frameLength(FRAME).build();
        return new ClientSideWrite(mode, mode, OBJECT, "aws");
    }

    private static ByteBuffer element(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).flip();
    }

    private static Iterable<ByteBuffer> endless(long elements) {
        return () -> LongStream.range(0, elements)
                .mapToObj(ReactiveStreamsTest::element)
                .iterator();
    }

    private static Subscriber<ByteBuffer> anySubscriber(
            AtomicReference<@Nullable Subscriber<? super ByteBuffer>> created) {
        @SuppressWarnings("unchecked") // it is one of ours, which take ByteBuffer itself
        Subscriber<ByteBuffer> subscriber = (Subscriber<ByteBuffer>) Objects.requireNonNull(created.get());
        return subscriber;
    }

    /** A message of whole frames, as S3 would send it: each frame in a buffer of its own. */
    private static final class Message {
        private final SealedBody body;
        private final byte[] sealed;
        private final LayoutHint hint;

        Message(int frames) {
            long length = (long) frames * FRAME;
            try (BodyMessages messages = new BodyMessages(
                    KEYS.engine(),
                    write(),
                    Stages.join(KEYS.generate(KEYRING, write().materials().withPlaintextLength(length))),
                    length)) {
                body = SealedBody.of(messages.next(), messages.ciphertextLength(), new byte[(int) length]);
                sealed = body.blocking("text/plain")
                        .contentStreamProvider()
                        .newStream()
                        .readAllBytes();
                hint = LayoutHint.parse(String.valueOf(messages.metadata().get(LayoutHint.METADATA_NAME)))
                        .orElseThrow();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        SealedBody body() {
            return body;
        }

        List<ByteBuffer> pieces() {
            FrameLayout layout = FrameLayout.ofCiphertext(hint.headerLength(), FRAME, sealed.length);
            List<ByteBuffer> pieces = new ArrayList<>();
            int start = 0;
            for (long frame = 1; frame <= layout.regularFrames() + 1; frame++) {
                int end = (int) layout.frameSpan(frame).end();
                pieces.add(ByteBuffer.wrap(sealed, start, end - start));
                start = end;
            }
            return pieces;
        }
    }

    /** Gives out what it is given. */
    private static final class Copy implements Coder {
        @Override
        public CodingStatus code(ByteBuffer in, ByteBuffer out) {
            out.put(in);
            return CodingStatus.NEED_OUTPUT;
        }

        @Override
        public CodingStatus finish(ByteBuffer out) {
            return CodingStatus.DONE;
        }

        @Override
        public int inputSize() {
            return Long.BYTES;
        }

        @Override
        public int outputSize() {
            return Long.BYTES;
        }

        @Override
        public void close() {}
    }

    /** A caller's transformer that keeps the stream for whoever asks. */
    private static final class Handed implements AsyncResponseTransformer<GetObjectResponse, Void> {
        private @Nullable Publisher<ByteBuffer> plaintext;

        Publisher<ByteBuffer> plaintext() {
            if (plaintext == null) {
                throw new IllegalStateException("the response was not opened");
            }
            return plaintext;
        }

        @Override
        public CompletableFuture<Void> prepare() {
            return new CompletableFuture<>();
        }

        @Override
        public void onResponse(GetObjectResponse answer) {}

        @Override
        public void onStream(SdkPublisher<ByteBuffer> stream) {
            plaintext = stream;
        }

        @Override
        public void exceptionOccurred(Throwable failure) {}
    }

    /** Shows the TCK what comes out of a pipe, and lets it ask. */
    private static final class Probed implements Subscriber<ByteBuffer> {
        private final SubscriberWhiteboxVerification.WhiteboxSubscriberProbe<ByteBuffer> probe;

        Probed(SubscriberWhiteboxVerification.WhiteboxSubscriberProbe<ByteBuffer> probe) {
            this.probe = probe;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            probe.registerOnSubscribe(new SubscriberWhiteboxVerification.SubscriberPuppet() {
                @Override
                public void triggerRequest(long elements) {
                    subscription.request(elements);
                }

                @Override
                public void signalCancel() {
                    subscription.cancel();
                }
            });
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            probe.registerOnNext(buffer);
        }

        @Override
        public void onError(Throwable failure) {
            probe.registerOnError(failure);
        }

        @Override
        public void onComplete() {
            probe.registerOnComplete();
        }
    }

    /** Passes buffers on in another form of the same bytes: a pipe empties them, and the TCK compares them with what comes out. */
    private record Sparing(Subscriber<ByteBuffer> next) implements Subscriber<ByteBuffer> {
        @Override
        public void onSubscribe(Subscription subscription) {
            next.onSubscribe(subscription);
        }

        @Override
        @SuppressWarnings("NullAway") // the TCK tests that null is refused behind this
        public void onNext(ByteBuffer buffer) {
            next.onNext(buffer == null ? null : buffer.duplicate());
        }

        @Override
        public void onError(Throwable failure) {
            next.onError(failure);
        }

        @Override
        public void onComplete() {
            next.onComplete();
        }
    }

    /** A subscriber that asks for nothing. */
    private static final class Waiting implements Subscriber<ByteBuffer> {
        @Override
        public void onSubscribe(Subscription subscription) {}

        @Override
        public void onNext(ByteBuffer buffer) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }
}
