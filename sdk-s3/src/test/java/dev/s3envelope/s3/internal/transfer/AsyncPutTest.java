package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.s3.Tck;
import dev.s3envelope.s3.internal.clientside.ClientSideWrite;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

class AsyncPutTest {
    private static final RawAesKeyring KEYRING =
            new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "tests", "put", new byte[32]);

    /** The subscriber keeps the rules of Reactive Streams, as their TCK tests them. */
    @TestFactory
    Stream<DynamicTest> subscriberOfABodyInParts() {
        return Tck.rules(() -> new SubscriberBlackboxVerification<ByteBuffer>(Tck.environment()) {
            @Override
            public Subscriber<ByteBuffer> createSubscriber() {
                return new AsyncPut(new Nowhere(), put(), "text/plain", body -> new CompletableFuture<>());
            }

            @Override
            public ByteBuffer createElement(int element) {
                return ByteBuffer.allocate(10);
            }
        });
    }

    private static PutInParts put() {
        ClientSide mode = ClientSide.builder("tests", KEYRING).build();
        ClientSideWrite how = new ClientSideWrite(mode, mode, new ObjectAddress("bucket", "key"), "aws");
        PutObjectRequest request =
                PutObjectRequest.builder().bucket("bucket").key("key").build();
        return PutInParts.of(request, how.on(request), Optional.empty(), Optional.empty())
                .orElseThrow();
    }

    /** A client nothing can be sent with. */
    private static final class Nowhere implements S3AsyncClient {
        @Override
        public String serviceName() {
            return "s3";
        }

        @Override
        public void close() {}
    }
}
