package dev.s3envelope.core.iam;

import static dev.s3envelope.core.iam.Policies.ACCOUNT;
import static dev.s3envelope.core.iam.Policies.KEY;
import static dev.s3envelope.core.iam.Policies.OTHER;
import static dev.s3envelope.core.iam.Policies.OTHER_ROOT_ARN;
import static dev.s3envelope.core.iam.Policies.ROOT_ARN;
import static dev.s3envelope.core.iam.Policies.allow;
import static dev.s3envelope.core.iam.Policies.decrypt;
import static dev.s3envelope.core.iam.Policies.deny;
import static dev.s3envelope.core.iam.Policies.document;
import static dev.s3envelope.core.iam.Policies.statement;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The KMS gate's truth tables: rules 4 to 7 of the two gates. */
class KmsGateTest {
    private static final Principal USER = Principal.user(ACCOUNT, "alice");
    private static final Principal SESSION = Principal.assumedRole(ACCOUNT, "app", "s1");
    private static final Principal OTHER_USER = Principal.user(OTHER, "bob");
    private static final Principal OTHER_SESSION = Principal.assumedRole(OTHER, "app", "s1");
    private static final String ROLE = SESSION.roleArn().orElseThrow();
    private static final String DECRYPT = "kms:Decrypt";

    private static final String NO_IDENTITY = "because no identity-based policy allows the kms:Decrypt action";
    private static final String NO_RESOURCE = "because no resource-based policy allows the kms:Decrypt action";
    private static final String NO_BOUNDARY = "because no permissions boundary allows the kms:Decrypt action";
    private static final String NO_SESSION = "because no session policy allows the kms:Decrypt action";

    static Stream<Arguments> rule4() {
        return Stream.of(
                Arguments.of("nothing", USER, false, null, false, NO_RESOURCE),
                Arguments.of("IAM allow is void without delegation", USER, true, null, false, NO_RESOURCE),
                Arguments.of("IAM allow is void where others are named", USER, true, ROLE, false, NO_RESOURCE),
                Arguments.of("key policy names the user", USER, false, USER.arn(), false, ""),
                Arguments.of("key policy names the role", SESSION, false, ROLE, false, ""),
                Arguments.of("key policy names the session", SESSION, false, SESSION.arn(), false, ""),
                Arguments.of("key policy names everybody", USER, false, "*", false, ""),
                Arguments.of("delegation without IAM allow", USER, false, ROOT_ARN, false, NO_IDENTITY),
                Arguments.of("delegation by number without IAM allow", USER, false, ACCOUNT, false, NO_IDENTITY),
                Arguments.of("delegation with IAM allow", USER, true, ROOT_ARN, false, ""),
                Arguments.of("delegation by number with IAM allow", SESSION, true, ACCOUNT, false, ""),
                Arguments.of("grant alone", USER, false, null, true, ""),
                Arguments.of("grant beside delegation", USER, false, ROOT_ARN, true, ""),
                Arguments.of("root user named by the account", Principal.root(ACCOUNT), false, ROOT_ARN, false, ""),
                Arguments.of(
                        "root user where the account is not named",
                        Principal.root(ACCOUNT),
                        true,
                        ROLE,
                        false,
                        NO_RESOURCE));
    }

    @ParameterizedTest(name = "rule 4, same account: {0}")
    @MethodSource
    void rule4(
            String name,
            Principal principal,
            boolean iamAllows,
            @Nullable String keyNames,
            boolean granted,
            String expected) {
        check(decrypt(principal), policies(principal, iamAllows, keyNames, granted), expected);
    }

    @ParameterizedTest(name = "rule 4, an IAM deny binds though IAM allows are void: key policy names {0}")
    @ValueSource(strings = {"arn:aws:iam::111122223333:user/alice", "*", "arn:aws:iam::111122223333:root"})
    void rule4IamDenyBinds(String keyNames) {
        GatePolicies policies = GatePolicies.builder()
                .identity(document(PolicyType.IDENTITY, allow("kms:*", "*"), deny(DECRYPT, "*")))
                .resource(document(PolicyType.KEY, allow(keyNames, "kms:*", "*")))
                .grants(List.of(grant(USER)))
                .build();
        check(decrypt(USER), policies, "with an explicit deny in an identity-based policy");
    }

    static Stream<Arguments> rule4Limits() {
        return Stream.of(
                Arguments.of("user named, boundary silent", USER, USER.arn(), true, false, ""),
                Arguments.of("session named, session policy silent", SESSION, SESSION.arn(), false, true, ""),
                Arguments.of("role named, boundary silent", SESSION, ROLE, true, false, NO_BOUNDARY),
                Arguments.of("role named, session policy silent", SESSION, ROLE, false, true, NO_SESSION),
                Arguments.of("everybody named, session policy silent", SESSION, "*", false, true, NO_SESSION),
                Arguments.of("delegated, boundary silent", USER, ROOT_ARN, true, false, NO_BOUNDARY));
    }

    @ParameterizedTest(name = "rule 4, who is limited by boundary and session policies: {0}")
    @MethodSource
    void rule4Limits(
            String name, Principal principal, String keyNames, boolean boundary, boolean session, String expected) {
        Principal limited = principal;
        if (boundary) {
            limited = limited.withPermissionsBoundary(document(PolicyType.PERMISSIONS_BOUNDARY, allow("s3:*", "*")));
        }
        if (session) {
            limited = limited.withSessionPolicies(List.of(document(PolicyType.SESSION, allow("s3:*", "*"))));
        }
        check(decrypt(limited), policies(limited, true, keyNames, false), expected);
    }

    static Stream<Arguments> rule5() {
        String otherRole = OTHER_SESSION.roleArn().orElseThrow();
        return Stream.of(
                Arguments.of("nothing", OTHER_USER, false, null, false, NO_RESOURCE),
                Arguments.of("IAM only", OTHER_USER, true, null, false, NO_RESOURCE),
                Arguments.of("key policy only, account", OTHER_USER, false, OTHER_ROOT_ARN, false, NO_IDENTITY),
                Arguments.of("key policy only, user", OTHER_USER, false, OTHER_USER.arn(), false, NO_IDENTITY),
                Arguments.of("key policy only, everybody", OTHER_USER, false, "*", false, NO_IDENTITY),
                Arguments.of("both, account", OTHER_USER, true, OTHER_ROOT_ARN, false, ""),
                Arguments.of("both, user", OTHER_USER, true, OTHER_USER.arn(), false, ""),
                Arguments.of("both, role", OTHER_SESSION, true, otherRole, false, ""),
                Arguments.of("key policy names only the key's account", OTHER_USER, true, ROOT_ARN, false, NO_RESOURCE),
                Arguments.of("grant alone", OTHER_USER, false, null, true, ""),
                Arguments.of(
                        "service named", Principal.service("s3.amazonaws.com"), false, "s3.amazonaws.com", false, ""),
                Arguments.of(
                        "service not named",
                        Principal.service("s3.amazonaws.com"),
                        false,
                        ROOT_ARN,
                        false,
                        NO_RESOURCE),
                Arguments.of("anonymous, account named", Principal.anonymous(), false, ROOT_ARN, false, NO_RESOURCE));
    }

    @ParameterizedTest(name = "rule 5, cross-account: {0}")
    @MethodSource
    void rule5(
            String name,
            Principal principal,
            boolean iamAllows,
            @Nullable String keyNames,
            boolean granted,
            String expected) {
        check(decrypt(principal), policies(principal, iamAllows, keyNames, granted), expected);
    }

    @ParameterizedTest(name = "rule 5, grant alone across accounts when {0}: {1}")
    @CsvSource({"SUFFICE,true", "NEED_IAM_ALLOW,false"})
    void rule5GrantAlone(CrossAccountGrants option, boolean allowed) {
        KmsGate gate = KmsGate.create(option);
        assertEquals(
                allowed,
                gate.evaluate(decrypt(OTHER_USER), policies(OTHER_USER, false, null, true))
                        .allowed());
        assertTrue(gate.evaluate(decrypt(OTHER_USER), policies(OTHER_USER, true, null, true))
                .allowed());
    }

    @ParameterizedTest(name = "rule 5, effective across accounts: {0}")
    @ValueSource(
            strings = {
                "Decrypt",
                "Encrypt",
                "GenerateDataKey",
                "GenerateDataKeyWithoutPlaintext",
                "GenerateDataKeyPair",
                "ReEncryptFrom",
                "ReEncryptTo",
                "Sign",
                "Verify",
                "GenerateMac",
                "VerifyMac",
                "CreateGrant",
                "DescribeKey",
                "GetKeyRotationStatus",
                "GetPublicKey",
                "ListGrants",
                "RetireGrant",
                "RevokeGrant"
            })
    void rule5EffectiveOperations(String operation) {
        assertTrue(crossAccountWithEverythingAllowed(operation).allowed());
    }

    @ParameterizedTest(name = "rule 5, never effective across accounts: {0}")
    @ValueSource(
            strings = {
                "GetKeyPolicy",
                "PutKeyPolicy",
                "DisableKey",
                "EnableKey",
                "ScheduleKeyDeletion",
                "TagResource",
                "ListResourceTags",
                "EnableKeyRotation",
                "UpdateKeyDescription"
            })
    void rule5IneffectiveOperations(String operation) {
        Evaluation evaluation = crossAccountWithEverythingAllowed(operation);
        assertEquals(
                "because no resource-based policy allows the kms:" + operation + " action",
                evaluation.denial().orElseThrow().text());
    }

    private static Evaluation crossAccountWithEverythingAllowed(String operation) {
        AccessRequest request = AccessRequest.builder(OTHER_USER, "kms:" + operation, KEY)
                .resourceAccount(ACCOUNT)
                .build();
        return KmsGate.create()
                .evaluate(
                        request,
                        GatePolicies.builder()
                                .identity(document(PolicyType.IDENTITY, allow("kms:*", "*")))
                                .resource(document(PolicyType.KEY, allow(OTHER_ROOT_ARN, "kms:*", "*")))
                                .build());
    }

    static Stream<Arguments> rule6() {
        Map<String, String> both = Map.of("a", "1", "b", "2");
        Map<String, String> one = Map.of("a", "1");
        return Stream.of(
                Arguments.of("no constraint, any context", Map.of(), Map.of(), both, true),
                Arguments.of("equals, the same", both, Map.of(), both, true),
                Arguments.of("equals, one pair more", one, Map.of(), both, false),
                Arguments.of("equals, one pair less", both, Map.of(), one, false),
                Arguments.of("equals, none sent", one, Map.of(), Map.of(), false),
                Arguments.of("subset, the same", Map.of(), one, one, true),
                Arguments.of("subset, one pair more", Map.of(), one, both, true),
                Arguments.of("subset, one pair less", Map.of(), both, one, false),
                Arguments.of("subset, key in other case", Map.of(), one, Map.of("A", "1"), false),
                Arguments.of("subset, value in other case", Map.of(), Map.of("a", "x"), Map.of("a", "X"), false),
                Arguments.of("equals, key in other case", one, Map.of(), Map.of("A", "1"), false));
    }

    @ParameterizedTest(name = "rule 6, grant constraints are exact: {0}")
    @MethodSource
    void rule6(
            String name,
            Map<String, String> equal,
            Map<String, String> subset,
            Map<String, String> context,
            boolean allowed) {
        Grant grant = new Grant("g", KEY, USER.arn(), Set.of("Decrypt", "DescribeKey"), equal, subset);
        GatePolicies policies = GatePolicies.builder().grants(List.of(grant)).build();
        AccessRequest request = AccessRequest.builder(USER, DECRYPT, KEY)
                .resourceAccount(ACCOUNT)
                .encryptionContext(context)
                .build();
        check(request, policies, allowed ? "" : NO_RESOURCE);
        // Constraints bind cryptographic operations only.
        AccessRequest describe = AccessRequest.builder(USER, "kms:DescribeKey", KEY)
                .resourceAccount(ACCOUNT)
                .build();
        check(describe, policies, "");
    }

    @Test
    void rule6GrantsCoverTheirKeyGranteeAndOperationsOnly() {
        AccessRequest generate = AccessRequest.builder(USER, "kms:GenerateDataKey", KEY)
                .resourceAccount(ACCOUNT)
                .build();
        GatePolicies granted =
                GatePolicies.builder().grants(List.of(grant(USER))).build();
        check(generate, granted, "because no resource-based policy allows the kms:GenerateDataKey action");
        check(decrypt(SESSION), granted, NO_RESOURCE);
        Grant otherKey = Grant.of("g", KEY.replace("1111", "9999"), USER.arn(), Set.of("Decrypt"));
        check(decrypt(USER), GatePolicies.builder().grants(List.of(otherKey)).build(), NO_RESOURCE);
        Grant toRole = Grant.of("g", KEY, ROLE, Set.of("Decrypt"));
        check(decrypt(SESSION), GatePolicies.builder().grants(List.of(toRole)).build(), "");
    }

    @ParameterizedTest(name = "rule 6, condition on context key {0}, context has {1}={2}: {3}")
    @CsvSource({
        "aws:s3:arn, aws:s3:arn, arn:aws:s3:::b/k, true",
        "AWS:S3:ARN, aws:s3:arn, arn:aws:s3:::b/k, true",
        "aws:s3:arn, AWS:s3:Arn, arn:aws:s3:::b/k, true",
        "aws:s3:arn, aws:s3:arn, arn:aws:s3:::B/k, false",
        "aws:s3:arn, aws:s3:ar, arn:aws:s3:::b/k, false",
    })
    void rule6ContextConditionsIgnoreCaseOfNamesOnly(
            String conditionKey, String contextKey, String contextValue, boolean allowed) {
        PolicyDocument key = document(
                PolicyType.KEY,
                statement(
                        "Allow",
                        USER.arn(),
                        DECRYPT,
                        "*",
                        "{'StringEquals':{'kms:EncryptionContext:" + conditionKey + "':'arn:aws:s3:::b/k'}}"));
        AccessRequest request = AccessRequest.builder(USER, DECRYPT, KEY)
                .resourceAccount(ACCOUNT)
                .encryptionContext(Map.of(contextKey, contextValue))
                .build();
        check(request, GatePolicies.builder().resource(key).build(), allowed ? "" : NO_RESOURCE);
    }

    @ParameterizedTest(name = "rule 7, RCP denies, key managed by AWS {0}: allowed {0}")
    @ValueSource(booleans = {true, false})
    void rule7(boolean managedByAws) {
        GatePolicies policies = GatePolicies.builder()
                .resource(document(PolicyType.KEY, allow(USER.arn(), "kms:*", "*")))
                .resourceControlLevel(
                        List.of(document(PolicyType.RESOURCE_CONTROL, allow("*", "*", "*"), deny("*", "kms:*", "*"))))
                .awsManagedKey(managedByAws)
                .build();
        check(decrypt(USER), policies, managedByAws ? "" : "with an explicit deny in a resource control policy");
    }

    @Test
    void identityPoliciesAloneDecide_whenNoKeyIsInvolved() {
        AccessRequest create = AccessRequest.builder(USER, "kms:CreateKey", "*")
                .resourceAccount(ACCOUNT)
                .build();
        check(create, policies(USER, true, null, false), "");
        check(create, GatePolicies.none(), "because no identity-based policy allows the kms:CreateKey action");
    }

    @Test
    void messageDoesNotQuoteTheKey_andEvidenceNamesTheGrant() {
        Evaluation denied = KmsGate.create().evaluate(decrypt(SESSION), policies(SESSION, true, null, false));
        assertEquals(
                "User: arn:aws:sts::111122223333:assumed-role/app/s1 is not authorized to perform: kms:Decrypt on resource: "
                        + KEY + " " + NO_RESOURCE,
                denied.message());
        Evaluation allowed = KmsGate.create().evaluate(decrypt(USER), policies(USER, false, null, true));
        assertEquals(List.of("grant-1"), allowed.evidence().grantIds());
    }

    @Test
    void explanationTellsWhyAGrantDoesNotApply() {
        GatePolicies policies = GatePolicies.builder()
                .grants(List.of(Grant.of("g1", KEY, ROLE, Set.of("Encrypt"))))
                .build();
        Explanation explanation = KmsGate.create().explain(decrypt(SESSION), policies);
        assertTrue(
                explanation.notes().contains("Grant g1 does not apply: its operations are [Encrypt]"),
                explanation::text);
    }

    private static Grant grant(Principal grantee) {
        return Grant.of("grant-1", KEY, grantee.arn(), Set.of("Decrypt"));
    }

    private static GatePolicies policies(
            Principal principal, boolean iamAllows, @Nullable String keyNames, boolean granted) {
        GatePolicies.Builder policies = GatePolicies.builder();
        if (iamAllows) {
            policies.identity(Policies.identityAllowing("kms:*"));
        }
        if (keyNames != null) {
            policies.resource(document(PolicyType.KEY, allow(keyNames, "kms:*", "*")));
        }
        if (granted) {
            policies.grants(List.of(grant(principal)));
        }
        return policies.build();
    }

    private static void check(AccessRequest request, GatePolicies policies, String denial) {
        Explanation explanation = KmsGate.create().explain(request, policies);
        assertEquals(
                denial,
                explanation.evaluation().denial().map(DenialReason::text).orElse(""),
                explanation::text);
        assertEquals(explanation.evaluation(), KmsGate.create().evaluate(request, policies));
    }
}
