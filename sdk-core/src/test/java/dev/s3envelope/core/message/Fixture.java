package dev.s3envelope.core.message;

import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.RawAesKeyring;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What the message tests share: an engine, a raw AES keyring, and pumps that cut input and output at random places. */
final class Fixture {
    static final CryptoProvider JDK = CryptoProvider.jdk();
    static final byte[] WRAPPING_KEY = new byte[32];
    static final EncryptionContext CONTEXT =
            EncryptionContext.of(Map.of("aws:s3:arn", "arn:aws:s3:::reports", "purpose", "tést"));
    static final MessageIdentity IDENTITY = new MessageIdentity(ObjectIdentity.KEY, "reports", "2026/q3.csv");
    static final HeaderLimits LIMITS = HeaderLimits.DEFAULT;

    static {
        new Random(1).nextBytes(WRAPPING_KEY);
    }

    private Fixture() {}

    static MessageEngine engine() {
        return MessageEngine.builder().cryptoProvider(JDK).build();
    }

    static MessageEngine lenientEngine() {
        return MessageEngine.builder()
                .cryptoProvider(JDK)
                .commitmentPolicy(CommitmentPolicy.ALLOW_NON_COMMITTING)
                .build();
    }

    static RawAesKeyring keyring() {
        return new RawAesKeyring(JDK, new SecureRandom(), "local", "backup-2026", WRAPPING_KEY);
    }

    static EncryptionMaterialsRequest request() {
        return EncryptionMaterialsRequest.of(CONTEXT);
    }

    static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** A message with frames of any length, also those too short for the public API. */
    static OpenMessage create(int frameLength) {
        try (EncryptionMaterials materials = join(keyring().generate(request()))) {
            byte[] id = IDENTITY.newMessageId(JDK, new SecureRandom());
            ContentKeys keys = materials
                    .dataKey()
                    .use(key -> ContentKeys.derive(JDK, materials.request().suite(), key, id));
            byte[] body = HeaderWriter.body(materials, id, frameLength, keys.commitment());
            MessageHeader header = HeaderWriter.withTag(materials, frameLength, body, keys.tag(JDK, body));
            return new OpenMessage(JDK, header, keys, OpenMessage.Purpose.CREATED, 1 << 20, new FrameLedger());
        }
    }

    static byte[] encrypt(OpenMessage message, byte[] plaintext) {
        return encrypt(message.encryptor(OptionalLong.of(plaintext.length)), plaintext, null);
    }

    /** Pushes everything through, at once if {@code random} is null, else in random pieces of random kinds. */
    static byte[] encrypt(MessageEncryptor encryptor, byte[] plaintext, @Nullable Random random) {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        try (encryptor) {
            int at = 0;
            while (at < plaintext.length) {
                int n = random == null ? plaintext.length : Math.min(plaintext.length - at, piece(random));
                ByteBuffer in = input(plaintext, at, n, random);
                at += n;
                for (CodingStatus status = CodingStatus.NEED_OUTPUT; status == CodingStatus.NEED_OUTPUT; ) {
                    ByteBuffer out = output(encryptor.pieceSize(), random);
                    status = encryptor.encrypt(in, out);
                    result.write(out.array(), out.arrayOffset(), out.position());
                }
            }
            for (CodingStatus status = CodingStatus.NEED_OUTPUT; status != CodingStatus.DONE; ) {
                ByteBuffer out = output(encryptor.pieceSize(), random);
                status = encryptor.finish(out);
                result.write(out.array(), out.arrayOffset(), out.position());
            }
        }
        return result.toByteArray();
    }

    static OpenMessage open(MessageEngine engine, byte[] message) {
        return join(engine.open(HeaderParser.parse(message, LIMITS), keyring(), Optional.empty()));
    }

    static byte[] decrypt(MessageEngine engine, byte[] message, @Nullable Random random) {
        ByteArrayOutputStream released = new ByteArrayOutputStream();
        decrypt(engine, message, random, released);
        return released.toByteArray();
    }

    /** Whatever is released goes to {@code released}, also if the message is refused in the end. */
    static void decrypt(MessageEngine engine, byte[] message, @Nullable Random random, ByteArrayOutputStream released) {
        try (OpenMessage open = open(engine, message);
                MessageDecryptor decryptor = open.decryptor()) {
            byte[] body = Arrays.copyOfRange(message, open.header().length(), message.length);
            pump(decryptor::decrypt, decryptor::finish, body, random, released);
        }
    }

    static byte[] range(OpenMessage open, byte[] message, ByteSpan plaintext, @Nullable Random random) {
        try (RangeDecryptor decryptor = open.rangeDecryptor(open.layout(message.length), plaintext)) {
            ByteSpan fetch = decryptor.ciphertext();
            ByteArrayOutputStream released = new ByteArrayOutputStream();
            byte[] frames = Arrays.copyOfRange(message, (int) fetch.offset(), (int) fetch.end());
            pump(decryptor::decrypt, decryptor::finish, frames, random, released);
            return released.toByteArray();
        }
    }

    interface Step {
        CodingStatus apply(ByteBuffer in, ByteBuffer out);
    }

    interface Finish {
        CodingStatus apply(ByteBuffer out);
    }

    /** What a step puts out counts as released even if it throws afterwards. */
    static void pump(Step step, Finish finish, byte[] body, @Nullable Random random, ByteArrayOutputStream released) {
        int at = 0;
        while (at < body.length) {
            int n = random == null ? body.length : Math.min(body.length - at, piece(random));
            ByteBuffer in = input(body, at, n, random);
            at += n;
            for (CodingStatus status = CodingStatus.NEED_OUTPUT; status == CodingStatus.NEED_OUTPUT; ) {
                status = release(out -> step.apply(in, out), body.length, random, released);
            }
        }
        for (CodingStatus status = CodingStatus.NEED_OUTPUT; status != CodingStatus.DONE; ) {
            status = release(finish, body.length, random, released);
        }
    }

    private static CodingStatus release(
            Finish step, int sensible, @Nullable Random random, ByteArrayOutputStream released) {
        ByteBuffer out = output(sensible, random);
        try {
            return step.apply(out);
        } finally {
            released.write(out.array(), out.arrayOffset(), out.position());
        }
    }

    static byte[] bytes(Random random, int length) {
        byte[] result = new byte[length];
        random.nextBytes(result);
        return result;
    }

    private static int piece(Random random) {
        return 1 + random.nextInt(1 << (1 + random.nextInt(17)));
    }

    /** An array-backed buffer at an offset, a direct buffer, or a read-only one. */
    private static ByteBuffer input(byte[] bytes, int offset, int length, @Nullable Random random) {
        int kind = random == null ? 0 : random.nextInt(4);
        ByteBuffer plain = ByteBuffer.wrap(bytes, offset, length);
        return switch (kind) {
            case 1 -> plain.slice();
            case 2 -> ByteBuffer.allocateDirect(length).put(plain).flip();
            case 3 -> plain.asReadOnlyBuffer();
            default -> plain;
        };
    }

    private static ByteBuffer output(int sensible, @Nullable Random random) {
        if (random == null) {
            return ByteBuffer.allocate(Math.max(sensible, 1));
        }
        ByteBuffer whole = ByteBuffer.allocate(piece(random) + 7);
        return whole.position(7).slice();
    }
}
