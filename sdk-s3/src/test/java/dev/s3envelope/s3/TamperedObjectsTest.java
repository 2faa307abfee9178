package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.policy.EncryptionPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Whatever is changed in a stored object, both clients refuse it, whole and in ranges, and what a caller got before is a prefix of the true plaintext that
 * ends before the first changed frame.
 */
class TamperedObjectsTest {
    private static final long SEED = 20_261_121;
    private static final int F = 4096;
    private static final int FRAMES = 3;
    private static final int LAST = 100;
    private static final byte[] PLAIN = bytes(SEED, FRAMES * F + LAST);
    private static final ByteSpan EVERYTHING = new ByteSpan(0, PLAIN.length);

    private final OneObject s3 = new OneObject();
    private Map<String, String> metadata = Map.of();
    private byte[] stored = new byte[0];
    private FrameLayout layout = new FrameLayout(1, F, 0, 0);

    /** What a read gave out before it ended, and how it ended. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody as a whole
    record Outcome(byte[] released, @Nullable Throwable refusal) {}

    /** Either client. */
    enum Client {
        SYNC {
            @Override
            void put(OneObject s3, ClientSide mode, String key) {
                sync(s3, mode).putObject(b -> b.bucket("reports").key(key), RequestBody.fromBytes(PLAIN));
            }

            @Override
            Outcome read(OneObject s3, ClientSide mode, GetObjectRequest request) {
                ByteArrayOutputStream released = new ByteArrayOutputStream();
                try (InputStream in = sync(s3, mode).getObject(request)) {
                    in.transferTo(released);
                } catch (IOException | RuntimeException e) {
                    return new Outcome(released.toByteArray(), e);
                }
                return new Outcome(released.toByteArray(), null);
            }

            private EnvelopeS3Client sync(OneObject s3, ClientSide mode) {
                return EnvelopeS3Client.builder()
                        .wrapping(s3.sync())
                        .policy(EncryptionPolicy.always(mode))
                        .messageEngine(ENGINE)
                        .build();
            }
        },
        ASYNC {
            @Override
            void put(OneObject s3, ClientSide mode, String key) {
                async(s3, mode)
                        .putObject(b -> b.bucket("reports").key(key), AsyncRequestBody.fromBytes(PLAIN))
                        .join();
            }

            @Override
            Outcome read(OneObject s3, ClientSide mode, GetObjectRequest request) {
                ByteArrayOutputStream released = new ByteArrayOutputStream();
                try {
                    async(s3, mode)
                            .getObject(request, AsyncResponseTransformer.toPublisher())
                            .thenCompose(body -> body.subscribe(buffer -> {
                                byte[] piece = new byte[buffer.remaining()];
                                buffer.get(piece);
                                released.writeBytes(piece);
                            }))
                            .join();
                } catch (CompletionException e) {
                    return new Outcome(released.toByteArray(), e.getCause());
                }
                return new Outcome(released.toByteArray(), null);
            }

            private EnvelopeS3AsyncClient async(OneObject s3, ClientSide mode) {
                return EnvelopeS3AsyncClient.builder()
                        .wrapping(s3.async())
                        .policy(EncryptionPolicy.always(mode))
                        .messageEngine(ENGINE)
                        .build();
            }
        };

        abstract void put(OneObject s3, ClientSide mode, String key);

        abstract Outcome read(OneObject s3, ClientSide mode, GetObjectRequest request);
    }

    private static final MessageEngine ENGINE =
            MessageEngine.builder().cryptoProvider(CryptoProvider.jdk()).build();

    @BeforeEach
    void store() {
        Client.SYNC.put(s3, mode(1), "q3.csv");
        stored = s3.bytes();
        metadata = s3.metadata();
        int header = LayoutHint.parse(metadata.getOrDefault(LayoutHint.METADATA_NAME, ""))
                .orElseThrow()
                .headerLength();
        layout = FrameLayout.ofCiphertext(header, F, stored.length);
        assertEquals(new FrameLayout(header, F, FRAMES, LAST), layout);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWritten_isReadAsItIs(Client client) {
        client.put(s3, mode(1), "q3.csv");
        assertArrayEquals(PLAIN, read(client, null).released());
        assertArrayEquals(
                Arrays.copyOfRange(PLAIN, 5000, 9000),
                read(client, new ByteSpan(5000, 4000)).released());
    }

    @ParameterizedTest
    @EnumSource
    void everyBitOfTheHeader(Client client) {
        for (int bit = 0; bit < layout.headerLength() * 8; bit++) {
            s3.replace(flipped(bit), metadata);
            refused(client, null, 0, "bit " + bit);
            // The frames of the range are whole; the header is fetched and verified all the same.
            refused(client, new ByteSpan(2 * F + 10, 20), 0, "range, bit " + bit);
        }
    }

    @ParameterizedTest
    @EnumSource
    void bitsOfTheBody(Client client) {
        Random random = new Random(SEED);
        for (long frame = 1; frame <= FRAMES + 1; frame++) {
            ByteSpan span = layout.frameSpan(frame);
            long plaintext = (frame - 1) * F;
            int overhead = frame > FRAMES ? 36 : 16;
            for (int i = 0; i < 250; i++) {
                // All bits of sequence number, IV and length, and a sample of ciphertext and tag.
                long bit = i < overhead * 8
                        ? span.offset() * 8 + i
                        : span.offset() * 8 + random.nextInt((int) span.length() * 8);
                s3.replace(flipped((int) bit), metadata);
                refused(client, null, plaintext, "frame " + frame + ", bit " + bit);
                refused(client, EVERYTHING, plaintext, "range, frame " + frame + ", bit " + bit);
                refused(client, new ByteSpan(plaintext + 1, 5), 0, "range in frame " + frame + ", bit " + bit);
            }
            for (long bit = span.end() * 8 - 128; bit < span.end() * 8; bit++) {
                s3.replace(flipped((int) bit), metadata);
                refused(client, null, plaintext, "tag of frame " + frame + ", bit " + bit);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRangeOfOtherFrames_isReadThoughOneIsChanged(Client client) {
        s3.replace(flipped((int) layout.frameSpan(2).offset() * 8 + 300), metadata);
        ByteSpan first = new ByteSpan(10, F - 10);
        assertArrayEquals(Arrays.copyOfRange(PLAIN, 10, F), read(client, first).released());
        refused(client, new ByteSpan(10, F), F - 10, "a range that ends in the changed frame");
    }

    @ParameterizedTest
    @EnumSource
    void truncatedAtAndAroundEveryFrame(Client client) {
        for (long frame = 1; frame <= FRAMES + 2; frame++) {
            long boundary =
                    frame > FRAMES + 1 ? stored.length : layout.frameSpan(frame).offset();
            for (long length = boundary - 1; length <= boundary + 1; length++) {
                if (length == stored.length) {
                    continue;
                }
                s3.replace(Arrays.copyOf(stored, (int) length), metadata);
                refused(client, null, Math.min(FRAMES * F, (frame - 1) * F), "length " + length);
                refused(client, new ByteSpan(FRAMES * F, 10), 0, "range at the end, length " + length);
            }
        }
        for (int length : new int[] {0, 1, layout.headerLength() / 2}) {
            s3.replace(Arrays.copyOf(stored, length), metadata);
            refused(client, null, 0, "length " + length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void framesExchangedDroppedOrRepeated(Client client) {
        refusedAfter(client, 0, "first and second exchanged", 2, 1, 3, 4);
        refusedAfter(client, F, "second and third exchanged", 1, 3, 2, 4);
        refusedAfter(client, 0, "first dropped", 2, 3, 4);
        refusedAfter(client, F, "second dropped", 1, 3, 4);
        refusedAfter(client, 2 * F, "third dropped", 1, 2, 4);
        refusedAfter(client, 3 * F, "final dropped", 1, 2, 3);
        refusedAfter(client, 0, "all but the final dropped", 4);
        refusedAfter(client, F, "first repeated", 1, 1, 2, 3, 4);
        refusedAfter(client, 3 * F, "third repeated", 1, 2, 3, 3, 4);
        refusedAfter(client, PLAIN.length, "final repeated", 1, 2, 3, 4, 4);
        refusedAfter(client, PLAIN.length, "frames behind the final", 1, 2, 3, 4, 1);
    }

    @ParameterizedTest
    @EnumSource
    void framesOfAnotherMessageOfTheSameObject(Client client) {
        client.put(s3, mode(1), "q3.csv");
        byte[] other = s3.bytes();
        assertEquals(stored.length, other.length);
        for (long frame = 1; frame <= FRAMES + 1; frame++) {
            byte[] mixed = stored.clone();
            ByteSpan span = layout.frameSpan(frame);
            System.arraycopy(other, (int) span.offset(), mixed, (int) span.offset(), (int) span.length());
            s3.replace(mixed, metadata);
            refused(client, null, (frame - 1) * F, "frame " + frame + " of another message");
            refused(client, new ByteSpan((frame - 1) * F, 50), 0, "range, frame " + frame);
        }
    }

    @ParameterizedTest
    @EnumSource
    void wrongKey_wrongContext_otherObjectsMessage(Client client) {
        s3.replace(stored, metadata);
        Outcome otherKey = client.read(s3, mode(2), get("q3.csv", null));
        assertEquals(0, otherKey.released().length);
        assertTrue(otherKey.refusal() instanceof KeyringException, () -> "" + otherKey.refusal());
        Outcome otherName = client.read(s3, mode(1), get("q4.csv", null));
        assertEquals(0, otherName.released().length);
        assertTrue(otherName.refusal() instanceof IntegrityException, () -> "" + otherName.refusal());
        Outcome rangeOfOther = client.read(s3, mode(1), get("q4.csv", new ByteSpan(10, 10)));
        assertEquals(0, rangeOfOther.released().length);
        assertTrue(rangeOfOther.refusal() instanceof IntegrityException, () -> "" + rangeOfOther.refusal());

        byte[] arn = "arn:aws:s3:::reports".getBytes(StandardCharsets.UTF_8);
        int at = new String(stored, StandardCharsets.ISO_8859_1).indexOf(new String(arn, StandardCharsets.ISO_8859_1));
        byte[] changed = stored.clone();
        changed[at + arn.length - 1] = 'x';
        s3.replace(changed, metadata);
        refused(client, null, 0, "a context that names another bucket");
    }

    /** The hint is not authenticated: it may cost a range a refusal, but never gives other bytes; a whole object is read by its header. */
    @ParameterizedTest
    @EnumSource
    void aChangedHint_givesNoOtherBytes(Client client) {
        int header = layout.headerLength();
        for (String hint : new String[] {
            "v1;h=" + (header - 1) + ";f=" + F,
            "v1;h=" + (header + 1) + ";f=" + F,
            "v1;h=" + (header + F + 32) + ";f=" + F,
            "v1;h=" + header + ";f=" + 2 * F,
            "v1;h=" + header + ";f=" + (F - 1),
            "v1;h=" + header + ";f=" + F + ";p=" + (PLAIN.length - 1),
            "v1;h=" + header + ";f=" + F + ";p=" + F,
            "v1;h=" + header,
            "v1;h=" + (header - 1),
            "v1;h=" + (header + 1)
        }) {
            Map<String, String> lying = new HashMap<>(metadata);
            lying.put(LayoutHint.METADATA_NAME, hint);
            s3.replace(stored, lying);
            for (ByteSpan range :
                    new ByteSpan[] {new ByteSpan(0, 10), new ByteSpan(F - 3, 10), new ByteSpan(FRAMES * F + 3, 10)}) {
                Outcome outcome = read(client, range);
                if (outcome.refusal() == null) {
                    assertArrayEquals(
                            Arrays.copyOfRange(PLAIN, (int) range.offset(), (int) range.end()),
                            outcome.released(),
                            hint);
                } else {
                    assertRefusal(outcome, hint);
                    assertEquals(0, outcome.released().length, hint);
                }
            }
            Outcome whole = read(client, null);
            assertNull(whole.refusal(), hint);
            assertArrayEquals(PLAIN, whole.released(), hint);
        }
    }

    private void refusedAfter(Client client, long released, String what, int... frames) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.write(stored, 0, layout.headerLength());
        for (int frame : frames) {
            ByteSpan span = layout.frameSpan(frame);
            joined.write(stored, (int) span.offset(), (int) span.length());
        }
        s3.replace(joined.toByteArray(), metadata);
        refused(client, null, released, what);
    }

    /** Reads with pieces of several sizes; at most so many bytes may come out, and none of them wrong. */
    private void refused(Client client, @Nullable ByteSpan range, long most, String what) {
        s3.pieces(1 + new Random(what.hashCode()).nextInt(9_000));
        Outcome outcome = read(client, range);
        String where = client + ", " + what + ", seed " + SEED;
        assertRefusal(outcome, where);
        long start = range == null ? 0 : range.offset();
        byte[] released = outcome.released();
        assertTrue(released.length <= most, () -> where + ": " + released.length + " bytes were released");
        assertArrayEquals(Arrays.copyOfRange(PLAIN, (int) start, (int) start + released.length), released, where);
    }

    private static void assertRefusal(Outcome outcome, String where) {
        assertNotNull(outcome.refusal(), where);
        // A changed header can also look like one of another key or suite; and of a truncated object, some ranges are
        // past its end.
        Throwable refusal = outcome.refusal();
        assertTrue(
                refusal instanceof IntegrityException
                        || refusal instanceof KeyringException
                        || refusal instanceof OperationRefusedException
                        || (refusal instanceof S3Exception answer && answer.statusCode() == 416),
                () -> where + ": " + refusal);
    }

    private Outcome read(Client client, @Nullable ByteSpan range) {
        return client.read(s3, mode(1), get("q3.csv", range));
    }

    private static GetObjectRequest get(String key, @Nullable ByteSpan range) {
        return GetObjectRequest.builder()
                .bucket("reports")
                .key(key)
                .range(range == null ? null : range.toRangeHeader())
                .build();
    }

    private static ClientSide mode(int key) {
        RawAesKeyring keyring =
                new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "tests", "key", bytes(key, 32));
        return ClientSide.builder("tests", keyring).frameLength(F).build();
    }

    private byte[] flipped(int bit) {
        byte[] changed = stored.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        return changed;
    }

    private static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
