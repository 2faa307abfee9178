package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.keyring.WrappedKey;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;

/** A keyring that may block is given a thread of its own when it is asked, not when the cache has its answer. */
class AsyncKeysAtHandTest {
    private final AtomicInteger hops = new AtomicInteger();
    private final OneObject s3 = new OneObject();

    @Test
    void noThreadIsChangedForADataKeyThatIsAtHand() {
        try (DataKeyCache cache = DataKeyCache.builder().build()) {
            EnvelopeS3AsyncClient client = EnvelopeS3AsyncClient.builder()
                    .wrapping(s3.async())
                    .policy(EncryptionPolicy.always(EncryptionMode.clientSide("tests", cache.over(new Blocking()))))
                    .keyExecutor(task -> {
                        hops.incrementAndGet();
                        task.run();
                    })
                    .build();
            byte[] body = {1, 2, 3};
            for (int i = 0; i < 5; i++) {
                client.putObject(b -> b.bucket("reports").key("some"), AsyncRequestBody.fromBytes(body))
                        .join();
                assertArrayEquals(
                        body,
                        client.getObject(b -> b.bucket("reports").key("some"), AsyncResponseTransformer.toBytes())
                                .join()
                                .asByteArray());
            }
        }
        assertEquals(2, hops.get(), "one to make the key, one to unwrap it");
    }

    /** Local keys behind a keyring that says it may block. */
    private static final class Blocking implements Keyring {
        private final Keyring keys =
                new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "tests", "hand", new byte[32]);

        @Override
        public CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
            return keys.generate(request);
        }

        @Override
        public CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
            return keys.wrap(dataKey, request);
        }

        @Override
        public CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
            return keys.unwrap(request);
        }

        @Override
        public boolean blocking() {
            return true;
        }
    }
}
