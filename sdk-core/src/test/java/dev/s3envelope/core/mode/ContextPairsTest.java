package dev.s3envelope.core.mode;

import static dev.s3envelope.core.Refused.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IllegalEncryptionException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nl.jqno.equalsverifier.EqualsVerifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContextPairsTest {
    private static String base64(String json) {
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void headerIsBase64OfSortedJson() {
        ContextPairs context = ContextPairs.of(Map.of("tenant", "a\"b", "app", "\u00e9"));

        assertEquals(base64("{\"app\":\"\u00e9\",\"tenant\":\"a\\\"b\"}"), context.headerValue());
        assertEquals(context, ContextPairs.parseHeader(context.headerValue()));
        assertEquals("{\"app\":\"\u00e9\",\"tenant\":\"a\\\"b\"}", context.toString());
    }

    @Test
    void sortsByUtf8_notByUtf16() {
        // U+1F600 is above U+FFFD in UTF-8 and below it in UTF-16 code units.
        ContextPairs context = ContextPairs.of(Map.of("\ud83d\ude00", "1", "\ufffd", "2"));

        assertEquals(
                List.of("\ufffd", "\ud83d\ude00"), List.copyOf(context.asMap().keySet()));
    }

    @Test
    void copiesTheMap_andIsUnmodifiable() {
        Map<String, String> map = new HashMap<>(Map.of("a", "1"));
        ContextPairs context = ContextPairs.of(map);
        map.put("b", "2");

        assertEquals(Map.of("a", "1"), context.asMap());
        assertThrows(UnsupportedOperationException.class, () -> context.asMap().put("c", "3"));
        assertSame(ContextPairs.empty(), ContextPairs.of(Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"aws:s3:arn", "AWS:x", "aws:"})
    void refusesReservedKeys(String key) {
        IllegalEncryptionException e = assertThrows(IllegalEncryptionException.class, () -> ContextPairs.of(key, "v"));

        assertTrue(message(e).contains("reserves"), message(e));
    }

    @Test
    void refusesEmptyKeysAndUnpairedSurrogates_andTakesEmptyValues() {
        assertThrows(IllegalEncryptionException.class, () -> ContextPairs.of("", "v"));
        assertThrows(IllegalEncryptionException.class, () -> ContextPairs.of("k\udc00", "v"));
        assertThrows(IllegalEncryptionException.class, () -> ContextPairs.of("k", "\ud800"));
        assertEquals("", ContextPairs.of("k", "").asMap().get("k"));
    }

    @Test
    void refusesMoreThanAHeaderHolds() {
        // {"k":"..."} in base64: 4 characters for each 3 bytes, 8192 for 6144.
        String longest = "v".repeat(6144 - 8);

        assertEquals(8192, ContextPairs.of("k", longest).headerValue().length());
        assertThrows(IllegalEncryptionException.class, () -> ContextPairs.of("k", longest + "v"));
        assertThrows(IllegalEncryptionException.class, () -> ContextPairs.parseHeader("A".repeat(8196)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{`a`:1} | a number instead of a string",
                "{`a`:null} | null instead of a string",
                "{`a`:{`b`:`c`}} | an object instead of a string",
                "[`a`] | an array instead of an object",
                "`a` | a string instead of an object",
                "{`a`:`1`,`a`:`2`} | appears twice",
                "{`a`:`1`} x | Unrecognized token",
                "{`a`:`1`}{} | more text",
                "{`a`:`1`,} | Unexpected character",
                "{a:`1`} | Unexpected character",
                "{`aws:s3:arn`:`x`} | reserves",
                "{``:`x`} | key is empty"
            })
    void refusesHeader_whenItsJsonIsNotOneObjectOfStrings(String json, String why) {
        IllegalEncryptionException e = assertThrows(
                IllegalEncryptionException.class, () -> ContextPairs.parseHeader(base64(json.replace('`', '"'))));

        assertTrue(message(e).contains(why), message(e));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "e30", "e31=", "e30=\n", " e30=", "", "/w==", "????"})
    void refusesHeader_whenItIsNotCanonicalBase64OfUtf8Json(String header) {
        assertThrows(IllegalEncryptionException.class, () -> ContextPairs.parseHeader(header));
    }

    @Test
    void readsAnEmptyObject() {
        assertTrue(ContextPairs.parseHeader("e30=").isEmpty());
    }

    @Test
    void roundTrips_whateverTheTexts() {
        long seed = 4711L;
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            Map<String, String> pairs = new HashMap<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                pairs.put("k" + text(random), text(random));
            }
            ContextPairs context = ContextPairs.of(pairs);
            assertEquals(pairs, context.asMap(), "seed " + seed + ", round " + round);
            assertEquals(context, ContextPairs.parseHeader(context.headerValue()), "seed " + seed + ", round " + round);
        }
    }

    private static String text(Random random) {
        int[] points = random.ints(random.nextInt(12), 0, 0x2_0000)
                .filter(c -> c < 0xd800 || c > 0xdfff)
                .toArray();
        return new String(points, 0, points.length);
    }

    /** Any bytes as header: a context, or the one declared exception. */
    @Test
    void refusesOrReads_whateverTheHeader() {
        long seed = 99L;
        Random random = new Random(seed);
        byte[] good = "{\"a\":\"b\",\"c\":\"\\u00e9\"}".getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = good.clone();
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            try {
                ContextPairs.parseHeader(Base64.getEncoder().encodeToString(bytes));
            } catch (IllegalEncryptionException e) {
                refused++;
            }
        }
        assertTrue(refused > 1_000 && refused < 5_000, "refused " + refused + ", seed " + seed);
    }

    @Test
    void equalsFollowsThePairs() {
        EqualsVerifier.forClass(ContextPairs.class).withNonnullFields("pairs").verify();
    }
}
