package dev.s3envelope.core.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.InsecureTransportException;
import dev.s3envelope.core.LookupFailedException;
import dev.s3envelope.core.PolicyViolationException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.DsseKms;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseC;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectDescription;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyDecision;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WriteGuardTest {
    private static final AccountId OWN = AccountId.of("111122223333");
    private static final AccountId FOREIGN = AccountId.of("444455556666");
    private static final String ID = "1234abcd-12ab-34cd-56ef-1234567890ab";
    private static final String ARN = "arn:aws:kms:eu-west-1:111122223333:key/" + ID;
    private static final String FOREIGN_ARN = "arn:aws:kms:eu-west-1:444455556666:key/" + ID;
    private static final String ALIAS_ARN = "arn:aws:kms:eu-west-1:111122223333:alias/mine";
    private static final Optional<String> REGION = Optional.of("eu-west-1");
    private static final WriteTarget MINE = WriteTarget.of("mine", REGION, Transport.TLS);
    private static final WriteTarget THEIRS = WriteTarget.of("theirs", REGION, Transport.TLS);
    private static final WriteTarget NOBODYS = WriteTarget.of("nobodys", REGION, Transport.TLS);

    /** Answers what it was told to, and remembers what it was asked. */
    private static final class Directory implements KeyDirectory {
        final List<String> asked = new ArrayList<>();
        CompletionStage<KeyFacts> answer = CompletableFuture.completedFuture(KeyFacts.enabled(KeyArn.parse(ARN)));

        @Override
        public CompletionStage<KeyFacts> describe(KeyReference key) {
            asked.add(key.text());
            return answer;
        }

        Directory failing(RuntimeException failure) {
            answer = CompletableFuture.failedFuture(failure);
            return this;
        }

        Directory saying(KeyFacts facts) {
            answer = CompletableFuture.completedFuture(facts);
            return this;
        }
    }

    private final Directory keys = new Directory();

    private WriteGuard.Builder guard() {
        return WriteGuard.builder()
                .callerIdentity(CallerIdentity.of(OWN))
                .bucketDirectory(BucketDirectory.builder()
                        .bucket("mine", OWN, "eu-west-1")
                        .bucket("theirs", FOREIGN, "eu-west-1")
                        .build())
                .keyDirectory(keys);
    }

    private WriteGuard resolving() {
        return guard().resolveSameAccountNames(true).build();
    }

    private static EncryptionMode passed(CompletionStage<EncryptionMode> stage) {
        assertTrue(stage.toCompletableFuture().isDone(), "completes inline where every port does");
        return stage.toCompletableFuture().join();
    }

    private static SseCKeySource source() {
        return SseCKeySource.fixed("k", SseCKey.of(new byte[32]));
    }

    // Full key ARNs

    @Test
    void passesTheOwnersKeyArn_withoutAskingAnyone() {
        CallerIdentity nobody = () -> {
            throw new AssertionError("not needed for a full ARN");
        };
        WriteGuard guard = guard().callerIdentity(nobody).build();

        assertEquals(EncryptionMode.sseKms(ARN), passed(guard.check(EncryptionMode.sseKms(ARN), MINE)));
        assertEquals(EncryptionMode.dsseKms(ARN), passed(guard.check(EncryptionMode.dsseKms(ARN), MINE)));
        assertEquals(
                EncryptionMode.sseKms(FOREIGN_ARN), passed(guard.check(EncryptionMode.sseKms(FOREIGN_ARN), THEIRS)));
        assertEquals(List.of(), keys.asked);
    }

    @Test
    void refusesAKeyOfAnotherAccountThanTheOwners_unlessItsAccountIsAllowed() {
        Refused.by(
                IllegalKeyException.class,
                guard().build().check(EncryptionMode.sseKms(ARN), THEIRS),
                "Key " + ARN + " belongs to account 111122223333",
                "bucket theirs to account 444455556666",
                "allowedKeyAccounts",
                "Nothing was sent");
        WriteGuard allowing = guard().allowedKeyAccounts(Set.of(OWN)).build();

        assertEquals(EncryptionMode.sseKms(ARN), passed(allowing.check(EncryptionMode.sseKms(ARN), THEIRS)));
        assertEquals(
                EncryptionMode.sseKms(FOREIGN_ARN), passed(allowing.check(EncryptionMode.sseKms(FOREIGN_ARN), THEIRS)));
    }

    @Test
    void passesAnyAccountsKeyArn_whenTheOwnerIsUnknown_unlessAccountsAreListed() {
        assertEquals(
                EncryptionMode.sseKms(FOREIGN_ARN),
                passed(guard().build().check(EncryptionMode.sseKms(FOREIGN_ARN), NOBODYS)));
        Refused.by(
                IllegalKeyException.class,
                guard().allowedKeyAccounts(Set.of(OWN)).build().check(EncryptionMode.sseKms(FOREIGN_ARN), NOBODYS),
                "keys are allowed of 111122223333 only",
                "owner of bucket nobodys is not known");
    }

    @Test
    void refusesAKeyOfAnotherRegion() {
        String other = ARN.replace("eu-west-1", "us-east-1");

        Refused.by(
                IllegalKeyException.class,
                guard().build().check(EncryptionMode.sseKms(other), MINE),
                "is in Region us-east-1",
                "bucket mine in eu-west-1",
                "multi-Region replicas included");
        Refused.by(
                IllegalKeyException.class,
                guard().build().check(EncryptionMode.dsseKms(other), NOBODYS),
                "eu-west-1 (the client's Region; the bucket's is not configured)");
    }

    @Test
    void prefersTheBucketsRegionToTheClients_andChecksNoneWhereNoneIsKnown() {
        String other = ARN.replace("eu-west-1", "us-east-1");
        WriteTarget elsewhere = WriteTarget.of("mine", Optional.of("us-east-1"), Transport.TLS);
        WriteTarget anywhere = WriteTarget.of("nobodys", Optional.empty(), Transport.TLS);

        assertEquals(EncryptionMode.sseKms(ARN), passed(guard().build().check(EncryptionMode.sseKms(ARN), elsewhere)));
        Refused.by(IllegalKeyException.class, guard().build().check(EncryptionMode.sseKms(other), elsewhere));
        assertEquals(
                EncryptionMode.sseKms(other), passed(guard().build().check(EncryptionMode.sseKms(other), anywhere)));
    }

    @Test
    void treatsReplicasOfAMultiRegionKeyAsDifferentKeys() {
        String replica = "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";

        Refused.by(IllegalKeyException.class, guard().build().check(EncryptionMode.sseKms(replica), MINE), "us-east-1");
    }

    // aws/s3

    @Test
    void passesTheManagedKeyWithinOneAccount_asNoKey() {
        for (String name : new String[] {"alias/aws/s3", "arn:aws:kms:eu-west-1:111122223333:alias/aws/s3"}) {
            assertEquals(
                    EncryptionMode.awsManagedKms(), passed(guard().build().check(EncryptionMode.sseKms(name), MINE)));
        }
        assertEquals(
                EncryptionMode.awsManagedKms(), passed(guard().build().check(EncryptionMode.awsManagedKms(), MINE)));
        assertEquals(
                DsseKms.builder().build(),
                passed(guard().build().check(DsseKms.builder().build(), MINE)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "alias/aws/s3", "arn:aws:kms:eu-west-1:444455556666:alias/aws/s3"})
    void refusesTheManagedKeyAcrossAccounts(String name) {
        EncryptionMode mode = name.isEmpty() ? EncryptionMode.awsManagedKms() : EncryptionMode.sseKms(name);

        Refused.by(
                IllegalKeyException.class,
                guard().build().check(mode, THEIRS),
                "aws/s3",
                "across accounts",
                "bucket theirs belongs to account 444455556666",
                "caller's account 111122223333",
                "Give the full key ARN of a key of 444455556666");
        Refused.by(IllegalKeyException.class, guard().build().check(mode, NOBODYS), "aws/s3", "owner is not known");
        Refused.by(
                IllegalKeyException.class,
                guard().callerIdentity(CallerIdentity.unknown()).build().check(mode, MINE),
                "aws/s3",
                "caller's account, which is not known");
    }

    @Test
    void refusesTheManagedKeyOfAnotherAccountOrRegion_namedByItsArn() {
        Refused.by(
                IllegalKeyException.class,
                guard().build().check(EncryptionMode.sseKms("arn:aws:kms:eu-west-1:444455556666:alias/aws/s3"), MINE),
                "belongs to account 444455556666");
        Refused.by(
                IllegalKeyException.class,
                guard().build().check(EncryptionMode.sseKms("arn:aws:kms:us-east-1:111122223333:alias/aws/s3"), MINE),
                "us-east-1");
    }

    @Test
    void refusesManagedKeysOfOtherServices_everywhere() {
        for (String name : new String[] {"alias/aws/ebs", "arn:aws:kms:eu-west-1:111122223333:alias/aws/rds"}) {
            Refused.by(
                    IllegalKeyException.class,
                    resolving().check(EncryptionMode.sseKms(name), MINE),
                    name,
                    "manages for another service");
        }
        assertEquals(List.of(), keys.asked);
    }

    // Aliases and bare ids

    @ParameterizedTest
    @ValueSource(strings = {"alias/mine", ALIAS_ARN, ID})
    void refusesNames_unlessTheOptionIsOn(String name) {
        Refused.by(
                IllegalKeyException.class,
                guard().build().check(EncryptionMode.sseKms(name), MINE),
                "Key " + name,
                "not a full key ARN",
                "resolveSameAccountNames");
        assertEquals(List.of(), keys.asked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"alias/mine", ALIAS_ARN, ID})
    void resolvesNamesToAnArn_withinOneAccount(String name) {
        SseKms mode = SseKms.builder(KeyReference.parse(name))
                .bucketKey(BucketKey.ENABLED)
                .context(ContextPairs.of("a", "b"))
                .build();

        assertEquals(
                mode.toBuilder().key(KeyArn.parse(ARN)).build(),
                passed(resolving().check(mode, MINE)));
    }

    @Test
    void asksForTheNameS3WouldLookUp_whateverTheCredentialsOfTheDirectory() {
        passed(resolving().check(EncryptionMode.sseKms("alias/mine"), MINE));
        passed(resolving().check(EncryptionMode.dsseKms(ID), MINE));
        passed(guard().resolveSameAccountNames(true)
                .bucketDirectory(BucketDirectory.builder().bucket("mine", OWN).build())
                .build()
                .check(EncryptionMode.sseKms("alias/mine"), WriteTarget.of("mine", Optional.empty(), Transport.TLS)));

        assertEquals(List.of(ALIAS_ARN, ARN, "alias/mine"), keys.asked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"alias/mine", ALIAS_ARN, ID})
    void refusesNamesAcrossAccounts_evenWithTheOption(String name) {
        EncryptionMode mode = EncryptionMode.sseKms(name);

        Refused.by(IllegalKeyException.class, resolving().check(mode, THEIRS), "Key " + name, "across accounts");
        Refused.by(IllegalKeyException.class, resolving().check(mode, NOBODYS), "Key " + name, "owner is not known");
        Refused.by(
                IllegalKeyException.class,
                guard().resolveSameAccountNames(true)
                        .callerIdentity(CallerIdentity.unknown())
                        .build()
                        .check(mode, MINE),
                "Key " + name,
                "not known");
        Refused.by(
                IllegalKeyException.class,
                resolving().check(mode, MINE.withCaller(CallerIdentity.of(FOREIGN))),
                "across accounts",
                "444455556666");
        assertEquals(List.of(), keys.asked, "refused before any call");
    }

    @Test
    void refusesAnAliasArnOfAnotherAccountOrRegion() {
        Refused.by(
                IllegalKeyException.class,
                resolving().check(EncryptionMode.sseKms("arn:aws:kms:eu-west-1:444455556666:alias/mine"), MINE),
                "Alias",
                "belongs to account 444455556666");
        Refused.by(
                IllegalKeyException.class,
                resolving().check(EncryptionMode.sseKms("arn:aws:kms:us-east-1:111122223333:alias/mine"), MINE),
                "us-east-1",
                "eu-west-1");
        assertEquals(List.of(), keys.asked);
    }

    @Test
    void refusesWhatANameResolvedTo_whenItIsElsewhere() {
        keys.saying(KeyFacts.enabled(KeyArn.parse(FOREIGN_ARN)));
        Refused.by(
                IllegalKeyException.class,
                resolving().check(EncryptionMode.sseKms("alias/mine"), MINE),
                "alias/mine resolved to " + FOREIGN_ARN,
                "not in account 111122223333");
        keys.saying(KeyFacts.enabled(KeyArn.parse(ARN.replace("eu-west-1", "eu-west-2"))));
        Refused.by(
                IllegalKeyException.class, resolving().check(EncryptionMode.sseKms("alias/mine"), MINE), "eu-west-2");
    }

    @Test
    void looksANameUpOnce_andForgetsFailures() {
        WriteGuard guard = resolving();
        EncryptionMode mode = EncryptionMode.sseKms("alias/mine");
        keys.failing(new LookupFailedException("throttled"));
        Refused.by(LookupFailedException.class, guard.check(mode, MINE), "throttled");
        keys.saying(KeyFacts.enabled(KeyArn.parse(ARN)));

        for (int i = 0; i < 5; i++) {
            assertEquals(EncryptionMode.sseKms(ARN), passed(guard.check(mode, MINE)));
        }
        assertEquals(2, keys.asked.size());

        guard.forgetKeys();
        passed(guard.check(mode, MINE));
        assertEquals(3, keys.asked.size());
    }

    @Test
    void sharesALookUpThatIsUnderWay() {
        CompletableFuture<KeyFacts> pending = new CompletableFuture<>();
        keys.answer = pending;
        WriteGuard guard = resolving();
        List<CompletableFuture<EncryptionMode>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(guard.check(EncryptionMode.sseKms("alias/mine"), MINE).toCompletableFuture());
        }
        assertFalse(waiting.stream().anyMatch(CompletableFuture::isDone));

        waiting.get(0).cancel(true);
        pending.complete(KeyFacts.enabled(KeyArn.parse(ARN)));

        assertEquals(1, keys.asked.size());
        waiting.subList(1, 10).forEach(stage -> assertEquals(EncryptionMode.sseKms(ARN), stage.join()));
    }

    @Test
    void retriesFromWithinTheFailure_withoutMeetingItAgain() {
        CompletableFuture<KeyFacts> pending = new CompletableFuture<>();
        keys.answer = pending;
        WriteGuard guard = resolving();
        EncryptionMode mode = EncryptionMode.sseKms("alias/mine");
        CompletableFuture<EncryptionMode> retried = guard.check(mode, MINE)
                .exceptionallyCompose(failure -> {
                    keys.saying(KeyFacts.enabled(KeyArn.parse(ARN)));
                    return guard.check(mode, MINE);
                })
                .toCompletableFuture();

        pending.completeExceptionally(new LookupFailedException("throttled"));

        assertEquals(EncryptionMode.sseKms(ARN), retried.join());
    }

    @Test
    void failsTheStage_whenAPortThrows() {
        KeyDirectory throwing = key -> {
            throw new LookupFailedException("no network");
        };
        Refused.by(
                LookupFailedException.class,
                guard().resolveSameAccountNames(true)
                        .keyDirectory(throwing)
                        .build()
                        .check(EncryptionMode.sseKms("alias/mine"), MINE),
                "no network");
        CallerIdentity failing = () -> CompletableFuture.failedFuture(new LookupFailedException("no STS"));
        Refused.by(
                LookupFailedException.class,
                guard().callerIdentity(failing).build().check(EncryptionMode.awsManagedKms(), MINE),
                "no STS");
    }

    @Test
    void advisesTheFullArn_whenThereIsNoDirectory() {
        Refused.by(
                IllegalKeyException.class,
                guard().resolveSameAccountNames(true)
                        .keyDirectory(KeyDirectory.none())
                        .build()
                        .check(EncryptionMode.sseKms("alias/mine"), MINE),
                "no key directory is configured",
                "full key ARN");
    }

    // What KMS said of a key

    @ParameterizedTest
    @EnumSource(KeyFacts.State.class)
    void refusesAResolvedKey_inAStateKmsDoesNotEncryptIn(KeyFacts.State state) {
        keys.saying(new KeyFacts(KeyArn.parse(ARN), KeyFacts.Manager.CUSTOMER, state, true));
        CompletionStage<EncryptionMode> stage = resolving().check(EncryptionMode.sseKms("alias/mine"), MINE);

        switch (state) {
            case ENABLED, UPDATING, UNKNOWN -> assertEquals(EncryptionMode.sseKms(ARN), passed(stage));
            case DISABLED ->
                Refused.by(IllegalKeyException.class, stage, ARN + " (given as alias/mine) is disabled", "EnableKey");
            case PENDING_DELETION ->
                Refused.by(IllegalKeyException.class, stage, "is pending deletion", "CancelKeyDeletion");
            case PENDING_REPLICA_DELETION ->
                Refused.by(IllegalKeyException.class, stage, "is pending replica deletion");
            case PENDING_IMPORT -> Refused.by(IllegalKeyException.class, stage, "is pending import", "key material");
            case UNAVAILABLE, CREATING ->
                Refused.by(
                        IllegalKeyException.class,
                        stage,
                        state == KeyFacts.State.CREATING ? "creating" : "unavailable");
        }
    }

    @Test
    void refusesAnAsymmetricKey() {
        keys.saying(new KeyFacts(KeyArn.parse(ARN), KeyFacts.Manager.CUSTOMER, KeyFacts.State.ENABLED, false));

        Refused.by(
                IllegalKeyException.class,
                resolving().check(EncryptionMode.sseKms("alias/mine"), MINE),
                "not a symmetric encryption key",
                "SYMMETRIC_DEFAULT");
    }

    @Test
    void asksForFullArnsToo_whenEveryKeyIsChecked() {
        WriteGuard guard = guard().keyCheck(KeyCheck.EVERY_KEY).build();
        assertEquals(EncryptionMode.sseKms(ARN), passed(guard.check(EncryptionMode.sseKms(ARN), MINE)));
        assertEquals(List.of(ARN), keys.asked);
        guard.forgetKeys();

        keys.saying(new KeyFacts(KeyArn.parse(ARN), KeyFacts.Manager.CUSTOMER, KeyFacts.State.DISABLED, true));
        Refused.by(
                IllegalKeyException.class,
                guard.check(EncryptionMode.sseKms(ARN), MINE),
                "Key " + ARN + " is disabled");
        guard.forgetKeys();

        keys.failing(new IllegalKeyException("KMS knows no key"));
        Refused.by(IllegalKeyException.class, guard.check(EncryptionMode.sseKms(ARN), MINE), "KMS knows no key");
        keys.failing(new LookupFailedException("not permitted"));
        assertEquals(
                EncryptionMode.sseKms(ARN),
                passed(guard.check(EncryptionMode.sseKms(ARN), MINE)),
                "unknown is not denied");
    }

    @Test
    void refusesAManagedKeyGivenByItsArnAcrossAccounts_whenEveryKeyIsChecked() {
        keys.saying(new KeyFacts(KeyArn.parse(FOREIGN_ARN), KeyFacts.Manager.AWS, KeyFacts.State.ENABLED, true));
        Refused.by(
                IllegalKeyException.class,
                guard().keyCheck(KeyCheck.EVERY_KEY).build().check(EncryptionMode.sseKms(FOREIGN_ARN), THEIRS),
                "Key " + FOREIGN_ARN + ", which AWS manages,",
                "across accounts");
        keys.saying(new KeyFacts(KeyArn.parse(ARN), KeyFacts.Manager.AWS, KeyFacts.State.ENABLED, true));
        assertEquals(
                EncryptionMode.sseKms(ARN),
                passed(guard().keyCheck(KeyCheck.EVERY_KEY).build().check(EncryptionMode.sseKms(ARN), MINE)));
    }

    // Modes without a KMS key

    @Test
    void passesModesThatNameNoKey_wherever() {
        for (WriteTarget target : List.of(MINE, THEIRS, NOBODYS)) {
            assertSame(EncryptionMode.sseS3(), passed(guard().build().check(EncryptionMode.sseS3(), target)));
            assertSame(
                    EncryptionMode.bucketDefault(),
                    passed(guard().build().check(EncryptionMode.bucketDefault(), target)));
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void passesCustomerKeys_overTlsAndToLoopbackOnly(Transport transport) {
        SseC mode = EncryptionMode.sseC(source());
        CompletionStage<EncryptionMode> stage =
                guard().build().check(mode, WriteTarget.of("nobodys", REGION, transport));

        if (transport == Transport.PLAIN) {
            Refused.by(InsecureTransportException.class, stage, "bucket nobodys", "plain HTTP", "https");
        } else {
            assertSame(mode, passed(stage));
        }
    }

    // With a policy

    private static PolicyDecision enforcing(EncryptionMode mode) {
        return EncryptionPolicy.of(PolicyRule.enforce("the rule", ObjectMatcher.anything(), mode))
                .decide(ObjectDescription.of("mine", "k"));
    }

    @Test
    void comparesResolvedKeys_whenRuleAndRequestNameOneKeyInTwoForms() {
        for (String[] forms : new String[][] {{"alias/mine", ARN}, {ARN, "alias/mine"}, {ID, ALIAS_ARN}}) {
            assertEquals(
                    EncryptionMode.sseKms(ARN),
                    passed(resolving()
                            .decide(
                                    enforcing(EncryptionMode.sseKms(forms[0])),
                                    Optional.empty(),
                                    Optional.of(EncryptionMode.sseKms(forms[1])),
                                    MINE)));
            assertEquals(
                    EncryptionMode.sseKms(ARN),
                    passed(resolving()
                            .decide(
                                    enforcing(EncryptionMode.sseKms(forms[0])),
                                    Optional.of(EncryptionMode.sseKms(forms[1])),
                                    Optional.empty(),
                                    MINE)));
        }
    }

    @Test
    void refusesByTheRule_whenTheResolvedKeysDiffer() {
        Refused.by(
                PolicyViolationException.class,
                resolving()
                        .decide(
                                enforcing(EncryptionMode.sseKms(ARN.replace("1234abcd", "00000000"))),
                                Optional.empty(),
                                Optional.of(EncryptionMode.sseKms("alias/mine")),
                                MINE),
                "the rule",
                "alias/mine");
    }

    @Test
    void refusesByTheRule_andSaysWhatElseIsWrong_whenTheRequestsKeyCannotBeResolved() {
        PolicyViolationException e = Refused.by(
                PolicyViolationException.class,
                guard().build()
                        .decide(
                                enforcing(EncryptionMode.sseKms(ARN)),
                                Optional.empty(),
                                Optional.of(EncryptionMode.sseKms("alias/mine")),
                                MINE),
                "the rule");

        Refused.by(
                IllegalKeyException.class,
                () -> {
                    throw e.getSuppressed()[0];
                },
                "not a full key ARN");
    }

    @Test
    void comparesOverrideAndHeadersResolved_whateverTheDefaultRulesKeyIs() {
        PolicyDecision foreign =
                EncryptionPolicy.always(EncryptionMode.sseKms(FOREIGN_ARN)).decide(ObjectDescription.of("mine", "k"));

        assertEquals(
                EncryptionMode.sseKms(ARN),
                passed(resolving()
                        .decide(
                                foreign,
                                Optional.of(EncryptionMode.sseKms("alias/mine")),
                                Optional.of(EncryptionMode.sseKms(ARN)),
                                MINE)));
    }

    @Test
    void asksNobody_whenTheRequestDiffersInKind() {
        Refused.by(
                PolicyViolationException.class,
                resolving()
                        .decide(
                                enforcing(EncryptionMode.sseKms(ARN)),
                                Optional.empty(),
                                Optional.of(EncryptionMode.sseS3()),
                                MINE),
                "SseS3");
        assertEquals(List.of(), keys.asked);
    }

    @Test
    void checksOnlyWhatIsUsed_whenTheRequestWinsOverADefault() {
        PolicyDecision managed =
                EncryptionPolicy.always(EncryptionMode.awsManagedKms()).decide(ObjectDescription.of("theirs", "k"));

        assertEquals(
                EncryptionMode.sseKms(FOREIGN_ARN),
                passed(guard().build()
                        .decide(managed, Optional.empty(), Optional.of(EncryptionMode.sseKms(FOREIGN_ARN)), THEIRS)));
        Refused.by(
                IllegalKeyException.class,
                guard().build().decide(managed, Optional.empty(), Optional.empty(), THEIRS),
                "aws/s3");
    }

    @Test
    void makesTheKeySourceReady_beforeItsKeysAreCompared() {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        SseCKeySource slow = new SseCKeySource() {
            @Override
            public String name() {
                return "slow";
            }

            @Override
            public CompletionStage<Void> prepare(ObjectAddress object) {
                assertEquals(new ObjectAddress("mine", "k"), object);
                return ready;
            }

            @Override
            public SseCKey keyForWrite(ObjectAddress object) {
                assertTrue(ready.isDone(), "asked before it was ready");
                return SseCKey.of(new byte[32]);
            }

            @Override
            public List<SseCKey> keysForRead(ObjectAddress object) {
                return List.of(keyForWrite(object));
            }
        };
        CompletableFuture<EncryptionMode> decided = guard().build()
                .decide(
                        enforcing(EncryptionMode.sseC(slow)),
                        Optional.empty(),
                        Optional.of(EncryptionMode.sseC(source())),
                        MINE)
                .toCompletableFuture();
        assertFalse(decided.isDone());

        ready.complete(null);

        assertEquals(EncryptionMode.sseC(slow), decided.join());
    }

    @Test
    void asksNoKeySource_whoseRuleTheRequestReplaces() {
        SseCKeySource broken = SseCKeySource.byPrefix("tree", Map.of("", new SseCKeySource() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public CompletionStage<Void> prepare(ObjectAddress object) {
                return CompletableFuture.failedFuture(new LookupFailedException("key deleted"));
            }

            @Override
            public SseCKey keyForWrite(ObjectAddress object) {
                throw new AssertionError("not ready");
            }

            @Override
            public List<SseCKey> keysForRead(ObjectAddress object) {
                throw new AssertionError("not ready");
            }
        }));
        PolicyDecision decision =
                EncryptionPolicy.always(EncryptionMode.sseC(broken)).decide(ObjectDescription.of("mine", "k"));

        assertEquals(
                EncryptionMode.sseS3(),
                passed(guard().build().decide(decision, Optional.empty(), Optional.of(EncryptionMode.sseS3()), MINE)));
        Refused.by(
                LookupFailedException.class,
                guard().build().decide(decision, Optional.empty(), Optional.empty(), MINE),
                "key deleted");
    }

    @Test
    void tellsTheOwnerToExpect() {
        assertEquals(Optional.of(OWN), guard().build().expectedBucketOwner("mine"));
        assertEquals(Optional.empty(), guard().build().expectedBucketOwner("nobodys"));
    }
}
