package dev.s3envelope.s3.internal.clientside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A short body that is longer than it said. */
class CollectedTest {
    @Test
    void aBodyThatIsTooLong_isLetGoOnce_andThenTheFailureIsSeen() {
        ClientSide mode = EncryptionMode.clientSide(
                "tests", new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "tests", "short", new byte[32]));
        AtomicReference<@Nullable Subscriber<? super ByteBuffer>> collecting = new AtomicReference<>();
        CompletableFuture<byte[]> collected = Collected.of(
                collecting::set, 3, new ClientSideWrite(mode, mode, new ObjectAddress("bucket", "key"), "aws"));
        List<String> cancelled = new ArrayList<>();
        Subscriber<? super ByteBuffer> to = Objects.requireNonNull(collecting.get());
        to.onSubscribe(new Subscription() {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {
                cancelled.add(collected.isDone() ? "late" : "before");
            }
        });
        to.onNext(ByteBuffer.allocate(4));
        assertTrue(collected.isCompletedExceptionally());
        assertEquals(List.of("before"), cancelled);
    }
}
