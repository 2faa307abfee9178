package dev.s3envelope.core.s3ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3ecMetadataTest {
    private static final S3ecEnvelope.V3 COMMITTED = new S3ecEnvelope.V3(
            S3ecWrapping.AES_GCM,
            Fixture.seeded(1, 60),
            Fixture.seeded(2, 28),
            Fixture.seeded(3, 28),
            Map.of("key", "2024"));
    private static final S3ecEnvelope.V2 OLDER =
            new S3ecEnvelope.V2(S3ecWrapping.RSA_OAEP_SHA1, Fixture.seeded(1, 256), Fixture.seeded(2, 12), Map.of());

    private static Map<String, String> with(S3ecEnvelope envelope, String name, String value) {
        Map<String, String> metadata = new TreeMap<>(S3ecMetadata.toMetadata(envelope));
        metadata.put(name, value);
        return metadata;
    }

    @Test
    void roundTrips_everyWrappingInBothFormats() {
        for (S3ecWrapping wrapping : S3ecWrapping.values()) {
            for (Map<String, String> description :
                    List.of(Map.<String, String>of(), Map.of("a", "\"1\\", "\u00fc \u2713 \ud83d\udd11", "z\n"))) {
                List<S3ecEnvelope> both = List.of(
                        new S3ecEnvelope.V3(
                                wrapping,
                                COMMITTED.wrappedKey(),
                                COMMITTED.messageId(),
                                COMMITTED.commitment(),
                                description),
                        new S3ecEnvelope.V2(wrapping, OLDER.wrappedKey(), OLDER.iv(), description));
                for (S3ecEnvelope envelope : both) {
                    Map<String, String> metadata = S3ecMetadata.toMetadata(envelope);
                    S3ecEnvelope parsed = S3ecMetadata.parse(metadata);
                    assertEquals(envelope, parsed);
                    assertEquals(envelope.hashCode(), parsed.hashCode());
                    assertTrue(metadata.keySet().stream().allMatch(S3ecMetadata::isReserved));
                    assertTrue(metadata.values().stream()
                            .allMatch(v -> v.chars().allMatch(c -> c >= 32 && c < 127)));
                }
            }
        }
    }

    @Test
    void usesTheNamesOfTheSpecification() {
        assertEquals(
                new TreeMap<>(Map.of(
                        "x-amz-c",
                        "115",
                        "x-amz-w",
                        "02",
                        "x-amz-3",
                        Base64.getEncoder().encodeToString(COMMITTED.wrappedKey()),
                        "x-amz-i",
                        Base64.getEncoder().encodeToString(COMMITTED.messageId()),
                        "x-amz-d",
                        Base64.getEncoder().encodeToString(COMMITTED.commitment()),
                        "x-amz-m",
                        "{\"key\":\"2024\"}")),
                new TreeMap<>(S3ecMetadata.toMetadata(COMMITTED)));
        assertEquals(
                new TreeMap<>(Map.of(
                        "x-amz-key-v2", Base64.getEncoder().encodeToString(OLDER.wrappedKey()),
                        "x-amz-iv", Base64.getEncoder().encodeToString(OLDER.iv()),
                        "x-amz-cek-alg", "AES/GCM/NoPadding",
                        "x-amz-tag-len", "128",
                        "x-amz-wrap-alg", "RSA-OAEP-SHA1",
                        "x-amz-matdesc", "{}")),
                new TreeMap<>(S3ecMetadata.toMetadata(OLDER)));
    }

    @Test
    void ignoresUnrelatedEntries_andKeepsThemForTheCaller() {
        Map<String, String> metadata = with(COMMITTED, "x-amz-unrelated", "1");
        metadata.put("author", "me");
        assertEquals(COMMITTED, S3ecMetadata.parse(metadata));
        assertEquals(Map.of("x-amz-unrelated", "1", "author", "me"), S3ecMetadata.withoutEnvelope(metadata));
    }

    @Test
    void readsNamesInAnyCase() {
        Map<String, String> upper = new TreeMap<>();
        S3ecMetadata.toMetadata(COMMITTED).forEach((k, v) -> upper.put(k.toUpperCase(java.util.Locale.ROOT), v));
        assertEquals(COMMITTED, S3ecMetadata.parse(upper));
    }

    @Test
    void refusesAnEnvelope_withAnyEntryMissing() {
        for (S3ecEnvelope envelope : List.of(COMMITTED, OLDER)) {
            for (String name : S3ecMetadata.toMetadata(envelope).keySet()) {
                Map<String, String> metadata = new TreeMap<>(S3ecMetadata.toMetadata(envelope));
                metadata.remove(name);
                boolean optional = name.equals("x-amz-m") || name.equals("x-amz-matdesc");
                if (optional) {
                    assertEquals(Map.of(), S3ecMetadata.parse(metadata).description());
                } else {
                    assertThrows(EnvelopeException.class, () -> S3ecMetadata.parse(metadata), name);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x-amz-c | 114",
                "x-amz-c | AES/GCM/NoPadding",
                "x-amz-w | 01",
                "x-amz-w | AES/GCM",
                "x-amz-3 | ''",
                "x-amz-3 | **********",
                "x-amz-3 | QQ",
                "x-amz-3 | QR==",
                "x-amz-i | AAAA",
                "x-amz-i | AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
                "x-amz-d | AAAA",
                "x-amz-t | {}",
                "x-amz-m | []",
                "x-amz-m | {",
                "x-amz-m | {\"a\":1}",
                "x-amz-m | {\"a\":null}",
                "x-amz-m | {\"a\":{}}",
                "x-amz-m | {\"a\":\"1\",\"a\":\"2\"}",
                "x-amz-m | {\"a\":\"1\"} {}",
                "x-amz-m | =?UTF-8?Q?=E?=",
                "x-amz-m | =?UTF-8?B?!?="
            })
    void refusesMalformedV3(String name, String value) {
        IntegrityException e =
                assertThrows(IntegrityException.class, () -> S3ecMetadata.parse(with(COMMITTED, name, value)));
        assertTrue(value.length() < 6 || !e.toString().contains(value), "quotes the value: " + e);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"x-amz-tag-len | 96", "x-amz-iv | AAAA", "x-amz-iv | AAAAAAAAAAAAAAAA", "x-amz-key-v2 | *"})
    void refusesMalformedV2(String name, String value) {
        assertThrows(IntegrityException.class, () -> S3ecMetadata.parse(with(OLDER, name, value)));
    }

    /** Nothing but the declared exceptions comes out of any metadata. */
    @Test
    void throwsDeclaredExceptionsOnly_whateverTheMetadata() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> names = new ArrayList<>(MetadataKeys.ALL);
        List<String> values = new ArrayList<>(S3ecMetadata.toMetadata(COMMITTED).values());
        values.addAll(S3ecMetadata.toMetadata(OLDER).values());
        values.addAll(
                List.of("", "=?", "=?UTF-8?Q?==?=", "{\"\":\"\\ud800\"}", "\ud800", "=?utf-8?b?w7w=?=", "\u00ff"));
        for (int i = 0; i < 20_000; i++) {
            Map<String, String> metadata =
                    new TreeMap<>(S3ecMetadata.toMetadata(random.nextBoolean() ? COMMITTED : OLDER));
            for (int n = random.nextInt(4); n > 0; n--) {
                String name = names.get(random.nextInt(names.size()));
                if (random.nextBoolean()) {
                    metadata.remove(name);
                } else {
                    char[] value = values.get(random.nextInt(values.size())).toCharArray();
                    if (value.length > 0 && random.nextBoolean()) {
                        value[random.nextInt(value.length)] = (char) random.nextInt(300);
                    }
                    metadata.put(name, new String(value));
                }
            }
            try {
                S3ecMetadata.toMetadata(S3ecMetadata.parse(metadata));
            } catch (IntegrityException | OperationRefusedException expected) {
                // that is the contract
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", " + metadata, e);
            }
        }
    }

    @Test
    void tellsTheFormats() {
        assertEquals(S3ecFormat.NONE, S3ecFormat.of(Map.of("a", "b")));
        assertEquals(S3ecFormat.V3, S3ecFormat.of(S3ecMetadata.toMetadata(COMMITTED)));
        assertEquals(S3ecFormat.V2, S3ecFormat.of(S3ecMetadata.toMetadata(OLDER)));
        assertEquals(S3ecFormat.V1, S3ecFormat.of(Map.of("x-amz-key", "k", "x-amz-iv", "i", "x-amz-matdesc", "{}")));
        assertEquals(S3ecFormat.V2_LEGACY, S3ecFormat.of(with(OLDER, "x-amz-cek-alg", "AES/CBC/PKCS5Padding")));
        for (String wrapping : List.of("kms", "AESWrap", "RSA/ECB/OAEPWithSHA-256AndMGF1Padding")) {
            assertEquals(S3ecFormat.V2_LEGACY, S3ecFormat.of(with(OLDER, "x-amz-wrap-alg", wrapping)));
        }
        assertEquals(
                S3ecFormat.V3_INSTRUCTION_FILE,
                S3ecFormat.of(Map.of("x-amz-c", "115", "x-amz-d", "d", "x-amz-i", "i")));
        assertEquals(S3ecFormat.INSTRUCTION_FILE, S3ecFormat.of(Map.of("x-amz-crypto-instr-file", "")));
        assertTrue(S3ecFormat.V1.legacy() && S3ecFormat.V2_LEGACY.legacy() && S3ecFormat.V3_INSTRUCTION_FILE.legacy());
        assertFalse(S3ecFormat.V2.legacy() || S3ecFormat.V3.legacy() || S3ecFormat.NONE.legacy());
    }

    @Test
    void tellsNoFormat_ofEntriesThatWereLost() {
        for (S3ecEnvelope envelope : List.of(COMMITTED, OLDER)) {
            Map<String, String> whole = S3ecMetadata.toMetadata(envelope);
            for (String name : whole.keySet()) {
                if (List.of("x-amz-m", "x-amz-matdesc", "x-amz-tag-len").contains(name)) {
                    continue;
                }
                Map<String, String> lost = new TreeMap<>(whole);
                lost.remove(name);
                Refused.by(
                        IntegrityException.class,
                        () -> S3ecFormat.of(lost),
                        envelope.suite().committing() ? "V3 format" : "V2 format",
                        name);
            }
        }
        Refused.by(
                IntegrityException.class,
                () -> S3ecFormat.of(Map.of("x-amz-key", "k")),
                "V1 format [x-amz-key]",
                "x-amz-iv");
        Refused.by(
                IntegrityException.class,
                () -> S3ecFormat.of(Map.of("x-amz-c", "115", "x-amz-d", "d")),
                "V3 format",
                "x-amz-i");
        for (String only : List.of("x-amz-t", "x-amz-m", "x-amz-w", "x-amz-3")) {
            Map<String, String> some = Map.of("x-amz-c", "115", "x-amz-d", "d", "x-amz-i", "i", only, "x");
            Refused.by(IntegrityException.class, () -> S3ecFormat.of(some), "V3 format", "[x-amz-3, x-amz-w]");
        }
    }

    @Test
    void refusesToParse_whatIsNotReadHere() {
        for (Map<String, String> metadata : List.of(
                Map.<String, String>of(),
                Map.of("x-amz-key", "k", "x-amz-iv", "i"),
                Map.of("x-amz-crypto-instr-file", ""),
                Map.of("x-amz-c", "115", "x-amz-d", "d", "x-amz-i", "i"),
                with(OLDER, "x-amz-wrap-alg", "kms"))) {
            assertThrows(OperationRefusedException.class, () -> S3ecMetadata.parse(metadata));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain {\"a\":\"b\"}", "d\u00e9p\u00f4t", "\u2713 \ud83d\udd11", "=?not a word", ""})
    void undoesWhatS3DoesToText(String text) {
        String latin1 = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        byte[] twice = latin1.getBytes(StandardCharsets.UTF_8);
        String b = Base64.getEncoder().encodeToString(twice);
        StringBuilder q = new StringBuilder();
        for (byte x : twice) {
            q.append(String.format("=%02X", x));
        }
        assertEquals(text, S3MetadataText.decode(latin1));
        assertEquals(text, S3MetadataText.decode("=?UTF-8?B?" + b + "?="));
        assertEquals(text, S3MetadataText.decode("=?utf-8?q?" + q + "?="));
        assertEquals("<" + text + text + ">", S3MetadataText.decode("<=?UTF-8?B?" + b + "?= =?UTF-8?Q?" + q + "?=>"));
    }

    @ParameterizedTest
    @CsvSource({
        "=?UTF-8?Q?a_b=20c=5F?=, a b c_",
        "=?utf-8?q?=C3=BC?=, \u00fc",
        "caf\u00e9, caf\u00e9",
        "\u00c3\u00bc, \u00fc",
        "\u00ff, \u00ff",
        "\u0100\u00c3\u00bc, \u0100\u00c3\u00bc",
    })
    void textThatS3DidNotChangeTwice_isLeftAlone(String stored, String read) {
        assertEquals(read, S3MetadataText.decode(stored));
    }

    @ParameterizedTest
    @EnumSource(S3ecSuite.class)
    void bindsTheSuite_inTheKmsContext(S3ecSuite suite) {
        Map<String, String> written = S3ecKmsContext.forWrite(suite, Map.of("a", "b"));
        assertEquals(Map.of("a", "b", "aws:x-amz-cek-alg", suite.contentAlgorithm()), written);
        assertThrows(IllegalEncryptionException.class, () -> S3ecKmsContext.forWrite(suite, written));

        S3ecEnvelope own = suite.committing() ? kms3(written) : kms2(written);
        assertEquals(written, S3ecKmsContext.forRead(own, Map.of("a", "b")));
        assertThrows(IntegrityException.class, () -> S3ecKmsContext.forRead(own, Map.of()));
        assertThrows(IntegrityException.class, () -> S3ecKmsContext.forRead(own, Map.of("a", "c")));
        S3ecEnvelope other = suite.committing() ? kms2(written) : kms3(written);
        assertThrows(IntegrityException.class, () -> S3ecKmsContext.forRead(other, Map.of("a", "b")));
    }

    private static S3ecEnvelope kms3(Map<String, String> context) {
        return new S3ecEnvelope.V3(
                S3ecWrapping.KMS_CONTEXT,
                COMMITTED.wrappedKey(),
                COMMITTED.messageId(),
                COMMITTED.commitment(),
                context);
    }

    private static S3ecEnvelope kms2(Map<String, String> context) {
        return new S3ecEnvelope.V2(S3ecWrapping.KMS_CONTEXT, OLDER.wrappedKey(), OLDER.iv(), context);
    }

    @ParameterizedTest
    @CsvSource({"0, 16", "1, 16", "15, 16", "16, 32", "17, 32", "1000000000000, 1000000000016"})
    void lengthOfALegacyObject_isTheEntryThatFitsItsBlocks(long plaintext, long stored) {
        Map<String, String> cbc = Map.of("x-amz-key", "k", "x-amz-unencrypted-content-length", "" + plaintext);
        assertEquals(OptionalLong.of(plaintext), S3ecMetadata.legacyPlaintextLength(cbc, stored));
        for (long other : new long[] {stored - 16, stored - 1, stored + 1, stored + 16}) {
            Refused.by(
                    IntegrityException.class,
                    () -> S3ecMetadata.legacyPlaintextLength(cbc, other),
                    "x-amz-unencrypted-content-length",
                    "does not fit the object's " + other + " bytes");
        }
    }

    @Test
    void lengthOfALegacyObject_isItsOwnLessTheTag_whereItsContentIsGcm() {
        for (Map<String, String> gcm : List.of(
                Map.of("x-amz-c", "115", "x-amz-unencrypted-content-length", "7"),
                Map.of("x-amz-key-v2", "k", "x-amz-cek-alg", "AES/GCM/NoPadding"))) {
            assertEquals(OptionalLong.of(84), S3ecMetadata.legacyPlaintextLength(gcm, 100));
            assertThrows(IntegrityException.class, () -> S3ecMetadata.legacyPlaintextLength(gcm, 15));
        }
        assertEquals(OptionalLong.empty(), S3ecMetadata.legacyPlaintextLength(Map.of("x-amz-key", "k"), 100));
        for (String text : List.of("", "-1", "+1", "01", "1 ", "1000000000000000000", "a")) {
            Map<String, String> odd = Map.of("x-amz-unencrypted-content-length", text);
            assertThrows(IntegrityException.class, () -> S3ecMetadata.legacyPlaintextLength(odd, 16), text);
        }
    }

    @Test
    void longestEntry_isRead_andTheNextIsNot() {
        String description = "{\"a\":\"" + "v".repeat(16 * 1024 - 8) + "\"}";
        assertEquals(16 * 1024, description.length());
        assertEquals(
                16 * 1024 - 8,
                S3ecMetadata.parse(with(COMMITTED, "x-amz-m", description))
                        .description()
                        .getOrDefault("a", "")
                        .length());
        Refused.by(
                IntegrityException.class,
                () -> S3ecMetadata.parse(with(COMMITTED, "x-amz-m", description + " ")),
                "x-amz-m is longer than 16384 characters");
    }

    @Test
    void envelopes_areEqualByTheirContentOnly() {
        S3ecEnvelope[] all = {
            v3(S3ecWrapping.AES_GCM, 1, 2, 3, "a"),
            v3(S3ecWrapping.KMS_CONTEXT, 1, 2, 3, "a"),
            v3(S3ecWrapping.AES_GCM, 4, 2, 3, "a"),
            v3(S3ecWrapping.AES_GCM, 1, 4, 3, "a"),
            v3(S3ecWrapping.AES_GCM, 1, 2, 4, "a"),
            v3(S3ecWrapping.AES_GCM, 1, 2, 3, "b"),
            v2(S3ecWrapping.AES_GCM, 1, 2, "a"),
            v2(S3ecWrapping.KMS_CONTEXT, 1, 2, "a"),
            v2(S3ecWrapping.AES_GCM, 4, 2, "a"),
            v2(S3ecWrapping.AES_GCM, 1, 4, "a"),
            v2(S3ecWrapping.AES_GCM, 1, 2, "b"),
        };
        assertEquals(v3(S3ecWrapping.AES_GCM, 1, 2, 3, "a"), all[0]);
        assertEquals(v2(S3ecWrapping.AES_GCM, 1, 2, "a"), all[6]);
        for (int i = 0; i < all.length; i++) {
            for (int j = 0; j < all.length; j++) {
                assertEquals(i == j, all[i].equals(all[j]), i + " and " + j);
                assertEquals(i == j, all[i].hashCode() == all[j].hashCode(), i + " and " + j);
            }
        }
    }

    private static S3ecEnvelope v3(S3ecWrapping wrapping, int key, int id, int commitment, String description) {
        return new S3ecEnvelope.V3(
                wrapping,
                Fixture.seeded(key, 40),
                Fixture.seeded(id, 28),
                Fixture.seeded(commitment, 28),
                Map.of("k", description));
    }

    private static S3ecEnvelope v2(S3ecWrapping wrapping, int key, int iv, String description) {
        return new S3ecEnvelope.V2(wrapping, Fixture.seeded(key, 40), Fixture.seeded(iv, 12), Map.of("k", description));
    }

    @Test
    void envelopes_copyBothWays_andCheckLengths() {
        byte[] key = Fixture.seeded(1, 6144);
        byte[] iv = Fixture.seeded(2, 12);
        S3ecEnvelope.V2 envelope = new S3ecEnvelope.V2(S3ecWrapping.AES_GCM, key, iv, Map.of());
        key[0] ^= 1;
        iv[0] ^= 1;
        envelope.wrappedKey()[1] ^= 1;
        envelope.iv()[1] ^= 1;
        assertArrayEquals(Fixture.seeded(1, 6144), envelope.wrappedKey());
        assertArrayEquals(Fixture.seeded(2, 12), envelope.iv());
        for (int length : new int[] {0, 6145}) {
            Refused.by(
                    IllegalArgumentException.class,
                    () -> new S3ecEnvelope.V2(S3ecWrapping.AES_GCM, new byte[length], iv, Map.of()),
                    "wrapped key of " + length + " bytes; must be 1 to 6144");
        }
        for (int length : new int[] {11, 13}) {
            Refused.by(
                    IllegalArgumentException.class,
                    () -> new S3ecEnvelope.V2(S3ecWrapping.AES_GCM, key, Fixture.seeded(1, length), Map.of()),
                    "IV of " + length + " bytes; must be 12");
        }
    }

    @Test
    void showsNoValues_inToString() {
        assertEquals("S3EC V3 (AES/GCM, [key])", COMMITTED.toString());
        assertEquals("S3EC V2 (RSA-OAEP-SHA1, [])", OLDER.toString());
    }
}
