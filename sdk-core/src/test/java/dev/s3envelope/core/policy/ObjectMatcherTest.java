package dev.s3envelope.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.Refused;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ObjectMatcherTest {
    private static final ObjectDescription OBJECT = ObjectDescription.builder("logs-eu", "app/2026/x.json.gz")
            .size(1000)
            .contentType("Application/JSON; charset=utf-8")
            .metadata(Map.of("Class", "secret/high"))
            .tags(Map.of("Team", "blue"))
            .build();

    private static String why(ObjectMatcher.Builder matcher, ObjectDescription object) {
        return matcher.build().mismatch(object).orElse("match");
    }

    private static ObjectMatcher.Builder matcher() {
        return ObjectMatcher.builder();
    }

    @Test
    void matchesBucketByNameOrPattern() {
        assertEquals("match", why(matcher().bucket("logs-eu"), OBJECT));
        assertEquals("match", why(matcher().bucket("x").bucket("logs-*"), OBJECT));
        assertEquals("bucket logs-eu is not logs", why(matcher().bucket("logs"), OBJECT));
        assertEquals(
                "bucket logs-eu is not any of [a, b]", why(matcher().bucket("a").bucket("b"), OBJECT));
    }

    @Test
    void matchesKeyByPrefixOrPattern() {
        assertEquals("match", why(matcher().keyPrefix("app/"), OBJECT));
        assertEquals("match", why(matcher().keyPattern("app/*/*.gz"), OBJECT));
        assertEquals("match", why(matcher().keyPrefix("zzz").keyPattern("**.gz"), OBJECT));
        assertEquals("match", why(matcher().keyPrefix("app/2026/x.json.gz"), OBJECT));
        assertTrue(
                why(matcher().keyPrefix("a*"), OBJECT).startsWith("key app/2026/x.json.gz does not match prefix a*"));
        assertTrue(why(matcher().keyPattern("app/*"), OBJECT).contains("does not match pattern app/*"));
    }

    @Test
    void matchesSizeWithinBothLimits_inclusive() {
        assertEquals("match", why(matcher().minSize(1000).maxSize(1000), OBJECT));
        assertEquals("size 1000 is below the minimum 1001", why(matcher().minSize(1001), OBJECT));
        assertEquals("size 1000 is above the maximum 999", why(matcher().maxSize(999), OBJECT));
        assertEquals(
                "match",
                why(
                        matcher().maxSize(0),
                        ObjectDescription.builder("abc", "k").size(0).build()));
    }

    @Test
    void matchesContentTypeWithoutParameters_inAnyCase() {
        assertEquals("match", why(matcher().contentType("application/json"), OBJECT));
        assertEquals("match", why(matcher().contentType("APPLICATION/*"), OBJECT));
        assertEquals(
                "content type application/json is not image/*", why(matcher().contentType("image/*"), OBJECT));
    }

    @Test
    void matchesMetadataAndTagsByValue_metadataNamesInAnyCase() {
        assertEquals("match", why(matcher().metadata("CLASS", "secret*"), OBJECT));
        assertEquals("match", why(matcher().tag("Team", "blue"), OBJECT));
        assertEquals("the object has no tag team", why(matcher().tag("team", "blue"), OBJECT));
        assertEquals("the object has no metadata x", why(matcher().metadata("x", "*"), OBJECT));
        assertEquals(
                "the value of metadata class does not match public",
                why(matcher().metadata("class", "public"), OBJECT));
    }

    @Test
    void doesNotMatch_whenAFactItNeedsIsUnknown() {
        ObjectDescription unknown = ObjectDescription.of("logs-eu", "k");

        assertTrue(why(matcher().maxSize(10), unknown).contains("needs the size, which is not known"));
        assertTrue(why(matcher().minSize(0), unknown).contains("needs the size, which is not known"));
        assertTrue(why(matcher().contentType("*"), unknown).contains("needs the content type, which is not known"));
        assertTrue(why(matcher().metadata("a", "*"), unknown).contains("needs metadata [a], which is not known"));
        assertTrue(why(matcher().tag("a", "*"), unknown).contains("needs tag [a], which is not known"));
    }

    @Test
    void tellsUnknownFromAbsent() {
        ObjectDescription none = ObjectDescription.builder("logs-eu", "k")
                .metadata(Map.of())
                .tags(Map.of())
                .build();

        assertEquals("the object has no metadata a", why(matcher().metadata("a", "*"), none));
        assertEquals("the object has no tag a", why(matcher().tag("a", "*"), none));
    }

    @Test
    void needsEveryConditionToHold() {
        assertEquals(
                "match",
                why(matcher().bucket("logs-*").keyPrefix("app/").maxSize(5000).tag("Team", "*"), OBJECT));
        assertTrue(why(matcher().bucket("logs-*").keyPrefix("app/").maxSize(5), OBJECT)
                .startsWith("size"));
    }

    @Test
    void knowsWhetherItIsAnything_andWhetherTheAddressDecides() {
        assertTrue(ObjectMatcher.anything().isAnything());
        assertFalse(matcher().bucket("abc").build().isAnything());
        assertTrue(matcher().bucket("abc").keyPrefix("p").build().needsOnlyTheAddress());
        assertFalse(matcher().minSize(0).build().needsOnlyTheAddress());
        assertFalse(matcher().tag("a", "b").build().isAnything());
    }

    @Test
    void refusesConditionsThatMeanNothing() {
        Refused.by(
                EnvelopeException.class, () -> matcher().minSize(2).maxSize(1).build(), "minimum size 2 is above");
        Refused.by(EnvelopeException.class, () -> matcher().minSize(-1), "not negative: -1");
        Refused.by(EnvelopeException.class, () -> matcher().keyPrefix(""), "leave the condition out");
        Refused.by(EnvelopeException.class, () -> matcher().tag("", "x"), "name of a metadata entry or tag is empty");
        Refused.by(EnvelopeException.class, () -> matcher().metadata("A", "x").metadata("a", "y"), "two conditions");
        Refused.by(
                EnvelopeException.class,
                () -> ObjectDescription.builder("abc", "k").size(-1),
                "size of s3://abc/k is negative");
    }

    @Test
    void equalsFollowsTheConditions() {
        assertEquals(
                matcher().bucket("abc").maxSize(3).build(),
                matcher().bucket("abc").maxSize(3).build());
        assertEquals(
                matcher().tag("a", "b").build().hashCode(),
                matcher().tag("a", "b").build().hashCode());
        assertNotEquals(matcher().minSize(3).build(), matcher().maxSize(3).build());
        assertNotEquals(
                matcher().keyPrefix("a").build(), matcher().keyPattern("a").build());
        assertNotEquals(
                matcher().metadata("a", "b").build(), matcher().tag("a", "b").build());
    }

    @Test
    void describesAnObject_withoutTheValuesOfItsMetadata() {
        String text = OBJECT.toString();

        assertTrue(text.startsWith("s3://logs-eu/app/2026/x.json.gz, 1000 bytes"), text);
        assertTrue(text.contains("metadata [class]"), text);
        assertFalse(text.contains("secret"), text);
    }
}
