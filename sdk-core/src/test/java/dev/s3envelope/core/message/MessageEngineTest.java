package dev.s3envelope.core.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.RecordingRandom;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an engine was built with, and what it refuses to write or to open. */
class MessageEngineTest {
    private final MessageEngine engine = Fixture.engine();

    @Test
    void engine_isWhatItWasBuiltAs() {
        HeaderLimits small = new HeaderLimits(100, 1, 10, 10);
        RecordingRandom random = new RecordingRandom();
        MessageEngine built = MessageEngine.builder()
                .cryptoProvider(Fixture.JDK)
                .secureRandom(random)
                .frameLength(5000)
                .headerLimits(small)
                .build();
        assertSame(Fixture.JDK, built.cryptoProvider());
        assertEquals(5000, built.frameLength());
        assertEquals(65_536, engine.frameLength());
        byte[] ours = Fixture.create(10).header().encoded();
        assertTrue(engine.headerParser().feed(ByteBuffer.wrap(ours)));
        assertThrows(IntegrityException.class, () -> built.headerParser().feed(ByteBuffer.wrap(ours)));
        try (OpenMessage message = Fixture.join(built.create(Fixture.keyring(), Fixture.request(), Fixture.IDENTITY))) {
            assertEquals(5000, message.header().frameLength());
            assertArrayEquals(
                    Arrays.copyOf(random.drawn().get(0), 16),
                    Arrays.copyOf(message.header().messageId(), 16));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, 0, 4095, 16_777_217, Integer.MAX_VALUE})
    void frameLengthWeDoNotWrite_isRefusedEverywhere(int frameLength) {
        String[] range = {"4096 to 16777216 bytes, not " + frameLength};
        Refused.by(IllegalArgumentException.class, () -> MessageEngine.builder().frameLength(frameLength), range);
        Refused.by(
                IllegalArgumentException.class,
                () -> engine.create(Fixture.keyring(), Fixture.request(), Fixture.IDENTITY, frameLength),
                range);
        try (EncryptionMaterials materials = Fixture.join(Fixture.keyring().generate(Fixture.request()))) {
            Refused.by(
                    IllegalArgumentException.class,
                    () -> engine.create(materials, Fixture.IDENTITY, frameLength),
                    range);
            assertFalse(materials.dataKey().isClosed(), "they are the caller's");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 16_777_216})
    void shortestAndLongestFrames_areWritten(int frameLength) {
        assertEquals(
                frameLength,
                MessageEngine.builder()
                        .cryptoProvider(Fixture.JDK)
                        .frameLength(frameLength)
                        .build()
                        .frameLength());
        try (OpenMessage message =
                Fixture.join(engine.create(Fixture.keyring(), Fixture.request(), Fixture.IDENTITY, frameLength))) {
            assertEquals(frameLength, message.header().frameLength());
        }
    }

    @Test
    void otherSuites_areNeitherWrittenNorContinued() {
        for (AlgorithmSuite suite : AlgorithmSuite.values()) {
            EncryptionMaterialsRequest request =
                    new EncryptionMaterialsRequest(suite, Fixture.CONTEXT, Optional.empty(), OptionalLong.empty());
            if (suite == AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY) {
                engine.create(Fixture.keyring(), request, Fixture.IDENTITY);
                continue;
            }
            Refused.by(
                    IllegalArgumentException.class,
                    () -> engine.create(Fixture.keyring(), request, Fixture.IDENTITY),
                    suite.hexId());
        }
        for (FrozenVectors.Vector vector : FrozenVectors.read()) {
            if (!vector.name().endsWith("-32")) {
                continue;
            }
            MessageHeader header = HeaderParser.parse(vector.message(), Fixture.LIMITS);
            boolean continued = header.suite() == AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY
                    && header.contentType() == ContentType.FRAMED;
            if (continued) {
                Fixture.join(engine.resume(header, Fixture.keyring(), Optional.empty(), new FrameLedger()))
                        .close();
            } else {
                Refused.by(
                        OperationRefusedException.class,
                        () -> engine.resume(header, Fixture.keyring(), Optional.empty(), new FrameLedger()),
                        header.suite().hexId());
            }
        }
    }

    /** A verification key in the context of an unsigned message, or none in that of a signed one. */
    @Test
    void suiteAndContextThatDisagreeOnASignature_areRefusedBeforeAnyKeyIsUsed() {
        for (FrozenVectors.Vector vector : FrozenVectors.read()) {
            if (!vector.name().endsWith("framed-80") || !vector.keyring().equals("aes")) {
                continue;
            }
            MessageHeader header = HeaderParser.parse(vector.message(), Fixture.LIMITS);
            EncryptionContext other =
                    header.suite().signed() ? EncryptionContext.empty() : EncryptionContext.parse(signedContext());
            MessageHeader forged = new MessageHeader(
                    header.suite(),
                    other,
                    header.wrappedKeys(),
                    header.contentType(),
                    header.frameLength(),
                    header.encoded());
            try (DataKey any = DataKey.copyOf(new byte[header.suite().keyLength()])) {
                Refused.by(
                        IntegrityException.class,
                        () -> Fixture.lenientEngine().open(forged, any),
                        "disagree on whether the message is signed");
            }
        }
    }

    private static byte[] signedContext() {
        byte[] key = EncryptionContext.PUBLIC_KEY.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(2 + 2 + key.length + 2 + 1)
                .putShort((short) 1)
                .putShort((short) key.length)
                .put(key)
                .putShort((short) 1)
                .put((byte) 'x')
                .array();
    }

    @Test
    void negativeLimitOfUnframedBodies_isRefused() {
        Refused.by(
                IllegalArgumentException.class,
                () -> MessageEngine.builder().maxUnframedLength(-1),
                "not negative: -1");
        MessageEngine.builder().maxUnframedLength(0);
    }

    @Test
    void textOfAMessage_tellsItsPurposeAndHeader() {
        try (OpenMessage message = Fixture.create(10)) {
            assertEquals("OpenMessage[CREATED, " + message.header() + "]", message.toString());
            assertTrue(message.header().toString().startsWith("MessageHeader[0x0478, FRAMED, frame length 10, keys ["));
        }
    }
}
