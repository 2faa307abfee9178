package dev.s3envelope.core.advice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.iam.AccessRequest;
import dev.s3envelope.core.iam.ContextKeys;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.core.mode.ContextScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Advice is proved by the evaluator: it opens both gates, nothing in it can be left out, and nothing beside the need is opened. */
class KeyPolicyAdvisorTest {
    static final AccountId OWN = AccountId.of("111122223333");
    static final AccountId OTHER = AccountId.of("444455556666");
    private static final Principal APP = Principal.role(OWN.digits(), "team/app");
    private static final String ID = "11111111-2222-3333-4444-555555555555";
    private static final String NEIGHBOUR_ID = "99999999-2222-3333-4444-555555555555";

    /** How objects are encrypted. */
    enum Mode {
        SSE_S3_OR_SSE_C(key -> List.of()),
        SSE_KMS(key -> List.of(KeyUse.sseKms(key))),
        SSE_KMS_WITH_CONTEXT(key -> List.of(KeyUse.sseKms(key).withContext(Map.of("team", "a${b}*")))),
        BUCKET_KEY(key -> List.of(KeyUse.sseKmsWithBucketKey(key))),
        DSSE(key -> List.of(KeyUse.dsseKms(key))),
        CLIENT_SIDE_BUCKET(key -> List.of(KeyUse.clientSide(key, ContextScope.BUCKET))),
        CLIENT_SIDE_OBJECT(key -> List.of(KeyUse.clientSide(key, ContextScope.OBJECT))),
        CLIENT_SIDE_OVER_BUCKET_KEY(
                key -> List.of(KeyUse.clientSide(key, ContextScope.BUCKET), KeyUse.sseKmsWithBucketKey(second(key))));

        private final Function<KeyArn, List<KeyUse>> uses;

        Mode(Function<KeyArn, List<KeyUse>> uses) {
            this.uses = uses;
        }

        private static KeyArn second(KeyArn key) {
            return new KeyArn(
                    key.partition(), key.region(), key.account(), key.keyId().replace('1', '2'));
        }
    }

    /** Whose bucket and key it is, and whether keys delegate to IAM. */
    private enum Accounts {
        ALL_OWN(OWN, OWN, true),
        OWN_KEY_WITHOUT_IAM(OWN, OWN, false),
        FOREIGN_BUCKET(OTHER, OWN, true),
        FOREIGN_KEY(OWN, OTHER, true),
        BOTH_FOREIGN(OTHER, OTHER, true),
        BOTH_FOREIGN_WITHOUT_IAM(OTHER, OTHER, false);

        private final AccountId bucket;
        private final AccountId key;
        private final boolean delegates;

        Accounts(AccountId bucket, AccountId key, boolean delegates) {
            this.bucket = bucket;
            this.key = key;
            this.delegates = delegates;
        }
    }

    private static final List<ObjectScope> SCOPES = List.of(
            ObjectScope.object("reports", "2026/q1.csv"),
            ObjectScope.object("reports", "odd*key?with${aws:username}$.csv"),
            ObjectScope.prefix("reports", "2026/"),
            ObjectScope.prefix("reports", "${x}*/"),
            ObjectScope.wholeBucket("reports"));

    private record Case(AccessTask task, Mode mode, Accounts accounts, ObjectScope scope) {
        AccessNeed need() {
            AccessNeed.Builder need = AccessNeed.builder(task, APP, scope)
                    .bucketAccount(accounts.bucket)
                    .keys(mode.uses.apply(key("eu-west-1", accounts.key, ID)).toArray(KeyUse[]::new))
                    .keysDelegate(accounts.delegates);
            if (task == AccessTask.REPLICATE) {
                List<KeyUse> replicas = mode.uses.apply(key("us-east-1", accounts.key, ID));
                need.destination(new AccessNeed.Place(
                        new ObjectScope("replicas", scope.key(), scope.exact()),
                        Optional.of(accounts.bucket),
                        replicas,
                        false));
            }
            return need.build();
        }
    }

    static KeyArn key(String region, AccountId account, String id) {
        return new KeyArn("aws", region, account, id);
    }

    static Stream<Case> cases() {
        List<Case> all = new ArrayList<>();
        for (AccessTask task : AccessTask.values()) {
            for (Mode mode : Mode.values()) {
                for (Accounts accounts : Accounts.values()) {
                    SCOPES.forEach(scope -> all.add(new Case(task, mode, accounts, scope)));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void opensBothGates_andEachActionIsNeeded(Case one) {
        AccessNeed need = one.need();
        PolicyAdvice advice = KeyPolicyAdvisor.advise(need);
        List<AccessRequest> questions = GateQuestions.of(need);
        World world = new World(advice.policies(), need.keysDelegate());
        for (AccessRequest question : questions) {
            assertTrue(world.ask(question).allowed(), () -> world.ask(question).message() + "\n" + advice.text());
        }
        assertFalse(questions.isEmpty());
        for (List<AdvisedPolicy> less : World.withoutOneAction(advice.policies())) {
            World poorer = new World(less, need.keysDelegate());
            assertTrue(
                    questions.stream()
                            .anyMatch(question -> !poorer.ask(question).allowed()),
                    () -> "still enough: " + less + "\nof\n" + advice.text());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void opensNothingBeside(Case one) {
        AccessNeed need = one.need();
        World world = new World(KeyPolicyAdvisor.advise(need).policies(), need.keysDelegate());
        for (AccessRequest question : GateQuestions.of(need)) {
            for (AccessRequest beside : beside(question, one)) {
                assertFalse(world.ask(beside).allowed(), () -> world.ask(beside).message());
            }
        }
    }

    /** Questions that differ from one that must be allowed in one thing each. */
    private static List<AccessRequest> beside(AccessRequest question, Case one) {
        List<AccessRequest> all = new ArrayList<>();
        boolean kms = question.service().equals("kms");
        all.add(with(question, Principal.role(OWN.digits(), "team/other"), question.action(), question.resource()));
        all.add(with(
                question, question.principal(), kms ? "kms:ReEncryptFrom" : "s3:DeleteObject", question.resource()));
        if (!kms) {
            all.add(with(question, question.principal(), question.action(), otherBucket(question.resource())));
            if (question.resource().contains("/") && !one.scope().key().isEmpty()) {
                all.add(with(question, question.principal(), question.action(), otherObject(question.resource())));
            }
            return all;
        }
        all.add(with(
                question,
                question.principal(),
                question.action(),
                question.resource().replace(ID, NEIGHBOUR_ID).replace("22222222-2222", "99999999-2222")));
        Map<String, String> context = question.encryptionContext();
        String arn = context.get(KeyUse.CONTEXT_ARN);
        if (arn == null) {
            return all;
        }
        all.add(copy(question, Map.of(), service(question)));
        all.add(copy(question, Map.of(KeyUse.CONTEXT_ARN, otherBucket(arn)), service(question)));
        if (arn.contains("/") && !one.scope().key().isEmpty()) {
            all.add(copy(question, Map.of(KeyUse.CONTEXT_ARN, otherObject(arn)), service(question)));
        }
        if (service(question) != null) {
            all.add(copy(question, context, null));
            all.add(copy(question, context, "s3.ap-south-1.amazonaws.com"));
            all.add(copy(question, context, "ec2.eu-west-1.amazonaws.com"));
        }
        return all;
    }

    private static String otherBucket(String arn) {
        return arn.replaceFirst(":::(reports|replicas)", ":::$1-2");
    }

    private static String otherObject(String arn) {
        int slash = arn.indexOf('/');
        return arn.substring(0, slash + 1) + "Z" + arn.substring(slash + 2);
    }

    private static @Nullable String service(AccessRequest question) {
        List<String> values = question.context(ContextKeys.KMS_VIA_SERVICE);
        return values.isEmpty() ? null : values.get(0);
    }

    private static AccessRequest with(AccessRequest of, Principal principal, String action, String resource) {
        return AccessRequest.builder(principal, action, resource)
                .resourceAccount(of.resourceAccount().orElse(null))
                .encryptionContext(of.encryptionContext())
                .context(ContextKeys.KMS_VIA_SERVICE, service(of))
                .build();
    }

    private static AccessRequest copy(AccessRequest of, Map<String, String> context, @Nullable String viaService) {
        return AccessRequest.builder(of.principal(), of.action(), of.resource())
                .resourceAccount(of.resourceAccount().orElse(null))
                .encryptionContext(context)
                .context(ContextKeys.KMS_VIA_SERVICE, viaService)
                .build();
    }

    @ParameterizedTest
    @EnumSource(AccessTask.class)
    void documentsAreThoseOfTheAccountsInvolved(AccessTask task) {
        PolicyAdvice own =
                KeyPolicyAdvisor.advise(new Case(task, Mode.SSE_KMS, Accounts.ALL_OWN, SCOPES.get(0)).need());
        assertEquals(
                List.of(PolicyType.IDENTITY),
                own.policies().stream().map(AdvisedPolicy::type).toList());
        PolicyAdvice across =
                KeyPolicyAdvisor.advise(new Case(task, Mode.SSE_KMS, Accounts.BOTH_FOREIGN, SCOPES.get(0)).need());
        int places = task == AccessTask.REPLICATE ? 2 : 1;
        assertEquals(1, across.policies(PolicyType.IDENTITY).size());
        assertEquals(places, across.policies(PolicyType.BUCKET).size());
        assertEquals(places, across.policies(PolicyType.KEY).size());
        across.policies(PolicyType.KEY).forEach(policy -> assertEquals(Optional.of(OTHER.digits()), policy.account()));
    }

    @Test
    void sessionIsAdvisedAsItsRole() {
        AccessNeed need = AccessNeed.builder(AccessTask.READ, APP.session("s"), SCOPES.get(0))
                .bucketAccount(OWN)
                .build();
        assertEquals(APP.arn(), KeyPolicyAdvisor.advise(need).policies().get(0).attachTo());
    }

    @Test
    void bucketOfUnknownOwnerIsTakenForAnother_andTheNoteSaysSo() {
        PolicyAdvice advice = KeyPolicyAdvisor.advise(
                AccessNeed.builder(AccessTask.READ, APP, SCOPES.get(0)).build());
        assertEquals(1, advice.policies(PolicyType.BUCKET).size());
        assertTrue(advice.text().contains("not known who owns bucket reports"), advice.text());
    }

    @Test
    void managedKeyNeedsNothingAtHome_andCannotBeShared() {
        AccessNeed.Builder need =
                AccessNeed.builder(AccessTask.READ, APP, SCOPES.get(0)).awsManagedKey();
        PolicyAdvice home = KeyPolicyAdvisor.advise(need.bucketAccount(OWN).build());
        assertEquals(Optional.empty(), home.obstacle());
        assertEquals(1, home.policies().size());
        PolicyAdvice across = KeyPolicyAdvisor.advise(need.bucketAccount(OTHER).build());
        assertTrue(across.obstacle().orElseThrow().contains("customer managed key"), across.text());
        assertEquals(List.of(), across.policies());
    }

    @Test
    void clientSideStatementHasNoViaService() {
        PolicyAdvice advice = KeyPolicyAdvisor.advise(
                new Case(AccessTask.READ, Mode.CLIENT_SIDE_BUCKET, Accounts.BOTH_FOREIGN, SCOPES.get(0)).need());
        assertFalse(advice.text().contains("ViaService"), advice.text());
        assertTrue(
                advice.text().contains("\"kms:EncryptionContext:aws:s3:arn\" : \"arn:aws:s3:::reports\""),
                advice.text());
    }

    @Test
    void auditorAcrossAccountsIsToldWhatKmsDoesNotOffer() {
        PolicyAdvice advice = KeyPolicyAdvisor.advise(
                new Case(AccessTask.AUDIT, Mode.SSE_KMS, Accounts.FOREIGN_KEY, SCOPES.get(0)).need());
        assertTrue(advice.text().contains("does not offer kms:GetKeyPolicy across accounts"), advice.text());
        assertFalse(advice.policies(PolicyType.KEY).get(0).json().contains("GetKeyPolicy"));
    }

    @Test
    void jsonHoldsTheDocumentsAsObjects() {
        String json = KeyPolicyAdvisor.advise(
                        new Case(AccessTask.WRITE, Mode.BUCKET_KEY, Accounts.BOTH_FOREIGN, SCOPES.get(2)).need())
                .json();
        assertTrue(json.contains("\"attachTo\" : \"arn:aws:s3:::reports\""), json);
        assertTrue(json.contains("\"Action\" : \"s3:PutObject\""), json);
    }

    @Test
    void refusesWhatNoStatementCanNameOrServe() {
        assertThrows(
                IllegalArgumentException.class,
                () -> AccessNeed.builder(AccessTask.READ, Principal.root(OWN.digits()), SCOPES.get(0)));
        assertThrows(
                IllegalArgumentException.class,
                () -> ObjectScope.object("arn:aws:s3:eu-west-1:111122223333:accesspoint/a", "k"));
        assertThrows(IllegalArgumentException.class, () -> ObjectScope.object("b--euw1-az1--x-s3", "k"));
        assertThrows(IllegalArgumentException.class, () -> ObjectScope.object("reports", ""));
        assertThrows(
                IllegalArgumentException.class,
                () -> AccessNeed.builder(AccessTask.REPLICATE, APP, SCOPES.get(0))
                        .build());
        assertThrows(
                IllegalArgumentException.class,
                () -> KeyUse.sseKms(key("eu-west-1", OWN, ID)).withContext(Map.of("aws:s3:arn", "x")));
    }
}
