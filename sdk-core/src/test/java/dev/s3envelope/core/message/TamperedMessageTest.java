package dev.s3envelope.core.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.keyring.WrappedKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every change to a message is refused, and what was released before is a prefix of the true plaintext, cut behind a verified frame. */
class TamperedMessageTest {
    private static final int F = 10;

    private final MessageEngine engine = Fixture.lenientEngine();
    private final byte[] plaintext = Fixture.bytes(new Random(3), 3 * F + 4);
    private final byte[] message = message(plaintext);
    private final int header = HeaderParser.parse(message, Fixture.LIMITS).length();

    @Test
    void everySingleBit_isRefused() {
        for (int bit = 0; bit < message.length * 8; bit++) {
            byte[] changed = message.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            refusedAfterAPrefix(changed, "bit " + bit);
        }
    }

    @Test
    void everyTruncation_isRefused() {
        for (int length = 0; length < message.length; length++) {
            refusedAfterAPrefix(Arrays.copyOf(message, length), "length " + length);
        }
    }

    @Test
    void anythingAppended_isRefused() {
        refusedAfterAPrefix(Arrays.copyOf(message, message.length + 1), "a zero byte");
        refusedAfterAPrefix(concat(message, frame(4)), "the final frame again");
        refusedAfterAPrefix(concat(message, Arrays.copyOfRange(message, header, message.length)), "the body again");
        refusedAfterAPrefix(concat(message, message), "the message again");
    }

    @Test
    void framesExchangedDroppedOrRepeated_areRefused() {
        byte[] head = Arrays.copyOf(message, header);
        refusedAfterAPrefix(concat(head, frame(2), frame(1), frame(3), frame(4)), "exchanged");
        refusedAfterAPrefix(concat(head, frame(2), frame(3), frame(4)), "first dropped");
        refusedAfterAPrefix(concat(head, frame(1), frame(3), frame(4)), "middle dropped");
        refusedAfterAPrefix(concat(head, frame(1), frame(2), frame(3)), "final dropped");
        refusedAfterAPrefix(concat(head, frame(1), frame(2), frame(2), frame(3), frame(4)), "repeated");
        refusedAfterAPrefix(concat(head, frame(4)), "all but the final dropped");
        refusedAfterAPrefix(concat(head, frame(1), frame(2), frame(3), frame(4), frame(4)), "final repeated");
    }

    @Test
    void frameWithAnotherNumberWrittenOverItsOwn_isRefused() {
        byte[] head = Arrays.copyOf(message, header);
        byte[] second = frame(2);
        second[3] = 1;
        refusedAfterAPrefix(concat(head, second, frame(2), frame(3), frame(4)), "frame 2 as frame 1");
        // The same with the IV of its new place.
        second[15] = 1;
        refusedAfterAPrefix(concat(head, second, frame(2), frame(3), frame(4)), "frame 2 as frame 1, IV too");
    }

    @Test
    void regularFrameAsFinalFrame_isRefused() {
        byte[] regular = frame(1);
        ByteBuffer forged = ByteBuffer.allocate(regular.length + 8)
                .putInt(-1)
                .put(regular, 0, 16)
                .putInt(F)
                .put(regular, 16, F + 16);
        refusedAfterAPrefix(concat(Arrays.copyOf(message, header), forged.array()), "message cut after frame 1");
    }

    @Test
    void framesOfAnotherMessage_areRefused_evenUnderTheSameDataKey() {
        var materials = Fixture.join(Fixture.keyring().generate(Fixture.request()));
        byte[] one;
        byte[] other;
        int length;
        try (materials;
                OpenMessage a = engine.create(materials, Fixture.IDENTITY, 4096);
                OpenMessage b = engine.create(materials, Fixture.IDENTITY, 4096)) {
            length = a.header().length();
            one = Fixture.encrypt(a, new byte[20]);
            other = Fixture.encrypt(b, new byte[20]);
        }
        byte[] mixed = concat(Arrays.copyOf(one, length), Arrays.copyOfRange(other, length, other.length));
        assertThrows(IntegrityException.class, () -> Fixture.decrypt(engine, mixed, null));
    }

    @Test
    void wrongWrappingKey_opensNothing() {
        RawAesKeyring other = new RawAesKeyring(Fixture.JDK, new SecureRandom(), "local", "backup-2026", new byte[32]);
        MessageHeader parsed = HeaderParser.parse(message, Fixture.LIMITS);
        assertThrows(KeyringException.class, () -> Fixture.join(engine.open(parsed, other, Optional.empty())));
    }

    @Test
    void wrongContext_opensNothing() {
        MessageHeader parsed = HeaderParser.parse(message, Fixture.LIMITS);
        DecryptionMaterialsRequest request = new DecryptionMaterialsRequest(
                parsed.suite(),
                EncryptionContext.of(Map.of("aws:s3:arn", "arn:aws:s3:::other")),
                parsed.wrappedKeys(),
                Optional.empty());
        assertThrows(
                KeyringException.class, () -> Fixture.join(Fixture.keyring().unwrap(request)));
    }

    @Test
    void wrongDataKey_breaksTheCommitment() {
        MessageHeader parsed = HeaderParser.parse(message, Fixture.LIMITS);
        try (DataKey wrong = DataKey.random(new SecureRandom(), 32);
                DataKey tooShort = DataKey.random(new SecureRandom(), 16)) {
            String refusal = String.valueOf(assertThrows(IntegrityException.class, () -> engine.open(parsed, wrong))
                    .getMessage());
            assertTrue(refusal.contains("commit"), refusal);
            assertThrows(IntegrityException.class, () -> engine.open(parsed, tooShort));
        }
    }

    @Test
    void otherObjectsMessage_isAMismatch() {
        try (OpenMessage open = Fixture.open(engine, message)) {
            assertEquals(IdentityCheck.MATCHED, open.identity(Fixture.IDENTITY));
            assertEquals(
                    IdentityCheck.MISMATCH,
                    open.identity(new MessageIdentity(ObjectIdentity.KEY, "reports", "2026/q4.csv")));
        }
    }

    @Test
    void decryptorThatRefused_neverGivesAnythingAgain() {
        byte[] changed = message.clone();
        changed[header + 20] ^= 1;
        try (OpenMessage open = Fixture.open(engine, message)) {
            MessageDecryptor decryptor = open.decryptor();
            ByteBuffer out = ByteBuffer.allocate(1000);
            ByteBuffer bad = ByteBuffer.wrap(changed, header, message.length - header);
            assertThrows(IntegrityException.class, () -> decryptor.decrypt(bad, out));
            RangeDecryptor range = open.rangeDecryptor(open.layout(message.length), new ByteSpan(0, F));
            ByteBuffer badFrame = ByteBuffer.wrap(changed, header, F + 32);
            assertThrows(IntegrityException.class, () -> range.decrypt(badFrame, out));
            Refused.by(
                    IntegrityException.class,
                    () -> range.decrypt(ByteBuffer.wrap(message, header, F + 32), out),
                    "refused before");
            ByteBuffer good = ByteBuffer.wrap(message, header, message.length - header);
            assertThrows(IntegrityException.class, () -> decryptor.decrypt(good, out));
            assertThrows(IntegrityException.class, () -> decryptor.finish(out));
            assertEquals(0, out.position());
            assertFalse(decryptor.verified());
        }
    }

    @Test
    void decryptorThatMissedSomething_namesIt_andDoesNotGoOn() {
        byte[] signed =
                ForeignBodyTest.peer(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384, 16, plaintext);
        byte[] unframed = ForeignBodyTest.peer(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY, 0, plaintext);
        missing(message, message.length - 1, "frame 4 is missing");
        missing(message, header + F + 32, "frame 2 is missing");
        missing(signed, signed.length - 1, "its signature is missing");
        missing(unframed, unframed.length - 1, "the rest of the body is missing");
        try (OpenMessage open = Fixture.open(engine, message)) {
            RangeDecryptor range = open.rangeDecryptor(open.layout(message.length), new ByteSpan(0, 2 * F));
            ByteBuffer out = ByteBuffer.allocate(100);
            range.decrypt(ByteBuffer.wrap(message, header, F + 32), out);
            Refused.by(IntegrityException.class, () -> range.finish(out), "frame 2 is missing");
            ByteBuffer rest = ByteBuffer.wrap(message, header + F + 32, F + 32);
            Refused.by(IntegrityException.class, () -> range.decrypt(rest, out), "refused before");
            assertEquals(F, out.position());
        }
    }

    private void missing(byte[] whole, int cut, String what) {
        try (OpenMessage open = Fixture.open(engine, whole)) {
            int start = open.header().length();
            MessageDecryptor decryptor = open.decryptor();
            ByteBuffer out = ByteBuffer.allocate(1000);
            assertEquals(CodingStatus.NEED_INPUT, decryptor.decrypt(ByteBuffer.wrap(whole, start, cut - start), out));
            Refused.by(IntegrityException.class, () -> decryptor.finish(out), what);
            ByteBuffer rest = ByteBuffer.wrap(whole, cut, whole.length - cut);
            Refused.by(IntegrityException.class, () -> decryptor.decrypt(rest, out), "refused before");
        }
    }

    @Test
    void rangeOfATruncatedObject_isRefusedWhereTheLengthShows() {
        try (OpenMessage open = Fixture.open(engine, message)) {
            // Cut inside frame 3, where the length would still be one of a message.
            byte[] cut = Arrays.copyOf(message, header + 2 * (F + 32) + 41);
            FrameLayout layout = open.layout(cut.length);
            assertEquals(2 * F + 1, layout.plaintextLength());
            assertThrows(IntegrityException.class, () -> Fixture.range(open, cut, new ByteSpan(2 * F, 1), null));
            ByteSpan last = layout.finalFrameSpan();
            RangeDecryptor proof = open.lengthProof(layout);
            assertEquals(last, proof.ciphertext());
            ByteBuffer nothing = ByteBuffer.allocate(0);
            proof.decrypt(ByteBuffer.wrap(cut, (int) last.offset(), (int) last.length()), nothing);
            assertThrows(IntegrityException.class, () -> proof.finish(nothing));
            // Cut where no message ends.
            assertThrows(IntegrityException.class, () -> open.layout(header + 2 * (F + 32) + 39L));
        }
    }

    @Test
    void lengthProof_acceptsTheTrueLengthOnly() {
        try (OpenMessage open = Fixture.open(engine, message)) {
            FrameLayout layout = open.layout(message.length);
            try (RangeDecryptor proof = open.lengthProof(layout)) {
                ByteSpan last = proof.ciphertext();
                ByteBuffer frame = ByteBuffer.wrap(message, (int) last.offset(), (int) last.length());
                assertEquals(CodingStatus.DONE, proof.decrypt(frame, ByteBuffer.allocate(0)));
                assertTrue(proof.provesLength());
            }
            assertFalse(open.rangeDecryptor(layout, new ByteSpan(0, 2 * F)).provesLength());
            assertTrue(open.rangeDecryptor(layout, new ByteSpan(3 * F, 1)).provesLength());
        }
    }

    @Test
    void everyBitOfARangesFrames_isVerified() {
        try (OpenMessage open = Fixture.open(engine, message)) {
            ByteSpan asked = new ByteSpan(F + 3, F);
            ByteSpan fetched =
                    open.rangeDecryptor(open.layout(message.length), asked).ciphertext();
            assertEquals(new ByteSpan(header + F + 32, 2 * (F + 32)), fetched);
            for (long bit = fetched.offset() * 8; bit < fetched.end() * 8; bit++) {
                byte[] changed = message.clone();
                changed[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
                assertThrows(IntegrityException.class, () -> Fixture.range(open, changed, asked, null));
            }
        }
    }

    @Test
    void rangeThatIsCutOrGoesOn_isRefused() {
        try (OpenMessage open = Fixture.open(engine, message)) {
            FrameLayout layout = open.layout(message.length);
            ByteSpan asked = new ByteSpan(0, 2 * F);
            ByteBuffer out = ByteBuffer.allocate(1000);
            RangeDecryptor cut = open.rangeDecryptor(layout, asked);
            assertEquals(CodingStatus.NEED_INPUT, cut.decrypt(ByteBuffer.wrap(message, header, 2 * (F + 32) - 1), out));
            assertThrows(IntegrityException.class, () -> cut.finish(out));
            RangeDecryptor more = open.rangeDecryptor(layout, asked);
            assertThrows(
                    IntegrityException.class,
                    () -> more.decrypt(ByteBuffer.wrap(message, header, 2 * (F + 32) + 1), out));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ALG_AES_256_GCM_IV12_TAG16_HKDF_SHA256", "ALG_AES_128_GCM_IV12_TAG16_NO_KDF"})
    void suiteWithoutCommitment_isRefusedByDefault_beforeAnyKeyIsUnwrapped(String suite) {
        MessageHeader parsed =
                HeaderParser.parse(ForeignBodyTest.peer(CryptoAlgorithm.valueOf(suite), 16, plaintext), Fixture.LIMITS);
        assertThrows(
                OperationRefusedException.class,
                () -> Fixture.engine().open(parsed, new Unreachable(), Optional.empty()));
        try (DataKey any = DataKey.random(new SecureRandom(), parsed.suite().keyLength())) {
            assertThrows(OperationRefusedException.class, () -> Fixture.engine().open(parsed, any));
        }
    }

    @Test
    void signedMessage_isRefusedAtOnce_whenTheReaderAcceptsNone() {
        MessageHeader parsed = HeaderParser.parse(
                ForeignBodyTest.peer(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384, 16, plaintext),
                Fixture.LIMITS);
        MessageEngine unsigned = MessageEngine.builder()
                .cryptoProvider(Fixture.JDK)
                .signedMessagesAllowed(false)
                .build();
        assertThrows(OperationRefusedException.class, () -> unsigned.open(parsed, new Unreachable(), Optional.empty()));
    }

    private void refusedAfterAPrefix(byte[] changed, String what) {
        ByteArrayOutputStream released = new ByteArrayOutputStream();
        assertThrows(EnvelopeException.class, () -> Fixture.decrypt(engine, changed, null, released), what);
        assertTrue(released.size() % F == 0 || released.size() == plaintext.length, what);
        assertArrayEquals(Arrays.copyOf(plaintext, released.size()), released.toByteArray(), what);
    }

    private byte[] frame(int sequence) {
        ByteSpan span = FrameLayout.ofPlaintext(header, F, plaintext.length).frameSpan(sequence);
        return Arrays.copyOfRange(message, (int) span.offset(), (int) span.end());
    }

    private static byte[] message(byte[] plaintext) {
        try (OpenMessage created = Fixture.create(F)) {
            return Fixture.encrypt(created, plaintext);
        }
    }

    private static byte[] concat(byte[]... pieces) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            joined.writeBytes(piece);
        }
        return joined.toByteArray();
    }

    /** A keyring that must not be asked. */
    private static final class Unreachable implements Keyring {
        @Override
        public CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
            throw new AssertionError("asked");
        }

        @Override
        public CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
            throw new AssertionError("asked");
        }

        @Override
        public CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
            throw new AssertionError("asked");
        }
    }
}
