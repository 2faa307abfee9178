package dev.s3envelope.core.iam;

import static dev.s3envelope.core.iam.Policies.ACCOUNT;
import static dev.s3envelope.core.iam.Policies.OBJECT;
import static dev.s3envelope.core.iam.Policies.OTHER;
import static dev.s3envelope.core.iam.Policies.OTHER_ROOT_ARN;
import static dev.s3envelope.core.iam.Policies.ROOT_ARN;
import static dev.s3envelope.core.iam.Policies.allow;
import static dev.s3envelope.core.iam.Policies.deny;
import static dev.s3envelope.core.iam.Policies.document;
import static dev.s3envelope.core.iam.Policies.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The S3 gate's truth tables: rules 1 to 3 of the two gates. */
class S3GateTest {
    private static final Principal USER = Principal.user(ACCOUNT, "alice");
    private static final Principal ROLE_SESSION = Principal.assumedRole(ACCOUNT, "app", "s1");
    private static final Principal OTHER_USER = Principal.user(OTHER, "bob");
    private static final Principal OTHER_SESSION = Principal.assumedRole(OTHER, "app", "s1");
    private static final String GET = "s3:GetObject";
    private static final String ALL = Policies.BUCKET + "/*";

    private static final String NO_IDENTITY = "because no identity-based policy allows the s3:GetObject action";
    private static final String NO_RESOURCE = "because no resource-based policy allows the s3:GetObject action";
    private static final String NO_BOUNDARY = "because no permissions boundary allows the s3:GetObject action";
    private static final String NO_SESSION = "because no session policy allows the s3:GetObject action";
    private static final String NO_SCP = "because no service control policy allows the s3:GetObject action";
    private static final String NO_RCP = "because no resource control policy allows the s3:GetObject action";
    private static final String NO_VPCE = "because no VPC endpoint policy allows the s3:GetObject action";

    static Stream<Arguments> rule1() {
        String allowAll = allow("s3:*", "*");
        String bucketAllow = allow(USER.arn(), GET, ALL);
        String scp = allow("*", "*");
        String rcp = allow("*", "*", "*");
        String boundary = allow("s3:*", "*");
        return Stream.of(
                row("nothing allows", "", "", "", "", "", "", NO_IDENTITY),
                row("identity allows", allowAll, "", "", "", "", "", ""),
                row("identity deny", allowAll + "," + deny(GET, "*"), bucketAllow, "", "", "", "", "identity-based"),
                row("bucket deny", allowAll, bucketAllow + "," + deny("*", GET, ALL), "", "", "", "", "resource-based"),
                row(
                        "boundary deny",
                        allowAll,
                        bucketAllow,
                        boundary + "," + deny(GET, "*"),
                        "",
                        "",
                        "",
                        "permissions boundary"),
                row(
                        "SCP deny",
                        allowAll,
                        bucketAllow,
                        "",
                        scp + "," + deny(GET, "*"),
                        "",
                        "",
                        "service control policy"),
                row(
                        "RCP deny",
                        allowAll,
                        bucketAllow,
                        "",
                        "",
                        rcp + "," + deny("*", GET, "*"),
                        "",
                        "resource control policy"),
                row(
                        "endpoint deny",
                        allowAll,
                        bucketAllow,
                        "",
                        "",
                        "",
                        rcp + "," + deny("*", GET, "*"),
                        "VPC endpoint policy"),
                row("SCP silent", allowAll, bucketAllow, "", allow("kms:*", "*"), "", "", NO_SCP),
                row("RCP silent", allowAll, bucketAllow, "", "", allow("*", "kms:*", "*"), "", NO_RCP),
                row("endpoint silent", allowAll, bucketAllow, "", "", "", allow("*", "kms:*", "*"), NO_VPCE),
                row("SCP and RCP and endpoint allow", allowAll, "", boundary, scp, rcp, rcp, ""));
    }

    private static Arguments row(
            String name,
            String identity,
            String bucket,
            String boundary,
            String scp,
            String rcp,
            String endpoint,
            String expected) {
        boolean explicit = !expected.isEmpty() && !expected.startsWith("because");
        String article = expected.startsWith("identity") ? "an " : "a ";
        String suffix = expected.endsWith("based") ? " policy" : "";
        return Arguments.of(
                name,
                identity,
                bucket,
                boundary,
                scp,
                rcp,
                endpoint,
                explicit ? "with an explicit deny in " + article + expected + suffix : expected);
    }

    @ParameterizedTest(name = "rule 1, implicit deny and any applicable explicit deny: {0}")
    @MethodSource
    void rule1(
            String name,
            String identity,
            String bucket,
            String boundary,
            String scp,
            String rcp,
            String endpoint,
            String expected) {
        GatePolicies.Builder policies = GatePolicies.builder();
        if (!identity.isEmpty()) {
            policies.identity(document(PolicyType.IDENTITY, identity));
        }
        if (!bucket.isEmpty()) {
            policies.resource(document(PolicyType.BUCKET, bucket));
        }
        if (!scp.isEmpty()) {
            policies.serviceControlLevel(List.of(document(PolicyType.SERVICE_CONTROL, scp)));
        }
        if (!rcp.isEmpty()) {
            policies.resourceControlLevel(List.of(document(PolicyType.RESOURCE_CONTROL, rcp)));
        }
        if (!endpoint.isEmpty()) {
            policies.vpcEndpoint(document(PolicyType.VPC_ENDPOINT, endpoint));
        }
        Principal principal = boundary.isEmpty()
                ? USER
                : USER.withPermissionsBoundary(document(PolicyType.PERMISSIONS_BOUNDARY, boundary));
        check(get(principal, ACCOUNT), policies.build(), expected);
    }

    static Stream<Arguments> rule2() {
        String session = ROLE_SESSION.arn();
        String role = ROLE_SESSION.roleArn().orElseThrow();
        return Stream.of(
                Arguments.of("nothing", USER, false, null, ""),
                Arguments.of("identity allows", USER, true, null, "allowed"),
                Arguments.of("bucket names the user", USER, false, USER.arn(), "allowed"),
                Arguments.of("bucket names the session", ROLE_SESSION, false, session, "allowed"),
                Arguments.of("bucket names the role", ROLE_SESSION, false, role, "allowed"),
                Arguments.of("bucket names everybody", USER, false, "*", "allowed"),
                Arguments.of("bucket names the account only", USER, false, ROOT_ARN, ""),
                Arguments.of("bucket names the account by number only", USER, false, ACCOUNT, ""),
                Arguments.of("bucket names the account and identity allows", USER, true, ROOT_ARN, "allowed"),
                Arguments.of("bucket names another user", USER, false, "arn:aws:iam::" + ACCOUNT + ":user/carol", ""),
                Arguments.of("root user", Principal.root(ACCOUNT), false, null, "allowed"));
    }

    @ParameterizedTest(name = "rule 2, same account, identity or bucket policy: {0}")
    @MethodSource
    void rule2(
            String name, Principal principal, boolean identityAllows, @Nullable String bucketNames, String expected) {
        check(get(principal, ACCOUNT), policies(identityAllows, bucketNames), expected.isEmpty() ? NO_IDENTITY : "");
    }

    static Stream<Arguments> rule2Limits() {
        String session = ROLE_SESSION.arn();
        String role = ROLE_SESSION.roleArn().orElseThrow();
        return Stream.of(
                Arguments.of("user named, boundary silent", USER, true, false, false, USER.arn(), ""),
                Arguments.of("user by identity, boundary silent", USER, true, false, true, null, NO_BOUNDARY),
                Arguments.of("everybody named, boundary silent", USER, true, false, false, "*", NO_BOUNDARY),
                Arguments.of("session named, boundary silent", ROLE_SESSION, true, false, false, session, ""),
                Arguments.of("session named, session policy silent", ROLE_SESSION, false, true, false, session, ""),
                Arguments.of("role named, boundary silent", ROLE_SESSION, true, false, false, role, NO_BOUNDARY),
                Arguments.of("role named, session policy silent", ROLE_SESSION, false, true, false, role, NO_SESSION),
                Arguments.of("by identity, session policy silent", ROLE_SESSION, false, true, true, null, NO_SESSION));
    }

    @ParameterizedTest(name = "rule 2, who is limited by boundary and session policies: {0}")
    @MethodSource
    void rule2Limits(
            String name,
            Principal principal,
            boolean silentBoundary,
            boolean silentSession,
            boolean identityAllows,
            @Nullable String bucketNames,
            String expected) {
        Principal limited = principal;
        if (silentBoundary) {
            limited = limited.withPermissionsBoundary(document(PolicyType.PERMISSIONS_BOUNDARY, allow("kms:*", "*")));
        }
        if (silentSession) {
            limited = limited.withSessionPolicies(List.of(document(PolicyType.SESSION, allow("kms:*", "*"))));
        }
        check(get(limited, ACCOUNT), policies(identityAllows, bucketNames), expected);
    }

    static Stream<Arguments> rule3() {
        String role = OTHER_SESSION.roleArn().orElseThrow();
        return Stream.of(
                Arguments.of("nothing", OTHER_USER, false, null, NO_IDENTITY),
                Arguments.of("identity only", OTHER_USER, true, null, NO_RESOURCE),
                Arguments.of("bucket only, user", OTHER_USER, false, OTHER_USER.arn(), NO_IDENTITY),
                Arguments.of("bucket only, session", OTHER_SESSION, false, OTHER_SESSION.arn(), NO_IDENTITY),
                Arguments.of("both, account named", OTHER_USER, true, OTHER_ROOT_ARN, ""),
                Arguments.of("both, user named", OTHER_USER, true, OTHER_USER.arn(), ""),
                Arguments.of("both, role named", OTHER_SESSION, true, role, ""),
                Arguments.of("both, everybody named", OTHER_USER, true, "*", ""),
                Arguments.of("both, the bucket's own account named", OTHER_USER, true, ROOT_ARN, NO_RESOURCE),
                Arguments.of("root user of the other account", Principal.root(OTHER), false, OTHER_ROOT_ARN, ""),
                Arguments.of("anonymous, everybody named", Principal.anonymous(), false, "*", ""),
                Arguments.of("anonymous, account named", Principal.anonymous(), false, ROOT_ARN, NO_RESOURCE),
                Arguments.of("anonymous, no bucket policy", Principal.anonymous(), false, null, NO_RESOURCE),
                Arguments.of(
                        "service named",
                        Principal.service("logging.s3.amazonaws.com"),
                        false,
                        "logging.s3.amazonaws.com",
                        ""),
                Arguments.of(
                        "another service named",
                        Principal.service("logging.s3.amazonaws.com"),
                        false,
                        "cloudtrail.amazonaws.com",
                        NO_RESOURCE));
    }

    @ParameterizedTest(name = "rule 3, cross-account, identity and bucket policy: {0}")
    @MethodSource
    void rule3(
            String name, Principal principal, boolean identityAllows, @Nullable String bucketNames, String expected) {
        check(get(principal, ACCOUNT), policies(identityAllows, bucketNames), expected);
    }

    @Test
    void boundaryLimitsAcrossAccounts_whenTheBucketNamesTheUser() {
        Principal limited =
                OTHER_USER.withPermissionsBoundary(document(PolicyType.PERMISSIONS_BOUNDARY, allow("kms:*", "*")));
        check(get(limited, ACCOUNT), policies(true, OTHER_USER.arn()), NO_BOUNDARY);
    }

    @Test
    void bucketPolicyCannotAllow_whenTheObjectBelongsToAnotherAccount() {
        AccessRequest foreign = AccessRequest.builder(USER, GET, OBJECT)
                .resourceAccount(ACCOUNT)
                .objectOwner(OTHER)
                .build();
        check(foreign, policies(true, USER.arn()), NO_RESOURCE);
        AccessRequest owner = AccessRequest.builder(OTHER_USER, GET, OBJECT)
                .resourceAccount(ACCOUNT)
                .objectOwner(OTHER)
                .build();
        check(owner, policies(true, null), "");
        GatePolicies denying = GatePolicies.builder()
                .identity(Policies.identityAllowing("s3:*"))
                .resource(document(PolicyType.BUCKET, deny("*", GET, ALL)))
                .build();
        check(owner, denying, "with an explicit deny in a resource-based policy");
    }

    @Test
    void accountIsTreatedAsForeign_whenTheBucketOwnerIsUnknown() {
        AccessRequest request = AccessRequest.builder(USER, GET, OBJECT).build();
        check(request, policies(true, null), NO_RESOURCE);
    }

    @Test
    void messageQuotesTheResource_asS3Does() {
        Evaluation denied = S3Gate.create().evaluate(get(ROLE_SESSION, ACCOUNT), GatePolicies.none());
        assertEquals(
                "User: arn:aws:sts::111122223333:assumed-role/app/s1 is not authorized to perform: s3:GetObject on resource: \""
                        + OBJECT + "\" because no identity-based policy allows the s3:GetObject action",
                denied.message());
    }

    @Test
    void explanationTellsEachStatementsFirstMismatch() {
        GatePolicies policies = GatePolicies.builder()
                .identity(Policies.named(
                        PolicyType.IDENTITY,
                        "readers",
                        allow("s3:PutObject", "*"),
                        allow(GET, "arn:aws:s3:::other/*"),
                        Policies.statement("Allow", null, GET, ALL, "{'Bool':{'aws:SecureTransport':'true'}}"),
                        Policies.statement(
                                "Allow", null, GET, ALL, "{'StringEquals':{'aws:PrincipalTag/team':['a','b']}}")))
                .resource(Policies.named(PolicyType.BUCKET, "bucket", allow(OTHER_ROOT_ARN, GET, ALL)))
                .build();
        Principal tagged = USER.withTags(Map.of("team", "c"));
        Explanation explanation = S3Gate.create().explain(get(tagged, ACCOUNT), policies);
        assertEquals(
                List.of(
                        "Allow statement 1 of resource-based policy 'bucket' does not apply: Principal wants [AWS "
                                + OTHER_ROOT_ARN + "], the request has " + USER.arn(),
                        "Allow statement 1 of identity-based policy 'readers' does not apply: Action wants [s3:PutObject], the request has s3:GetObject",
                        "Allow statement 2 of identity-based policy 'readers' does not apply: Resource wants [arn:aws:s3:::other/*], the request has "
                                + OBJECT,
                        "Allow statement 3 of identity-based policy 'readers' does not apply: Condition wants Bool aws:SecureTransport true, the request has (absent)",
                        "Allow statement 4 of identity-based policy 'readers' does not apply: Condition wants StringEquals aws:PrincipalTag/team [a, b], the request has c"),
                explanation.statements().stream().map(StatementTrace::toString).toList());
        assertTrue(explanation.text().contains("Same account"), explanation.text());
        assertEquals(Evidence.NONE, explanation.evaluation().evidence());
    }

    @Test
    void evidenceNamesTheStatementThatDecided() {
        PolicyDocument identity = Policies.named(PolicyType.IDENTITY, "p", allow("s3:*", "*"), deny(GET, OBJECT));
        Evaluation denied = S3Gate.create()
                .evaluate(
                        get(USER, ACCOUNT),
                        GatePolicies.builder().identity(identity).build());
        assertEquals(
                List.of(new StatementRef("p", PolicyType.IDENTITY, 1, null, Effect.DENY)),
                denied.evidence().statements());
    }

    private static GatePolicies policies(boolean identityAllows, @Nullable String bucketNames) {
        GatePolicies.Builder policies = GatePolicies.builder();
        if (identityAllows) {
            policies.identity(Policies.identityAllowing("s3:*"));
        }
        if (bucketNames != null) {
            policies.resource(document(PolicyType.BUCKET, allow(bucketNames, GET, ALL)));
        }
        return policies.build();
    }

    private static void check(AccessRequest request, GatePolicies policies, String denial) {
        Explanation explanation = S3Gate.create().explain(request, policies);
        assertEquals(
                denial,
                explanation.evaluation().denial().map(DenialReason::text).orElse(""),
                explanation::text);
        assertEquals(explanation.evaluation(), S3Gate.create().evaluate(request, policies));
    }
}
