package dev.s3envelope.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.s3envelope.core.PolicyViolationException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.DsseKms;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.ServerSideMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyDecisionTest {
    private static final String ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private static final String OTHER = "arn:aws:kms:eu-west-1:111122223333:key/00000000-12ab-34cd-56ef-1234567890ab";
    private static final SseKms KMS = EncryptionMode.sseKms(ARN);

    private static PolicyDecision decision(RuleStrength strength, EncryptionMode mode) {
        return EncryptionPolicy.of(new PolicyRule("the rule", ObjectMatcher.anything(), strength, mode))
                .decide(ObjectDescription.of("corp", "k"));
    }

    private static EncryptionMode enforced(EncryptionMode rule, ServerSideMode headers) {
        return decision(RuleStrength.ENFORCE, rule).reconcile(Optional.empty(), Optional.of(headers));
    }

    private static void refused(EncryptionMode rule, ServerSideMode headers) {
        Refused.by(
                PolicyViolationException.class,
                () -> enforced(rule, headers),
                "Rule \"the rule\" (number 1",
                "enforces " + rule,
                "s3://corp/k",
                "encryption fields ask for " + headers,
                "Nothing was sent");
    }

    private static SseKms.Builder kms() {
        return SseKms.builder(KeyReference.parse(ARN));
    }

    private static SseCKeySource source(String name, int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return SseCKeySource.fixed(name, SseCKey.of(bytes));
    }

    @Test
    void theRuleDecides_whenTheRequestSaysNothing() {
        for (RuleStrength strength : RuleStrength.values()) {
            assertEquals(KMS, decision(strength, KMS).reconcile(Optional.empty(), Optional.empty()));
        }
    }

    @Test
    void theRequestWins_whenTheRuleIsADefault() {
        PolicyDecision decision = decision(RuleStrength.DEFAULT, KMS);
        EncryptionMode s3 = EncryptionMode.sseS3();

        assertEquals(s3, decision.reconcile(Optional.empty(), Optional.of(EncryptionMode.sseS3())));
        assertEquals(s3, decision.reconcile(Optional.of(s3), Optional.empty()));
        assertEquals(
                EncryptionMode.awsManagedKms(),
                decision.reconcile(Optional.empty(), Optional.of(EncryptionMode.awsManagedKms())),
                "aws:kms without a key is aws/s3, not the rule's key");
    }

    @Test
    void anEqualRequestPasses_whenTheRuleIsEnforced() {
        for (ServerSideMode mode : List.of(
                EncryptionMode.sseS3(),
                KMS,
                EncryptionMode.awsManagedKms(),
                EncryptionMode.dsseKms(ARN),
                EncryptionMode.bucketDefault())) {
            assertEquals(mode, enforced(mode, mode));
            assertEquals(mode, decision(RuleStrength.ENFORCE, mode).reconcile(Optional.of(mode), Optional.of(mode)));
        }
    }

    @Test
    void anotherKindIsRefused_whenTheRuleIsEnforced() {
        List<ServerSideMode> modes = List.of(
                EncryptionMode.sseS3(),
                KMS,
                EncryptionMode.dsseKms(ARN),
                EncryptionMode.bucketDefault(),
                EncryptionMode.sseC(source("a", 1)));
        for (ServerSideMode rule : modes) {
            for (ServerSideMode asked : modes) {
                if (!rule.equals(asked)) {
                    refused(rule, asked);
                }
            }
        }
    }

    @Test
    void anotherKeyIsRefused_andSoIsNone() {
        refused(KMS, EncryptionMode.sseKms(OTHER));
        refused(KMS, EncryptionMode.awsManagedKms());
        refused(EncryptionMode.awsManagedKms(), KMS);
        refused(EncryptionMode.dsseKms(ARN), EncryptionMode.dsseKms(OTHER));
        refused(KMS, EncryptionMode.sseKms("alias/unresolved"));
    }

    @Test
    void noKeyAndTheAliasOfTheManagedKeyAgree() {
        assertEquals(
                EncryptionMode.awsManagedKms(),
                enforced(EncryptionMode.awsManagedKms(), EncryptionMode.sseKms("alias/aws/s3")));
    }

    @Test
    void whatOneSideLeavesOpenIsTakenFromTheOther() {
        ContextPairs context = ContextPairs.of("a", "b");
        SseKms full = kms().bucketKey(BucketKey.ENABLED).context(context).build();

        assertEquals(full, enforced(full, KMS));
        assertEquals(full, enforced(KMS, full));
        assertEquals(
                full,
                enforced(
                        kms().bucketKey(BucketKey.ENABLED).build(),
                        kms().context(context).build()));
        DsseKms dsse = DsseKms.builder(KeyReference.parse(ARN)).context(context).build();
        assertEquals(dsse, enforced(dsse, EncryptionMode.dsseKms(ARN)));
        assertEquals(dsse, enforced(EncryptionMode.dsseKms(ARN), dsse));
    }

    @Test
    void whatBothSidesStateMustBeTheSame() {
        refused(
                kms().bucketKey(BucketKey.ENABLED).build(),
                kms().bucketKey(BucketKey.DISABLED).build());
        refused(
                kms().context(ContextPairs.of("a", "b")).build(),
                kms().context(ContextPairs.of("a", "c")).build());
        refused(
                DsseKms.builder(KeyReference.parse(ARN))
                        .context(ContextPairs.of("a", "b"))
                        .build(),
                DsseKms.builder(KeyReference.parse(ARN))
                        .context(ContextPairs.of("x", "b"))
                        .build());
    }

    @Test
    void customerKeysAgreeByTheirBytes() {
        EncryptionMode rule = EncryptionMode.sseC(source("rule", 1));

        assertEquals(rule, enforced(rule, EncryptionMode.sseC(source("request", 1))));
        refused(rule, EncryptionMode.sseC(source("request", 2)));
    }

    @Test
    void anOverrideIsRefused_whenTheRuleIsEnforcedAndSaysOtherwise() {
        Refused.by(
                PolicyViolationException.class,
                () -> decision(RuleStrength.ENFORCE, KMS)
                        .reconcile(Optional.of(EncryptionMode.bucketDefault()), Optional.empty()),
                "the rule",
                "override asks for BucketDefault");
    }

    @Test
    void headersBesideAnOverrideMustAgreeWithIt() {
        PolicyDecision decision = decision(RuleStrength.DEFAULT, EncryptionMode.sseS3());

        assertEquals(KMS, decision.reconcile(Optional.of(KMS), Optional.of(KMS)));
        Refused.by(
                PolicyViolationException.class,
                () -> decision.reconcile(Optional.of(KMS), Optional.of(EncryptionMode.sseS3())),
                "contradicts itself",
                "override asks for " + KMS,
                "encryption fields for SseS3");
    }

    @Test
    void comparesTheResolvedMode_onceItIsResolved() {
        PolicyDecision decision = decision(RuleStrength.ENFORCE, EncryptionMode.sseKms("alias/mine"))
                .withMode(KMS);

        assertEquals(KMS, decision.reconcile(Optional.empty(), Optional.of(KMS)));
    }
}
