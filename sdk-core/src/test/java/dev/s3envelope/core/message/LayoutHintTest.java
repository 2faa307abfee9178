package dev.s3envelope.core.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutHintTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "v1;h=412;f=65536;p=1048576",
                "v1;h=412;f=65536",
                "v1;h=1;f=1;p=0",
                "v1;h=412;f=65536;p=281474976645120",
                "v1;h=999999999;f=2147483583"
            })
    void textOfAHint_readsBack(String text) {
        assertEquals(text, LayoutHint.parse(text).orElseThrow().text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "v1",
                "v2;h=412;f=65536",
                "v1;h=412",
                "v1;f=65536;h=412",
                "v1;h=0;f=65536",
                "v1;h=412;f=0",
                "v1;h=0412;f=65536",
                "v1;h=412;f=65536;p=",
                "v1;h=412;f=65536;p=01",
                "v1;h=412;f=65536;p=-1",
                "v1;h=+412;f=65536",
                "v1;h=412;f=65536;",
                "v1;h=412;f=65536;q=1",
                " v1;h=412;f=65536",
                "v1;h=412;f=65536\n",
                "V1;h=412;f=65536",
                "v1;h=412;f=2147483584",
                "v1;h=412;f=9999999999",
                "v1;h=1000000000;f=65536",
                "v1;h=412;f=65536;p=281474976645121",
                "v1;h=412;f=65536;p=999999999999999999",
                "v1;h=412;f=65536;p=9999999999999999999",
                "v1;h=\u0664;f=65536",
                "v1;h=412;f=65536;p=0000000000000000000000000000000000000000000000000000000000"
            })
    void anythingElse_isNoHint(String text) {
        assertEquals(Optional.empty(), LayoutHint.parse(text));
    }

    @Test
    void uploadOfUnknownFrameLength_isMarkedWithoutALayout() {
        assertEquals("v1;h=1", LayoutHint.uploadText(1));
        String text = LayoutHint.uploadText(412);
        assertEquals("v1;h=412", text);
        assertEquals(Optional.empty(), LayoutHint.parse(text));
        assertEquals(OptionalInt.of(412), LayoutHint.markedHeaderLength(text));
        assertEquals(OptionalInt.of(7), LayoutHint.markedHeaderLength("v1;h=7;f=65536"));
        assertTrue(LayoutHint.marks("v1;h=7;f=65536;p=0"));
        for (String other :
                new String[] {"", "v1", "v1;h=0", "v1;h=412;", "v1;h=412;f=", "v2;h=412", "v1;h=1000000000"}) {
            assertFalse(LayoutHint.marks(other), other);
        }
        assertThrows(IllegalArgumentException.class, () -> LayoutHint.uploadText(0));
    }

    @Test
    void numbersThatNoMessageHas_areRefused() {
        assertThrows(IllegalArgumentException.class, () -> new LayoutHint(0, 4096, OptionalLong.empty()));
        assertThrows(IllegalArgumentException.class, () -> new LayoutHint(1, 0, OptionalLong.empty()));
        assertThrows(IllegalArgumentException.class, () -> new LayoutHint(1, Integer.MAX_VALUE, OptionalLong.empty()));
        assertThrows(IllegalArgumentException.class, () -> new LayoutHint(1, 4096, OptionalLong.of(-1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new LayoutHint(1, 4096, OptionalLong.of(FrameLayout.maxPlaintextLength(4096) + 1)));
    }

    @Test
    void hint_agreesWithItsOwnHeaderOnly() {
        MessageHeader header = Fixture.create(4096).header();
        LayoutHint hint = LayoutHint.of(header, OptionalLong.of(5));
        assertEquals("v1;h=" + header.length() + ";f=4096;p=5", hint.text());
        assertTrue(hint.agreesWith(header));
        assertFalse(new LayoutHint(header.length() + 1, 4096, OptionalLong.of(5)).agreesWith(header));
        assertFalse(new LayoutHint(header.length(), 4097, OptionalLong.of(5)).agreesWith(header));
    }

    /** The two forms, said once more as regular expressions. */
    @Test
    void formsAreExact_whateverIsChangedInThem() {
        Pattern layout = Pattern.compile("v1;h=([1-9][0-9]{0,8});f=([1-9][0-9]{0,9})(;p=(0|[1-9][0-9]{0,17}))?");
        Pattern upload = Pattern.compile("v1;h=([1-9][0-9]{0,8})");
        Random random = new Random(20_261_121);
        String alphabet = "v1;h=0f9p5-\u0664 ";
        String[] seeds = {"v1;h=412;f=65536;p=1048576", "v1;h=412;f=65536", "v1;h=412", "v1;h=9;f=1;p=0"};
        int hints = 0;
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder(seeds[random.nextInt(seeds.length)]);
            for (int change = random.nextInt(4); change > 0; change--) {
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, c);
                    case 1 -> text.insert(at, c);
                    default -> text.deleteCharAt(at);
                }
            }
            String changed = text.toString();
            Matcher matcher = layout.matcher(changed);
            boolean possible = matcher.matches()
                    && Long.parseLong(matcher.group(2)) <= HeaderLimits.LONGEST_FRAME
                    && (matcher.group(4) == null
                            || Long.parseLong(matcher.group(4))
                                    <= FrameLayout.maxPlaintextLength(Integer.parseInt(matcher.group(2))));
            assertEquals(
                    possible ? Optional.of(changed) : Optional.empty(),
                    LayoutHint.parse(changed).map(LayoutHint::text),
                    changed);
            assertEquals(possible || upload.matcher(changed).matches(), LayoutHint.marks(changed), changed);
            hints += possible ? 1 : 0;
        }
        assertTrue(hints > 5_000 && hints < 45_000, hints + " of them were hints");
    }
}
