package dev.s3envelope.core.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RawRsaKeyring;
import dev.s3envelope.core.keyring.WrappedKey;
import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrozenVectorsTest {
    private final MessageEngine engine = Fixture.lenientEngine();

    static List<FrozenVectors.Vector> vectors() {
        return FrozenVectors.read();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void frozenMessage_readsAsItAlwaysDid(FrozenVectors.Vector vector) {
        if (vector.expected().equals("refused")) {
            assertThrows(EnvelopeException.class, () -> read(vector));
        } else {
            assertEquals(vector.expected(), HexFormat.of().formatHex(read(vector)));
        }
    }

    @Test
    void allSuitesAndBothKeyrings_areAmongThem() {
        assertEquals(
                11 * 2 * 3 + 1 + 6,
                vectors().stream().filter(v -> !v.expected().equals("refused")).count());
        assertEquals(
                (11 * 2 + 1) * 4,
                vectors().stream().filter(v -> v.expected().equals("refused")).count());
    }

    /** With data key, message id and wrapped key given, every byte of what we write is determined. */
    @Test
    void whatWeWrite_isByteForByteWhatItWas() {
        byte[] dataKey = new byte[32];
        Arrays.fill(dataKey, (byte) 0x11);
        byte[] id = new byte[32];
        Arrays.fill(id, (byte) 0x22);
        EncryptionMaterialsRequest request = EncryptionMaterialsRequest.of(EncryptionContext.of(Map.of("k", "v")));
        List<WrappedKey> wrapped =
                List.of(WrappedKey.kms("arn:aws:kms:eu-central-1:111122223333:key/k", new byte[] {1, 2, 3}));
        try (EncryptionMaterials materials = new EncryptionMaterials(request, DataKey.copyOf(dataKey), wrapped)) {
            ContentKeys keys =
                    materials.dataKey().use(key -> ContentKeys.derive(Fixture.JDK, request.suite(), key, id));
            byte[] body = HeaderWriter.body(materials, id, 4096, keys.commitment());
            MessageHeader header = HeaderWriter.withTag(materials, 4096, body, keys.tag(Fixture.JDK, body));
            try (OpenMessage message =
                    new OpenMessage(Fixture.JDK, header, keys, OpenMessage.Purpose.CREATED, 0, new FrameLedger())) {
                byte[] written = Fixture.encrypt(message, new byte[5000]);
                assertEquals(
                        FrozenVectors.resource("frozen-header.hex").strip(),
                        HexFormat.of().formatHex(header.encoded()));
                byte[] digest = Fixture.JDK.digest("SHA-256").digest(written);
                assertEquals(
                        FrozenVectors.resource("frozen-message.sha256").strip(),
                        HexFormat.of().formatHex(digest));
                assertArrayEquals(header.encoded(), Arrays.copyOf(written, header.length()));
            }
        }
    }

    private byte[] read(FrozenVectors.Vector vector) {
        Keyring keyring = vector.keyring().equals("aes")
                ? Fixture.keyring()
                : new RawRsaKeyring(Fixture.JDK, new SecureRandom(), "offline", "safe", FrozenVectors.rsa());
        MessageHeader header = HeaderParser.parse(vector.message(), Fixture.LIMITS);
        try (OpenMessage open = Fixture.join(engine.open(header, keyring, Optional.empty()));
                MessageDecryptor decryptor = open.decryptor()) {
            ByteArrayOutputStream released = new ByteArrayOutputStream();
            byte[] body = Arrays.copyOfRange(vector.message(), header.length(), vector.message().length);
            Fixture.pump(decryptor::decrypt, decryptor::finish, body, new Random(5), released);
            return released.toByteArray();
        }
    }
}
