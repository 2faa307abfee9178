package dev.s3envelope.s3.internal.clientside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.MessageEncryptor;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.message.OpenMessage;
import dev.s3envelope.core.mode.ClientSide;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** A part is let go before the answer to it is seen, though the thread that gave out its bytes may have got no further. */
class PartBodiesTest {
    private static final int FRAME = 4_096;
    private static final int LENGTH = 10 * FRAME + 7;
    private final List<String> order = new ArrayList<>();

    /** The answer comes in the middle of the signal that has some of the bytes: after the last of them, or before, as a refusal does. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyReadingIsOver_whenTheAnswerIsSeen(boolean whole) {
        RawAesKeyring keyring =
                new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "tests", "part", new byte[32]);
        ClientSide mode =
                ClientSide.builder("tests", keyring).frameLength(FRAME).build();
        ClientSideWrite how = new ClientSideWrite(mode, mode, new ObjectAddress("bucket", "key"), "aws");
        MessageEngine engine =
                MessageEngine.builder().cryptoProvider(CryptoProvider.jdk()).build();
        OpenMessage message = engine.create(Stages.join(keyring.generate(how.materials())), how.identity(), FRAME);
        Part part = new Part(message);
        Answering answering = new Answering(whole ? part.ciphertextLength() : 1);
        CompletableFuture<String> sent = PartBodies.send(
                part, UploadPartRequest.builder().build(), AsyncRequestBody.fromBytes(new byte[LENGTH]), body -> {
                    body.subscribe(answering);
                    return answering.answer;
                });
        var unused = sent.thenRun(() -> order.add("seen"));
        assertFalse(sent.isDone());
        answering.go();
        assertEquals(List.of("released", "seen"), order);
        assertEquals(whole, answering.failure == null, "a body that was sent whole has not failed");
        message.close();
    }

    private final class Part implements PartBodies.Source {
        private final OpenMessage message;

        Part(OpenMessage message) {
            this.message = message;
        }

        @Override
        public long ciphertextLength() {
            return FrameLayout.ofPlaintext(message.header().length(), FRAME, LENGTH)
                    .ciphertextLength();
        }

        @Override
        public int inputSize() {
            return FRAME;
        }

        @Override
        public MessageEncryptor next() {
            return message.partEncryptor(1, LENGTH, true);
        }

        @Override
        public void release(MessageEncryptor encryptor) {
            order.add("released");
        }
    }

    /** Takes bytes, and answers as soon as it has enough of them. */
    private static final class Answering implements Subscriber<ByteBuffer> {
        private final CompletableFuture<String> answer = new CompletableFuture<>();
        private final long least;
        private long taken;
        private @Nullable Subscription subscription;
        private @Nullable Throwable failure;

        Answering(long least) {
            this.least = least;
        }

        void go() {
            Subscription from = subscription;
            if (from != null) {
                from.request(Long.MAX_VALUE);
            }
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            taken += buffer.remaining();
            if (taken >= least) {
                answer.complete("answer");
            }
        }

        @Override
        public void onError(Throwable broken) {
            failure = broken;
        }

        @Override
        public void onComplete() {}
    }
}
