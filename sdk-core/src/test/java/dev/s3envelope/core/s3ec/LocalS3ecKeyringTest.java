package dev.s3envelope.core.s3ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.RecordingRandom;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.WatchedProvider;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.crypto.SecretBytes;
import dev.s3envelope.core.keyring.RsaKeys;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where data keys, IVs and the keys of spool files come from, and where they go. */
class LocalS3ecKeyringTest {
    private static final S3ecSuite V3 = S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY;

    private final RecordingRandom random = new RecordingRandom();
    private final WatchedProvider watched = new WatchedProvider();
    private final CryptoProvider provider = watched.choose();

    @Test
    void dataKeysAndIvs_areDrawnAnew() {
        S3ecAesKeyring keyring = new S3ecAesKeyring(provider, random, Fixture.AES);
        try (S3ecMaterials made = generate(keyring)) {
            assertEquals(2, random.drawn().size());
            assertArrayEquals(random.drawn().get(0), made.dataKey().use(SecretBytes::getEncoded));
            assertEquals(12, random.drawn().get(1).length);
            assertArrayEquals(random.drawn().get(1), Arrays.copyOf(made.wrappedKey(), 12));
            assertTrue(WatchedProvider.wiped(List.of(random.filled().get(0))));
        }
    }

    @Test
    void dataKeyThatCannotBeWrapped_isWiped() {
        S3ecAesKeyring closed = new S3ecAesKeyring(provider, random, Fixture.AES);
        closed.close();
        Refused.by(KeyringException.class, closed.generate(V3, Map.of()), "local AES key (S3EC) cannot wrap");
        S3ecKeyring failing = new Odd(random, new byte[0]);
        assertThrows(ProviderException.class, () -> failing.generate(V3, Map.of()));
        assertEquals(32, random.filled().get(0).length);
        assertEquals(32, random.filled().get(2).length);
        assertTrue(WatchedProvider.wiped(
                List.of(random.filled().get(0), random.filled().get(2))));
    }

    @Test
    void keyOfAnotherLength_isRefusedAndWiped() {
        for (int length : new int[] {0, 16, 31, 33}) {
            byte[] opened = Fixture.seeded(1, length);
            Refused.by(
                    KeyringException.class,
                    new Odd(random, opened).unwrap(envelope(S3ecWrapping.AES_GCM, 60), Map.of()),
                    "odd");
            assertTrue(WatchedProvider.wiped(List.of(opened)), length + " bytes");
        }
    }

    @Test
    void halfAKeyPair_doesItsHalf() {
        S3ecKeyring writer = rsa(RsaKeys.of(Fixture.RSA.getPublic()));
        S3ecKeyring reader = rsa(RsaKeys.of(Fixture.RSA.getPrivate()));
        try (S3ecMaterials made = generate(writer)) {
            S3ecEnvelope envelope = new S3ecEnvelope.V3(
                    made.wrapping(), made.wrappedKey(), Fixture.seeded(1, 28), Fixture.seeded(2, 28), Map.of());
            assertEquals(made.dataKey(), Fixture.unwrap(reader, envelope));
            KeyringException unwrapping =
                    Refused.by(KeyringException.class, writer.unwrap(envelope, Map.of()), "local RSA key (S3EC)");
            assertTrue(String.valueOf(unwrapping.getCause()).contains("public key only"));
        }
        KeyringException wrapping =
                Refused.by(KeyringException.class, reader.generate(V3, Map.of()), "local RSA key (S3EC) cannot wrap");
        assertTrue(String.valueOf(wrapping.getCause()).contains("private key only"));
    }

    @Test
    void whatRsaPadsOrUnpads_isWipedAlsoWhenItIsRefused() {
        S3ecKeyring keyring = rsa(RsaKeys.of(Fixture.RSA.getPublic(), Fixture.RSA.getPrivate()));
        try (S3ecMaterials made = generate(keyring)) {
            S3ecEnvelope downgraded =
                    new S3ecEnvelope.V2(made.wrapping(), made.wrappedKey(), Fixture.seeded(1, 12), Map.of());
            watched.forget();
            Refused.by(KeyringException.class, keyring.unwrap(downgraded, Map.of()));
            assertEquals(1, watched.outputs().size());
            assertTrue(WatchedProvider.wiped(watched.outputs()));
        }
        watched.forget();
        watched.with(WatchedProvider.Fault.LAST_STEP);
        Refused.by(KeyringException.class, keyring.generate(V3, Map.of()));
        assertEquals(1, watched.inputs().size());
        assertTrue(WatchedProvider.wiped(watched.inputs()));
    }

    @Test
    void spoolFiles_haveRandomNamesAndKeys(@TempDir Path directory) {
        HoldBack hold = new HoldBack(0, directory, random);
        SpoolFile spool = new SpoolFile(provider, hold);
        spool.append(new byte[10], 10);
        assertEquals(
                List.of(16, 32),
                random.drawn().stream().map(drawn -> drawn.length).toList());
        SecretBytes key = (SecretBytes) watched.keysSeen().get(0);
        assertArrayEquals(random.drawn().get(1), key.getEncoded());
        spool.close();
        assertTrue(key.isDestroyed());
    }

    private S3ecRsaKeyring rsa(RsaKeys keys) {
        return new S3ecRsaKeyring(provider, random, keys);
    }

    private static S3ecMaterials generate(S3ecKeyring keyring) {
        return keyring.generate(V3, Map.of("for", "a test"))
                .toCompletableFuture()
                .join();
    }

    private static S3ecEnvelope envelope(S3ecWrapping wrapping, int length) {
        return new S3ecEnvelope.V3(
                wrapping, Fixture.seeded(3, length), Fixture.seeded(1, 28), Fixture.seeded(2, 28), Map.of());
    }

    /** Fails to wrap in a way that is not declared, and unwraps what it was told. */
    private static final class Odd extends LocalS3ecKeyring {
        private final byte[] opened;

        Odd(RecordingRandom random, byte[] opened) {
            super(Fixture.JDK, random);
            this.opened = opened;
        }

        @Override
        public S3ecWrapping wrapping() {
            return S3ecWrapping.AES_GCM;
        }

        @Override
        byte[] wrap(byte[] dataKey, byte[] algorithm) {
            throw new ProviderException("odd");
        }

        @Override
        byte[] open(byte[] wrappedKey, byte[] algorithm) throws GeneralSecurityException {
            return opened;
        }

        @Override
        public String toString() {
            return "odd keyring";
        }
    }
}
