package dev.s3envelope.core.keyring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IntegrityException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EncryptionContextTest {
    @Test
    void serializedForm_isSortedByUnsignedUtf8() {
        // U+FFFD sorts before U+1F600 in UTF-8, behind it in UTF-16.
        EncryptionContext context = EncryptionContext.of(Map.of("\uD83D\uDE00", "c", "\uFFFD", "b", "a", "1"));
        assertEquals(
                List.of("a", "\uFFFD", "\uD83D\uDE00"),
                List.copyOf(context.asMap().keySet()));
        assertArrayEquals(
                HexFormat.of()
                        .parseHex("0003" + "000161" + "000131" + "0003efbfbd" + "000162" + "0004f09f9880" + "000163"),
                context.serialize());
        assertEquals(context.serialize().length, context.serializedLength());
    }

    @Test
    void emptyContext_hasNoBytes() {
        assertArrayEquals(new byte[0], EncryptionContext.empty().serialize());
        assertEquals(EncryptionContext.empty(), EncryptionContext.of(Map.of()));
        assertEquals(EncryptionContext.empty(), EncryptionContext.parse(new byte[0]));
        assertTrue(EncryptionContext.empty().isEmpty());
    }

    @Test
    void generatedContexts_readBack() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            Map<String, String> pairs = new HashMap<>();
            for (int i = random.nextInt(8); i > 0; i--) {
                pairs.put(text(random), text(random));
            }
            EncryptionContext context = EncryptionContext.of(pairs);
            assertEquals(context, EncryptionContext.parse(context.serialize()), "seed " + seed);
            assertEquals(pairs, context.asMap());
            assertEquals(
                    context.hashCode(),
                    EncryptionContext.parse(context.serialize()).hashCode());
        }
    }

    @Test
    void unsortedContextOfAnotherWriter_isReadAndSorted() {
        byte[] unsorted = HexFormat.of().parseHex("0002" + "000162" + "000131" + "000161" + "000132");
        EncryptionContext context = EncryptionContext.parse(unsorted);
        assertEquals(EncryptionContext.of(Map.of("a", "2", "b", "1")), context);
        assertEquals(Optional.of("2"), context.get("a"));
        assertEquals("{a=2, b=1}", context.toString());
    }

    @Test
    void whatOtherReadersRefuse_isNotWritten() {
        refused(Map.of("", "v"));
        refused(Map.of("k", ""));
        refused(Map.of("aws-crypto-public-key", "v"));
        refused(Map.of("aws-crypto-", "v"));
        refused(Map.of("k", "\uD800"));
        refused(Map.of("k", "v".repeat(32_768)));
        refused(Map.of("k".repeat(32_768), "v"));
        EncryptionContext.of(Map.of("k", "v".repeat(32_767)));
        refused(Map.of("a", "v".repeat(32_767), "b", "v".repeat(32_767)));
        assertThrows(IntegrityException.class, () -> EncryptionContext.parse(new byte[] {0, 0}));
    }

    @Test
    void longestContext_isWritten_andTheNextIsNot() {
        EncryptionContext longest = EncryptionContext.of(Map.of("a", "v".repeat(32_767), "b", "v".repeat(32_756)));
        assertEquals(65_535, longest.serializedLength());
        assertEquals(longest, EncryptionContext.parse(longest.serialize()));
        refused(Map.of("a", "v".repeat(32_767), "b", "v".repeat(32_757)));
    }

    @Test
    void emptyTextsOfAnotherWriter_areRead() {
        EncryptionContext context = EncryptionContext.parse(new byte[] {0, 2, 0, 0, 0, 1, 'b', 0, 1, 'a', 0, 0});
        assertEquals(Map.of("", "b", "a", ""), context.asMap());
        assertThrows(IntegrityException.class, () -> EncryptionContext.parse(new byte[] {0, 1, 0, 1, 'a', 0}));
        assertThrows(IntegrityException.class, () -> EncryptionContext.parse(new byte[] {0, 1, 0, 1, 'a'}));
    }

    @Test
    void contexts_areEqualByTheirPairsOnly() {
        EncryptionContext context = EncryptionContext.of(Map.of("a", "1"));
        assertNotEquals(context, EncryptionContext.of(Map.of("a", "2")));
        assertNotEquals(context, EncryptionContext.empty());
        assertNotEquals(
                context.hashCode(), EncryptionContext.of(Map.of("a", "2")).hashCode());
        assertFalse(context.isEmpty());
    }

    @Test
    void longTexts_keepTheirLength() {
        EncryptionContext context = EncryptionContext.of(Map.of("a", "v".repeat(30_000)));
        assertEquals(2 + 3 + 2 + 30_000, context.serializedLength());
        assertEquals(30_000 >>> 8, context.serialize()[5]);
        assertEquals(context, EncryptionContext.parse(context.serialize()));
    }

    private static void refused(Map<String, String> pairs) {
        assertThrows(IllegalEncryptionException.class, () -> EncryptionContext.of(pairs));
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 1 + random.nextInt(20); i > 0; i--) {
            text.appendCodePoint(random.nextBoolean() ? 'a' + random.nextInt(26) : 0xE000 + random.nextInt(0x10_0000));
        }
        return text.toString();
    }
}
