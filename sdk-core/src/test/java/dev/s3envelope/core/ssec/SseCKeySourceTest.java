package dev.s3envelope.core.ssec;

import static dev.s3envelope.core.Refused.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.arn.ObjectAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SseCKeySourceTest {
    private static final ObjectAddress OBJECT = new ObjectAddress("bucket", "a/b/c");

    private static SseCKey key(int fill) {
        return SseCKeyTest.key(fill);
    }

    @Test
    void writesWithTheCurrentKey_andReadsWithTheOldOnesToo() {
        SseCKeySource source = SseCKeySource.fixed("ring", key(3), List.of(key(2), key(1), key(3), key(2)));

        assertEquals("ring", source.name());
        assertEquals(key(3), source.keyForWrite(OBJECT));
        assertEquals(List.of(key(3), key(2), key(1)), source.keysForRead(OBJECT));
    }

    @Test
    void goesOnWorking_whenTheCallersKeysAreDestroyed() {
        SseCKey mine = key(1);
        SseCKeySource source = SseCKeySource.fixed("one", mine);
        mine.destroy();
        source.keyForWrite(OBJECT).destroy();
        source.keysForRead(OBJECT).forEach(SseCKey::destroy);

        assertEquals(key(1), source.keyForWrite(OBJECT));
        assertEquals(List.of(key(1)), source.keysForRead(OBJECT));
    }

    @Test
    void choosesTheLongestPrefix() {
        SseCKeySource source = SseCKeySource.byPrefix(
                "tree",
                Map.of(
                        "a/", SseCKeySource.fixed("a", key(1)),
                        "a/b/", SseCKeySource.fixed("ab", key(2)),
                        "z", SseCKeySource.fixed("z", key(3))));

        assertEquals(key(2), source.keyForWrite(OBJECT));
        assertEquals(List.of(key(1)), source.keysForRead(new ObjectAddress("bucket", "a/x")));
        ObjectAddress none = new ObjectAddress("bucket", "q");
        assertEquals(List.of(), source.keysForRead(none));
        IllegalEncryptionException e = assertThrows(IllegalEncryptionException.class, () -> source.keyForWrite(none));
        assertTrue(message(e).contains("tree") && message(e).contains("s3://bucket/q"), message(e));
    }

    @Test
    void takesEveryObject_underTheEmptyPrefix() {
        SseCKeySource source = SseCKeySource.byPrefix("all", Map.of("", SseCKeySource.fixed("x", key(4))));

        assertEquals(key(4), source.keyForWrite(OBJECT));
    }

    @Test
    void asksTheFunction_andDestroysWhatTheWriteDoesNotUse() {
        List<SseCKey> handedOut = new ArrayList<>();
        SseCKeySource source = SseCKeySource.from("fn", object -> {
            List<SseCKey> keys = List.of(key(object.key().length()), key(1));
            handedOut.addAll(keys);
            return keys;
        });

        assertEquals(key(5), source.keyForWrite(OBJECT));
        assertFalse(handedOut.get(0).isDestroyed());
        assertTrue(handedOut.get(1).isDestroyed());
        assertEquals(List.of(key(5), key(1)), source.keysForRead(OBJECT));
    }

    @Test
    void refusesTheWrite_whenTheFunctionHasNoKey() {
        SseCKeySource source = SseCKeySource.from("fn", object -> List.of());

        assertThrows(IllegalEncryptionException.class, () -> source.keyForWrite(OBJECT));
        assertEquals(List.of(), source.keysForRead(OBJECT));
    }

    @Test
    void refusesNames_thatMessagesCouldNotShow() {
        for (String name : new String[] {"", " ", "a\nb", "x".repeat(129)}) {
            assertThrows(IllegalEncryptionException.class, () -> SseCKeySource.fixed(name, key(1)), name);
        }
    }

    @Test
    void namesNoKey_whenPrinted() {
        assertEquals(
                "SseCKeySource[ring, 2 keys]",
                SseCKeySource.fixed("ring", key(3), List.of(key(2))).toString());
    }
}
