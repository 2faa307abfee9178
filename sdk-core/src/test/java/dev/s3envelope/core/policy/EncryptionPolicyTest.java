package dev.s3envelope.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.mode.EncryptionMode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EncryptionPolicyTest {
    private static final EncryptionMode KMS =
            EncryptionMode.sseKms("arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    private static final EncryptionMode S3 = EncryptionMode.sseS3();
    private static final EncryptionMode BUCKET = EncryptionMode.bucketDefault();

    private static final PolicyRule SMALL =
            PolicyRule.byDefault("small", ObjectMatcher.builder().maxSize(100).build(), BUCKET);
    private static final PolicyRule PAYROLL = PolicyRule.enforce(
            "payroll", ObjectMatcher.builder().keyPrefix("payroll/").build(), KMS);
    private static final PolicyRule REST = PolicyRule.byDefault("rest", ObjectMatcher.anything(), S3);
    private static final EncryptionPolicy POLICY = EncryptionPolicy.of(SMALL, PAYROLL, REST);

    @Test
    void theFirstRuleThatMatchesDecides() {
        ObjectDescription small =
                ObjectDescription.builder("corp", "payroll/x").size(100).build();
        ObjectDescription large =
                ObjectDescription.builder("corp", "payroll/x").size(101).build();

        assertEquals(BUCKET, POLICY.decide(small).mode());
        assertEquals(KMS, POLICY.decide(large).mode());
        assertTrue(POLICY.decide(large).enforced());
        assertEquals(1, POLICY.decide(large).index());
        assertEquals(PAYROLL, POLICY.decide(large).rule());
        assertEquals(S3, POLICY.decide(ObjectDescription.of("corp", "other")).mode());
        assertFalse(POLICY.decide(ObjectDescription.of("corp", "other")).enforced());
    }

    @Test
    void explainsEachRuleUpToTheOneThatDecided() {
        String text = POLICY.explain(ObjectDescription.of("corp", "payroll/x"));

        assertEquals(
                "s3://corp/payroll/x: rule \"payroll\" (number 2) enforces " + KMS + ".\n"
                        + "  1. small: no match, the rule needs the size, which is not known for this object\n"
                        + "  2. payroll: match",
                text);
    }

    @Test
    void explainsTheDefault_whenNothingElseMatched() {
        String text = POLICY.explain(
                ObjectDescription.builder("corp", "x").size(500).tags(Map.of()).build());

        assertTrue(text.contains("rule \"rest\" (number 3) gives by default SseS3."), text);
        assertTrue(text.contains("1. small: no match, size 500 is above the maximum 100"), text);
        assertTrue(text.contains("2. payroll: no match, key x does not match prefix payroll/"), text);
        assertTrue(text.endsWith("3. rest: match"), text);
    }

    @Test
    void givesEveryModeAnObjectMayHave_untilARuleDecidesByAddressAlone() {
        assertEquals(List.of(BUCKET, KMS), POLICY.possibleModes("corp", "payroll/x"));
        assertEquals(List.of(BUCKET, S3), POLICY.possibleModes("corp", "other"));
        assertEquals(List.of(S3), EncryptionPolicy.always(S3).possibleModes("corp", "x"));
    }

    @Test
    void givesAPossibleModeOnce() {
        EncryptionPolicy policy = EncryptionPolicy.of(
                PolicyRule.enforce("a", ObjectMatcher.builder().maxSize(1).build(), S3),
                PolicyRule.enforce("b", ObjectMatcher.builder().minSize(2).build(), S3),
                REST);

        assertEquals(List.of(S3), policy.possibleModes("corp", "x"));
    }

    @Test
    void refusesRulesThatLeaveAGapOrCannotDecide() {
        Refused.by(EnvelopeException.class, () -> EncryptionPolicy.of(), "at least one rule");
        Refused.by(EnvelopeException.class, () -> EncryptionPolicy.of(SMALL), "\"small\", must match everything");
        Refused.by(
                EnvelopeException.class,
                () -> EncryptionPolicy.of(PolicyRule.enforce("all", ObjectMatcher.anything(), S3), REST),
                "\"all\" matches everything but is not the last");
        Refused.by(
                EnvelopeException.class,
                () -> EncryptionPolicy.of(SMALL, SMALL, REST),
                "Two rules are named \"small\"");
    }

    @Test
    void refusesRuleNames_thatMessagesCouldNotShow() {
        for (String name : new String[] {"", "  ", "a\nb", "x".repeat(129)}) {
            Refused.by(
                    EnvelopeException.class,
                    () -> PolicyRule.enforce(name, ObjectMatcher.anything(), S3),
                    "Not a name for a policy rule");
        }
    }
}
