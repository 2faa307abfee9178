package dev.s3envelope.core.keyring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.s3envelope.core.Refused;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrapped keys, requests and materials as values. */
class KeyringValuesTest {
    private static final EncryptionMaterialsRequest REQUEST = EncryptionMaterialsRequest.of(EncryptionContext.empty());

    @Test
    void wrappedKeys_areEqualByTheirFieldsOnly() {
        WrappedKey[] all = {wrapped("p", 1, 2), wrapped("q", 1, 2), wrapped("p", 3, 2), wrapped("p", 1, 3)};
        assertEquals(wrapped("p", 1, 2), all[0]);
        for (int i = 0; i < all.length; i++) {
            for (int j = 0; j < all.length; j++) {
                assertEquals(i == j, all[i].equals(all[j]), i + " and " + j);
                assertEquals(i == j, all[i].hashCode() == all[j].hashCode(), i + " and " + j);
            }
        }
        assertFalse(all[0].equals((Object) "p"));
    }

    private static WrappedKey wrapped(String id, int info, int ciphertext) {
        return WrappedKey.of(id, new byte[] {(byte) info}, new byte[] {(byte) ciphertext});
    }

    @Test
    void wrappedKeys_areCopiedBothWays() {
        byte[] info = {1, 2};
        byte[] ciphertext = {3, 4};
        WrappedKey key = WrappedKey.of("p", info, ciphertext);
        info[0] = 9;
        ciphertext[0] = 9;
        key.providerInfo()[1] = 9;
        key.ciphertext()[1] = 9;
        assertArrayEquals(new byte[] {1, 2}, key.providerInfo());
        assertArrayEquals(new byte[] {3, 4}, key.ciphertext());
        WrappedKey kms = WrappedKey.kms("arn:aws:kms:eu-west-1:111122223333:key/k", ciphertext);
        assertEquals("aws-kms", kms.providerId());
        assertEquals("arn:aws:kms:eu-west-1:111122223333:key/k", kms.providerInfoText());
        assertEquals("aws-kms:arn:aws:kms:eu-west-1:111122223333:key/k", kms.toString());
    }

    @Test
    void fields_haveAtMostTwoBytesOfLength() {
        String longest = "p".repeat(65_535);
        WrappedKey.of(longest, new byte[65_535], new byte[65_535]);
        for (WrappedKeyMaker tooLong : List.<WrappedKeyMaker>of(
                () -> WrappedKey.of(longest + "p", new byte[0], new byte[0]),
                () -> WrappedKey.of("p", new byte[65_536], new byte[0]),
                () -> WrappedKey.of("p", new byte[0], new byte[65_536]))) {
            Refused.by(IllegalArgumentException.class, tooLong::make, "at most 65535 bytes");
        }
    }

    private interface WrappedKeyMaker {
        WrappedKey make();
    }

    /** Up to the first byte that is not printable US-ASCII. */
    @ParameterizedTest
    @CsvSource({"32, 'p: b'", "126, p:~b", "31, p:", "127, p:", "0, p:", "-1, p:", "-128, p:"})
    void textOfAWrappedKey_isWhatCanBePrinted(byte one, String text) {
        assertEquals(
                text, WrappedKey.of("p", new byte[] {one, 'b'}, new byte[0]).toString());
    }

    @Test
    void materials_haveAWrappedKeyAndADataKeyThatFitsTheSuite() {
        WrappedKey wrapped = wrapped("p", 1, 2);
        try (DataKey right = DataKey.copyOf(new byte[32]);
                DataKey shorter = DataKey.copyOf(new byte[31])) {
            Refused.by(
                    IllegalArgumentException.class,
                    () -> new EncryptionMaterials(REQUEST, right, List.of()),
                    "nobody could open");
            Refused.by(
                    IllegalArgumentException.class,
                    () -> new EncryptionMaterials(REQUEST, shorter, List.of(wrapped)),
                    "0x0478 takes a data key of 32 bytes, not 31");
            List<WrappedKey> list = new ArrayList<>(List.of(wrapped));
            EncryptionMaterials materials = new EncryptionMaterials(REQUEST, right, list);
            list.clear();
            assertEquals(List.of(wrapped), materials.wrappedKeys());
        }
    }

    @Test
    void requests_changeOneThingAtATime() {
        assertEquals(AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY, REQUEST.suite());
        assertEquals(Optional.empty(), REQUEST.cachePartition());
        assertEquals(OptionalLong.empty(), REQUEST.plaintextLength());
        assertEquals(REQUEST, EncryptionMaterialsRequest.of(EncryptionContext.empty()));
        EncryptionMaterialsRequest changed =
                REQUEST.withCachePartition("tenant 7").withPlaintextLength(5);
        assertEquals(Optional.of("tenant 7"), changed.cachePartition());
        assertEquals(OptionalLong.of(5), changed.plaintextLength());
        assertEquals(REQUEST.suite(), changed.suite());
        assertEquals(REQUEST.encryptionContext(), changed.encryptionContext());
        assertEquals(changed, REQUEST.withPlaintextLength(5).withCachePartition("tenant 7"));
    }

    @Test
    void textOfAKmsKey_isUtf8() {
        byte[] umlaut = "ü".getBytes(StandardCharsets.UTF_8);
        assertEquals("ü", WrappedKey.of("p", umlaut, new byte[0]).providerInfoText());
        assertThrows(
                UnsupportedOperationException.class,
                () -> new DecryptionMaterialsRequest(
                                REQUEST.suite(), EncryptionContext.empty(), List.of(), Optional.empty())
                        .wrappedKeys()
                        .add(wrapped("p", 1, 2)));
    }
}
