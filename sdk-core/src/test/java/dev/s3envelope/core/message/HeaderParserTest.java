package dev.s3envelope.core.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.WrappedKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderParserTest {
    private final MessageHeader ours = Fixture.create(4096).header();

    @Test
    void readsOurHeader_andStopsBehindIt() {
        byte[] encoded = ours.encoded();
        ByteBuffer in = ByteBuffer.wrap(Arrays.copyOf(encoded, encoded.length + 100));
        HeaderParser parser = new HeaderParser(Fixture.LIMITS);

        assertTrue(parser.feed(in));

        assertEquals(encoded.length, in.position());
        assertEquals(0, parser.bytesNeeded());
        MessageHeader read = parser.header().orElseThrow();
        assertEquals(ours, read);
        assertEquals(ours.hashCode(), read.hashCode());
        assertNotEquals(ours.hashCode(), Fixture.create(4096).header().hashCode(), "another message id");
        assertEquals(AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY, read.suite());
        assertEquals(2, read.version());
        assertEquals(Fixture.CONTEXT, read.encryptionContext());
        assertEquals(ours.wrappedKeys(), read.wrappedKeys());
        assertEquals(ContentType.FRAMED, read.contentType());
        assertEquals(4096, read.frameLength());
        assertEquals(encoded.length, read.length());
        assertArrayEquals(ours.messageId(), read.messageId());
        assertEquals(32, read.messageId().length);
        assertEquals(16, read.tagIv().length - 12 + AlgorithmSuite.TAG_LENGTH);
    }

    @Test
    void readsByteByByte_andNeverAsksForMoreThanTheHeaderHas() {
        byte[] encoded = ours.encoded();
        HeaderParser parser = new HeaderParser(Fixture.LIMITS);
        for (int i = 0; i < encoded.length; i++) {
            assertTrue(parser.bytesNeeded() > 0);
            assertTrue(i + parser.bytesNeeded() <= encoded.length, "at " + i);
            assertTrue(parser.header().isEmpty());
            assertEquals(i == encoded.length - 1, parser.feed(ByteBuffer.wrap(encoded, i, 1)));
        }
        assertEquals(ours, parser.header().orElseThrow());
    }

    @Test
    void bytesNeeded_leadsToTheEndInFewSteps() {
        byte[] encoded = ours.encoded();
        HeaderParser parser = new HeaderParser(Fixture.LIMITS);
        int at = 0;
        int steps = 0;
        while (parser.bytesNeeded() > 0) {
            int n = parser.bytesNeeded();
            parser.feed(ByteBuffer.wrap(encoded, at, n));
            at += n;
            steps++;
        }
        assertEquals(encoded.length, at);
        assertEquals(10, steps, "version, fixed part, context, three length-prefixed fields, tail");
    }

    @Test
    void headerOfManyBuffers_readsWholeAndInPieces() {
        Random random = new Random(6);
        for (int round = 0; round < 20; round++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(new byte[] {2, 4, 0x78});
            out.writeBytes(Fixture.bytes(random, 32));
            out.writeBytes(new byte[] {0, 0, 0, 3});
            for (int field = 0; field < 9; field++) {
                int length = field % 3 == 0 ? 1 : random.nextInt(1 << (1 + random.nextInt(12)));
                out.write(length >>> 8);
                out.write(length);
                out.writeBytes(field % 3 == 0 ? new byte[] {'p'} : Fixture.bytes(random, length));
            }
            out.writeBytes(new byte[] {2, 0, 0, 16, 0});
            out.writeBytes(Fixture.bytes(random, 32 + 16));
            byte[] bytes = out.toByteArray();
            MessageHeader whole = HeaderParser.parse(bytes, Fixture.LIMITS);
            assertArrayEquals(bytes, whole.encoded());
            HeaderParser pieces = new HeaderParser(Fixture.LIMITS);
            for (int at = 0; at < bytes.length; at += 100) {
                pieces.feed(ByteBuffer.wrap(bytes, at, Math.min(100, bytes.length - at)));
            }
            assertEquals(whole, pieces.header().orElseThrow());
            assertEquals(whole.wrappedKeys(), pieces.header().orElseThrow().wrappedKeys());
        }
    }

    @Test
    void asManyWrappedKeysAsTheFormatCounts_areWritten() {
        WrappedKey one = WrappedKey.of("p", new byte[0], new byte[0]);
        EncryptionMaterialsRequest request = EncryptionMaterialsRequest.of(EncryptionContext.empty());
        try (DataKey key = DataKey.copyOf(new byte[32])) {
            List<WrappedKey> most = Collections.nCopies(65_535, one);
            byte[] body =
                    HeaderWriter.body(new EncryptionMaterials(request, key, most), new byte[32], 4096, new byte[32]);
            assertEquals(3 + 32 + 2 + 2 + 65_535 * 7 + 1 + 4 + 32, body.length);
            EncryptionMaterials tooMany = new EncryptionMaterials(request, key, Collections.nCopies(65_536, one));
            assertThrows(
                    IllegalArgumentException.class, () -> HeaderWriter.body(tooMany, new byte[32], 4096, new byte[32]));
        }
    }

    @Test
    void everyTruncation_isIncompleteAndRefusedAsAWhole() {
        byte[] encoded = ours.encoded();
        for (int length = 0; length < encoded.length; length++) {
            byte[] cut = Arrays.copyOf(encoded, length);
            assertThrows(IntegrityException.class, () -> HeaderParser.parse(cut, Fixture.LIMITS));
        }
    }

    @Test
    void garbage_isRefusedOrIncomplete_neverAnythingElse() {
        for (long seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = Arrays.copyOf(ours.encoded(), ours.length());
            for (int i = random.nextInt(6); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            HeaderParser parser = new HeaderParser(Fixture.LIMITS);
            try {
                if (parser.feed(ByteBuffer.wrap(bytes))) {
                    assertTrue(parser.header().isPresent(), "seed " + seed);
                }
            } catch (IntegrityException expected) {
                assertTrue(String.valueOf(expected.getMessage()).contains("header")
                        || String.valueOf(expected.getMessage()).contains("format")
                        || String.valueOf(expected.getMessage()).contains("context"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 255, 0x41, 0x42})
    void otherVersions_areRefused(int version) {
        refused(b -> b.write(version));
    }

    @Test
    void base64Text_isNamedAsSuch() {
        IntegrityException refusal = refused(b -> b.writeBytes("AgR4".getBytes(StandardCharsets.US_ASCII)));
        assertTrue(String.valueOf(refusal.getMessage()).contains("Base64"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0000, 0x0072, 0x0178, 0x0479, 0xFFFF})
    void suitesOfAnotherVersionOrNone_areRefused(int suite) {
        refused(b -> header(b, suite, new byte[0], 1, 3, 4096));
    }

    @Test
    void wrongTypeOfVersion1_isRefused() {
        refused(b -> {
            b.write(1);
            b.write(0x81);
            b.writeBytes(new byte[200]);
        });
    }

    @Test
    void limits_areEnforcedBeforeTheBytesArrive() {
        HeaderLimits limits = new HeaderLimits(500, 2, 100, 8192);
        refused(limits, b -> headerUpToContext(b, 101));
        accepted(limits, b -> headerUpToContext(b, 100));
        refused(limits, b -> {
            headerUpToContext(b, 0);
            b.writeBytes(new byte[] {0, 3});
        });
        accepted(limits, b -> {
            headerUpToContext(b, 0);
            b.writeBytes(new byte[] {0, 2});
        });
        refused(limits, b -> {
            headerUpToContext(b, 0);
            b.writeBytes(new byte[] {0, 1, 1, (byte) 0xff}); // a provider id of 511 bytes
        });
        refused(limits, b -> header(b, 0x0478, new byte[0], 1, 2, 8193));
        refused(limits, b -> header(b, 0x0478, new byte[0], 1, 2, -1));
        accepted(limits, b -> header(b, 0x0478, new byte[0], 1, 2, 8192));
    }

    @Test
    void headerOfExactlyTheLimit_isAccepted() {
        HeaderLimits exact = new HeaderLimits(ours.length(), 1, 1000, 4096);
        assertEquals(ours, HeaderParser.parse(ours.encoded(), exact));
        HeaderLimits less = new HeaderLimits(ours.length() - 1, 1, 1000, 4096);
        assertThrows(IntegrityException.class, () -> HeaderParser.parse(ours.encoded(), less));
    }

    @Test
    void noWrappedKey_isRefused() {
        refused(b -> {
            headerUpToContext(b, 0);
            b.writeBytes(new byte[] {0, 0});
        });
    }

    @Test
    void contentTypeAndFrameLength_mustAgree() {
        accepted(Fixture.LIMITS, b -> header(b, 0x0478, new byte[0], 1, 1, 0));
        accepted(Fixture.LIMITS, b -> header(b, 0x0478, new byte[0], 1, 2, 1));
        refused(b -> header(b, 0x0478, new byte[0], 1, 1, 1));
        refused(b -> header(b, 0x0478, new byte[0], 1, 2, 0));
        refused(b -> header(b, 0x0478, new byte[0], 1, 0, 0));
        refused(b -> header(b, 0x0478, new byte[0], 1, 3, 4096));
    }

    @Test
    void malformedContexts_areRefused() {
        byte[][] bad = {
            {0},
            {0, 0},
            {0, 1},
            {0, 1, 0, 1, 'a'},
            {0, 1, 0, 1, 'a', 0, 2, 'b'},
            {0, 1, 0, 1, 'a', 0, 1, 'b', 0},
            {0, 2, 0, 1, 'a', 0, 1, 'b', 0, 1, 'a', 0, 1, 'b'},
            {0, 1, 0, 1, (byte) 0xff, 0, 1, 'b'},
            {0, 1, 0, 1, 'a', 0, 1, (byte) 0xc3},
        };
        for (byte[] context : bad) {
            refused(b -> header(b, 0x0478, context, 1, 2, 4096));
        }
        accepted(Fixture.LIMITS, b -> header(b, 0x0478, new byte[] {0, 1, 0, 1, 'a', 0, 0}, 1, 2, 4096));
    }

    @Test
    void providerIdThatIsNoText_isRefused() {
        refused(b -> {
            headerUpToContext(b, 0);
            b.writeBytes(new byte[] {0, 1, 0, 1, (byte) 0x80, 0, 0, 0, 0});
        });
    }

    @ParameterizedTest
    @EnumSource(AlgorithmSuite.class)
    void everySuite_parsesInItsVersion(AlgorithmSuite suite) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        header(out, suite.id(), new byte[] {0, 1, 0, 1, 'a', 0, 1, 'b'}, 2, 2, 512);
        MessageHeader read = HeaderParser.parse(out.toByteArray(), Fixture.LIMITS);
        assertEquals(suite, read.suite());
        assertEquals(out.size(), read.length());
        assertEquals(512, read.frameLength());
        assertEquals(2, read.wrappedKeys().size());
        assertEquals("p", read.wrappedKeys().get(1).providerId());
        assertEquals("i1", read.wrappedKeys().get(1).providerInfoText());
        assertEquals(suite.messageIdLength(), read.messageId().length);
        assertEquals((byte) 7, read.messageId()[suite.messageIdLength() - 1]);
        assertEquals(suite.commitmentLength(), read.commitment().length);
        assertEquals(12, read.tagIv().length);
        assertEquals(suite.committing() ? 0 : 5, read.tagIv()[11]);
        assertFalse(read.toString().isEmpty());
        assertNotEquals(ours, read);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void reservedFieldAndIvLengthOfVersion1_areChecked(int which) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        header(out, 0x0178, new byte[0], 1, 2, 512);
        byte[] bytes = out.toByteArray();
        int tail = bytes.length - 16 - 12 - 4 - 1 - 4;
        bytes[which == 0 ? tail + 3 : tail + 4] ^= 1;
        assertThrows(IntegrityException.class, () -> HeaderParser.parse(bytes, Fixture.LIMITS));
    }

    private static IntegrityException refused(Consumer<ByteArrayOutputStream> writer) {
        return refused(Fixture.LIMITS, writer);
    }

    private static IntegrityException refused(HeaderLimits limits, Consumer<ByteArrayOutputStream> writer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.accept(out);
        HeaderParser parser = new HeaderParser(limits);
        return assertThrows(IntegrityException.class, () -> parser.feed(ByteBuffer.wrap(out.toByteArray())));
    }

    private static void accepted(HeaderLimits limits, Consumer<ByteArrayOutputStream> writer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writer.accept(out);
        new HeaderParser(limits).feed(ByteBuffer.wrap(out.toByteArray()));
    }

    private static void headerUpToContext(ByteArrayOutputStream out, int contextLength) {
        out.writeBytes(new byte[] {2, 4, 0x78});
        out.writeBytes(new byte[32]);
        out.write(contextLength >>> 8);
        out.write(contextLength);
    }

    private static void header(
            ByteArrayOutputStream out, int suite, byte[] context, int keys, int contentType, int frameLength) {
        boolean version2 =
                suite == 0 || suite >= 0x0400 || AlgorithmSuite.of(suite).isEmpty();
        version2 |= suite == 0x0178 && contentType == 3;
        out.writeBytes(version2 ? new byte[] {2} : new byte[] {1, (byte) 0x80});
        out.write(suite >>> 8);
        out.write(suite);
        byte[] id = new byte[version2 ? 32 : 16];
        id[id.length - 1] = 7;
        out.writeBytes(id);
        out.write(context.length >>> 8);
        out.write(context.length);
        out.writeBytes(context);
        out.write(0);
        out.write(keys);
        for (int i = 0; i < keys; i++) {
            out.writeBytes(new byte[] {0, 1, 'p', 0, 2, 'i', (byte) ('0' + i), 0, 3, 1, 2, 3});
        }
        out.write(contentType);
        if (!version2) {
            out.writeBytes(new byte[] {0, 0, 0, 0, 12});
        }
        out.writeBytes(ByteBuffer.allocate(4).putInt(frameLength).array());
        byte[] tail = new byte[version2 ? 32 + 16 : 12 + 16];
        if (!version2) {
            tail[11] = 5;
        }
        out.writeBytes(tail);
    }
}
