package dev.s3envelope.core.iam;

import static dev.s3envelope.core.iam.Policies.ACCOUNT;
import static dev.s3envelope.core.iam.Policies.allow;
import static dev.s3envelope.core.iam.Policies.deny;
import static dev.s3envelope.core.iam.Policies.document;
import static dev.s3envelope.core.iam.Policies.statement;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Decisions the IAM User Guide documents, restated in minimal documents of ours; each row names the page. */
class DocumentedIamExamplesTest {
    private static final Principal ALICE = Principal.user(ACCOUNT, "alice");
    private static final String GET = "s3:GetObject";
    private static final String PUT = "s3:PutObject";
    private static final String ANY = "*";
    private static final String B = "arn:aws:s3:::b";
    private static final String K = B + "/k";

    static Stream<Arguments> examples() {
        return Stream.of(
                        evaluationLogic(),
                        boundaries(),
                        notElements(),
                        resourceWildcards(),
                        variables(),
                        conditionOperators(),
                        multiValued(),
                        severalKeys(),
                        examplePolicies(),
                        globalKeys())
                .flatMap(List::stream);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource
    void examples(
            Scenario.Source page,
            String says,
            Gate gate,
            AccessRequest request,
            GatePolicies policies,
            Decision expected) {
        Explanation explanation = gate.explain(request, policies);
        assertEquals(expected, explanation.evaluation().decision(), explanation::text);
        assertEquals(expected, gate.evaluate(request, policies).decision());
    }

    private static List<Arguments> evaluationLogic() {
        String page = "reference_policies_evaluation-logic";
        Stream<Arguments> own = Scenario.s3(page, Principal.user(ACCOUNT, "carlos"))
                .confirmed("Example identity-based and resource-based policy evaluation")
                .identity(
                        allow("s3:ListAllMyBuckets", ANY),
                        "{'Effect':'Allow','Action':'s3:*','Resource':['arn:aws:s3:::carlos','arn:aws:s3:::carlos/*']}",
                        deny("s3:*", "arn:aws:s3:::*log*"))
                .allows("a statement allows", PUT, "arn:aws:s3:::carlos/a")
                .doesNotAllow("no statement allows: implicit deny", PUT, "arn:aws:s3:::mary/a")
                .denies("explicit deny", GET, "arn:aws:s3:::carlos-logs/a")
                .denies("explicit deny overrides the allow", PUT, "arn:aws:s3:::carlos/log")
                .allows("listing buckets", "s3:ListAllMyBuckets", ANY)
                .rows()
                .stream();
        Principal session = Principal.assumedRole(ACCOUNT, "app", "s")
                .withSessionPolicies(List.of(document(PolicyType.SESSION, allow(GET, ANY))));
        Stream<Arguments> sessions = Scenario.s3("access_policies (session policies)", session)
                .identity(allow("s3:*", ANY))
                .allows("in both the role's and the session's policy", GET, K)
                .doesNotAllow("not in the session's policy", PUT, K)
                .bucket(allow(session.arn(), PUT, ANY))
                .allows("a resource policy that names the session is not limited", PUT, K)
                .rows()
                .stream();
        Stream<Arguments> organization = Scenario.s3("orgs_manage_policies_scps_evaluation", ALICE)
                .identity(allow("*", ANY))
                .serviceControl(allow("*", ANY))
                .serviceControl(allow("s3:Get*", ANY))
                .allows("allowed at every level", GET, K)
                .doesNotAllow("not allowed at one level", PUT, K)
                .as(Principal.root(ACCOUNT))
                .doesNotAllow("binds the root user too", PUT, K)
                .rows()
                .stream();
        return Stream.of(own, sessions, organization).flatMap(s -> s).toList();
    }

    private static List<Arguments> boundaries() {
        Principal shirley = Principal.user(ACCOUNT, "shirley")
                .withPermissionsBoundary(document(
                        PolicyType.PERMISSIONS_BOUNDARY,
                        "{'Effect':'Allow','Action':['s3:*','cloudwatch:*','ec2:*'],'Resource':'*'}"));
        String page = "access_policies_boundaries";
        List<Arguments> rows = Scenario.s3(page, shirley)
                .confirmed("ShirleyRodriguez")
                .doesNotAllow("a boundary alone grants nothing", GET, K)
                .identity(allow("iam:CreateUser", ANY))
                .doesNotAllow("an identity policy outside the boundary", "iam:CreateUser", ANY)
                .doesNotAllow("the boundary alone still grants nothing", PUT, K)
                .rows();
        return Stream.concat(
                        rows.stream(),
                        Scenario.s3(page, shirley)
                                .identity(allow("s3:*", ANY))
                                .allows("both allow", GET, K)
                                .bucket(deny("*", PUT, B + "/*"))
                                .denies("a resource policy's deny binds", PUT, K)
                                .rows()
                                .stream())
                .toList();
    }

    private static List<Arguments> notElements() {
        String bob = "arn:aws:iam::" + ACCOUNT + ":user/bob";
        String both = "'NotPrincipal':{'AWS':['" + bob + "','" + Policies.ROOT_ARN + "']}";
        Stream<Arguments> principal = Scenario.s3("reference_policies_elements_notprincipal", Principal.fromArn(bob))
                .confirmed("Example IAM user")
                .identity(allow("s3:*", ANY))
                .bucket("{'Effect':'Deny'," + both + ",'Action':'s3:*','Resource':['" + B + "','" + B + "/*']}")
                .allows("user and account are listed", GET, K)
                .as(ALICE)
                .denies("everybody else", GET, K)
                .unconfirmed()
                .as(Principal.fromArn(bob)
                        .withPermissionsBoundary(document(PolicyType.PERMISSIONS_BOUNDARY, allow("*", ANY))))
                .denies("always, where there is a permissions boundary", GET, K)
                .rows()
                .stream();
        Stream<Arguments> unlisted = Scenario.s3("reference_policies_elements_notprincipal", Principal.fromArn(bob))
                .identity(allow("s3:*", ANY))
                .bucket("{'Effect':'Deny','NotPrincipal':{'AWS':'" + bob + "'},'Action':'s3:*','Resource':'*'}")
                .denies("the account is not listed", GET, K)
                .rows()
                .stream();
        String role = "arn:aws:iam::" + ACCOUNT + ":role/app";
        String session = "arn:aws:sts::" + ACCOUNT + ":assumed-role/app/s1";
        Stream<Arguments> roles =
                Scenario.s3("reference_policies_elements_notprincipal", Principal.assumedRole(ACCOUNT, "app", "s1"))
                        .confirmed("Example IAM role")
                        .identity(allow("s3:*", ANY))
                        .bucket("{'Effect':'Deny','NotPrincipal':{'AWS':['" + session + "','" + role + "','" + ACCOUNT
                                + "']},'Action':'s3:*','Resource':'*'}")
                        .allows("session, role and account are listed", GET, K)
                        .as(Principal.assumedRole(ACCOUNT, "app", "s2"))
                        .denies("another session of the role", GET, K)
                        .rows()
                        .stream();
        Stream<Arguments> resource = Scenario.s3("reference_policies_elements_notresource", ALICE)
                .confirmed("HRPayroll")
                .identity(
                        allow("s3:*", ANY),
                        "{'Effect':'Deny','Action':'s3:*','NotResource':['arn:aws:s3:::hr/payroll','arn:aws:s3:::hr/payroll/*']}")
                .allows("inside the exception", GET, "arn:aws:s3:::hr/payroll/may")
                .denies("outside the exception", GET, "arn:aws:s3:::hr/staff")
                .denies("another bucket", GET, K)
                .rows()
                .stream();
        Stream<Arguments> action = Scenario.s3("reference_policies_elements_notaction", ALICE)
                .confirmed("NotAction with Allow")
                .identity("{'Effect':'Allow','NotAction':'s3:DeleteBucket','Resource':'arn:aws:s3:::*'}")
                .allows("every S3 action but one", GET, K)
                .doesNotAllow("the exception is not allowed", "s3:DeleteBucket", B)
                .rows()
                .stream();
        Stream<Arguments> mfa = Scenario.s3("reference_policies_elements_notaction", ALICE)
                .confirmed("NotAction with Deny")
                .identity(
                        allow("*", ANY),
                        "{'Effect':'Deny','NotAction':'iam:*','Resource':'*','Condition':{'BoolIfExists':{'aws:MultiFactorAuthPresent':'false'}}}")
                .denies("denied without MFA", GET, K, "aws:MultiFactorAuthPresent=false")
                .denies("denied where the key is absent", GET, K)
                .allows("allowed with MFA", GET, K, "aws:MultiFactorAuthPresent=true")
                .allows("the exception", "iam:ListUsers", ANY)
                .rows()
                .stream();
        return Stream.of(principal, unlisted, roles, resource, action, mfa)
                .flatMap(s -> s)
                .toList();
    }

    private static List<Arguments> resourceWildcards() {
        Scenario scenario = Scenario.s3("reference_policies_elements_resource", ALICE)
                .confirmed("Using wildcards in resource ARNs")
                .identity(allow(GET, B + "/*/test/*"));
        for (String key : List.of(
                "1/test/object.jpg",
                "1/2/test/object.jpg",
                "1/2/test/3/object.jpg",
                "1/2/3/test/4/object.jpg",
                "1///test///object.jpg",
                "1/test/.jpg",
                "/test/object.jpg",
                "1/test/")) {
            scenario.allows("matches " + key, GET, B + "/" + key);
        }
        for (String key : List.of("1-test/object.jpg", "test/object.jpg", "1/2/test.jpg")) {
            scenario.doesNotAllow("does not match " + key, GET, B + "/" + key);
        }
        return scenario.rows();
    }

    private static List<Arguments> variables() {
        String page = "reference_policies_variables";
        Stream<Arguments> home = Scenario.s3(page, ALICE)
                .confirmed("Using variables in policies")
                .identity(
                        statement(
                                "Allow",
                                null,
                                "s3:ListBucket",
                                B,
                                "{'StringLike':{'s3:prefix':['${aws:username}/*']}}"),
                        "{'Effect':'Allow','Action':['s3:GetObject','s3:PutObject'],'Resource':'" + B
                                + "/${aws:username}/*'}")
                .allows("the user's own folder", GET, B + "/alice/x")
                .doesNotAllow("another user's folder", GET, B + "/bob/x")
                .allows("list the own folder", "s3:ListBucket", B, "s3:prefix=alice/x")
                .doesNotAllow("list another folder", "s3:ListBucket", B, "s3:prefix=bob/")
                .as(Principal.assumedRole(ACCOUNT, "alice", "alice"))
                .doesNotAllow("a role session has no user name", GET, B + "/alice/x")
                .rows()
                .stream();
        String team = "{'Effect':'Allow','Action':'s3:GetObject','Resource':'" + B + "/${aws:PrincipalTag/team}/*'}";
        // Single quotes inside a document are written as escapes: they are part of the variable's syntax.
        String withDefault = team.replace("/team}", "/team, \\u0027company-wide\\u0027}");
        Stream<Arguments> defaults = Scenario.s3(page, ALICE)
                .confirmed("Specifying default values")
                .identity(withDefault)
                .allows("default value where the tag is absent", GET, B + "/company-wide/x")
                .as(ALICE.withTags(Map.of("team", "yellow")))
                .allows("the tag's value where present", GET, B + "/yellow/x")
                .doesNotAllow("not the default where present", GET, B + "/company-wide/x")
                .rows()
                .stream();
        Stream<Arguments> special = Scenario.s3(page, ALICE)
                .confirmed("Special characters")
                .identity(allow(GET, B + "/${*}/${?}/${$}"))
                .allows("special characters stand for themselves", GET, B + "/*/?/$")
                .doesNotAllow("and are no wildcards", GET, B + "/a/b/$")
                .rows()
                .stream();
        return Stream.of(home, defaults, special).flatMap(s -> s).toList();
    }

    private static List<Arguments> conditionOperators() {
        String page = "reference_policies_elements_condition_operators";
        Stream<Arguments> like = when(page, "{'StringLike':{'s3:prefix':['','home/','home/${aws:username}/*']}}")
                .confirmed("String condition operators")
                .allows("StringLike, listed folder", GET, K, "s3:prefix=home/")
                .allows("StringLike, own folder", GET, K, "s3:prefix=home/alice/x")
                .doesNotAllow("StringLike, other folder", GET, K, "s3:prefix=home/bob/x")
                .rows()
                .stream();
        Stream<Arguments> numeric = when(page, "{'NumericLessThanEquals':{'s3:max-keys':'10'}}")
                .confirmed("Numeric condition operators")
                .allows("NumericLessThanEquals, at most ten keys", GET, K, "s3:max-keys=10")
                .doesNotAllow("NumericLessThanEquals, eleven keys", GET, K, "s3:max-keys=11")
                .doesNotAllow("NumericLessThanEquals, key absent", GET, K)
                .rows()
                .stream();
        Stream<Arguments> bool = Scenario.s3(page, ALICE)
                .confirmed("Boolean condition operators")
                .identity(
                        allow("s3:*", ANY),
                        statement("Deny", null, "s3:*", ANY, "{'Bool':{'aws:SecureTransport':'false'}}"))
                .denies("Bool, no TLS", GET, K, "aws:SecureTransport=false")
                .allows("Bool, TLS", GET, K, "aws:SecureTransport=true")
                .rows()
                .stream();
        Stream<Arguments> ip = when(page, "{'IpAddress':{'aws:SourceIp':['203.0.113.0/24','2001:DB8:1234:5678::/64']}}")
                .confirmed("IP address condition operators")
                .allows("IpAddress, IPv4", GET, K, "aws:SourceIp=203.0.113.255")
                .allows("IpAddress, IPv6", GET, K, "aws:SourceIp=2001:db8:1234:5678:9::")
                .doesNotAllow("IpAddress, outside", GET, K, "aws:SourceIp=198.51.100.1")
                .rows()
                .stream();
        Stream<Arguments> arn = when(page, "{'ArnLike':{'aws:SourceArn':'arn:aws:sns:*:123456789012:TOPIC-ID'}}")
                .confirmed("Amazon Resource Name (ARN) condition operators")
                .allows("ArnLike", GET, K, "aws:SourceArn=arn:aws:sns:eu-west-1:123456789012:TOPIC-ID")
                .doesNotAllow("ArnLike, other account", GET, K, "aws:SourceArn=arn:aws:sns:eu-west-1:999:TOPIC-ID")
                .rows()
                .stream();
        Stream<Arguments> absent = when(page, "{'Null':{'aws:TokenIssueTime':'true'}}")
                .confirmed("Condition operator to check existence of condition keys")
                .allows("Null true, key absent", GET, K)
                .doesNotAllow("Null true, key present", GET, K, "aws:TokenIssueTime=2026-01-01T00:00:00Z")
                .rows()
                .stream();
        Stream<Arguments> ifExists = when(page, "{'StringLikeIfExists':{'ec2:InstanceType':['t1.*','t2.*']}}")
                .confirmed("...IfExists condition operators")
                .allows("IfExists, key absent", GET, K)
                .allows("IfExists, key fits", GET, K, "ec2:InstanceType=t2.micro")
                .doesNotAllow("IfExists, key does not fit", GET, K, "ec2:InstanceType=m5.large")
                .rows()
                .stream();
        Stream<Arguments> binary = when(page, "{'BinaryEquals':{'key':'QmluYXJ5VmFsdWVJbkJhc2U2NA=='}}")
                .confirmed("Binary condition operators")
                .allows("BinaryEquals", GET, K, "key=QmluYXJ5VmFsdWVJbkJhc2U2NA==")
                .doesNotAllow("BinaryEquals, other bytes", GET, K, "key=QQ==")
                .rows()
                .stream();
        return Stream.of(like, numeric, bool, ip, arn, absent, ifExists, binary)
                .flatMap(s -> s)
                .toList();
    }

    private static Scenario when(String page, String condition) {
        return Scenario.s3(page, ALICE).identity(statement("Allow", null, GET, ANY, condition));
    }

    private static List<Arguments> multiValued() {
        String page = "reference_policies_condition-single-vs-multi-valued-context-keys";
        Stream<Arguments> all = when(
                page, "{'ForAllValues:StringEquals':{'aws:TagKeys':['environment','cost-center']}}")
                .confirmed("ForAllValues; then in reference_policies_multi-value-conditions")
                .allows("ForAllValues, one of the keys", GET, K, "aws:TagKeys=environment")
                .allows("ForAllValues, both keys", GET, K, "aws:TagKeys=environment", "aws:TagKeys=cost-center")
                .doesNotAllow("ForAllValues, one key more", GET, K, "aws:TagKeys=environment", "aws:TagKeys=dept")
                .allows("ForAllValues, no keys in the request", GET, K)
                .rows()
                .stream();
        Stream<Arguments> guarded =
                when(page, "{'ForAllValues:StringEquals':{'aws:TagKeys':['a','b']},'Null':{'aws:TagKeys':'false'}}")
                        .doesNotAllow("ForAllValues with a Null check, no keys", GET, K)
                        .allows("ForAllValues with a Null check, a key", GET, K, "aws:TagKeys=a")
                        .rows()
                        .stream();
        Stream<Arguments> any = Scenario.s3(page, ALICE)
                .identity(
                        allow(GET, ANY),
                        statement(
                                "Deny",
                                null,
                                GET,
                                ANY,
                                "{'ForAnyValue:StringEquals':{'aws:TagKeys':['webserver','secret']}}"))
                .confirmed("ForAnyValue; then in reference_policies_multi-value-conditions")
                .denies("ForAnyValue, one of them listed", GET, K, "aws:TagKeys=webserver", "aws:TagKeys=x")
                .allows("ForAnyValue, none listed", GET, K, "aws:TagKeys=x")
                .allows("ForAnyValue, no keys", GET, K)
                .rows()
                .stream();
        return Stream.of(all, guarded, any).flatMap(s -> s).toList();
    }

    private static List<Arguments> severalKeys() {
        String condition = "{'StringEquals':{'aws:PrincipalTag/department':['finance','hr','legal'],"
                + "'aws:PrincipalTag/role':['audit','security']},"
                + "'ArnLike':{'aws:PrincipalArn':['arn:aws:iam::" + ACCOUNT + ":user/a*','arn:aws:iam::" + ACCOUNT
                + ":user/ana']}}";
        String page = "reference_policies_condition-logic-multiple-context-keys-or-values";
        return when(page, condition)
                .confirmed("Evaluation logic; then in reference_policies_multi-value-conditions")
                .as(ALICE.withTags(Map.of("department", "hr", "role", "audit")))
                .allows("one value of each key", GET, K)
                .as(ALICE.withTags(Map.of("department", "hr", "role", "builder")))
                .doesNotAllow("one key does not fit", GET, K)
                .as(ALICE.withTags(Map.of("department", "hr")))
                .doesNotAllow("one key is absent", GET, K)
                .as(Principal.user(ACCOUNT, "bob").withTags(Map.of("department", "hr", "role", "audit")))
                .doesNotAllow("the other operator does not fit", GET, K)
                .rows();
    }

    private static List<Arguments> examplePolicies() {
        Stream<Arguments> ip = Scenario.s3("reference_policies_examples_aws_deny-ip", ALICE)
                .confirmed("the example")
                .identity(
                        allow("*", ANY),
                        statement(
                                "Deny",
                                null,
                                "*",
                                ANY,
                                "{'NotIpAddress':{'aws:SourceIp':['192.0.2.0/24','203.0.113.0/24']},'Bool':{'aws:ViaAWSService':'false'}}"))
                .denies("outside the ranges", GET, K, "aws:SourceIp=198.51.100.1", "aws:ViaAWSService=false")
                .allows("inside", GET, K, "aws:SourceIp=192.0.2.9", "aws:ViaAWSService=false")
                .allows("through a service", GET, K, "aws:SourceIp=198.51.100.1", "aws:ViaAWSService=true")
                .rows()
                .stream();
        Stream<Arguments> region = Scenario.s3("reference_policies_examples_aws_deny-requested-region", ALICE)
                .confirmed("the example, with fewer services and Regions")
                .identity(
                        allow("*", ANY),
                        "{'Effect':'Deny','NotAction':['iam:*','sts:*'],'Resource':'*','Condition':{'StringNotEquals':"
                                + "{'aws:RequestedRegion':['eu-central-1','eu-west-1']}}}")
                .allows("an approved Region", GET, K, "aws:RequestedRegion=eu-west-1")
                .denies("another Region", GET, K, "aws:RequestedRegion=us-east-1")
                .allows("a global service", "iam:ListUsers", ANY, "aws:RequestedRegion=us-east-1")
                .rows()
                .stream();
        Stream<Arguments> dates = when(
                "reference_policies_examples_aws-dates",
                "{'DateGreaterThan':{'aws:CurrentTime':'2020-04-01T00:00:00Z'},'DateLessThan':{'aws:CurrentTime':'2020-06-30T23:59:59Z'}}")
                .confirmed("the example")
                .allows("within the dates", GET, K, "aws:CurrentTime=2020-05-01T00:00:00Z")
                .doesNotAllow("after the dates", GET, K, "aws:CurrentTime=2020-07-01T00:00:00Z")
                .rows()
                .stream();
        Stream<Arguments> bucket = Scenario.s3("reference_policies_examples_s3_rw-bucket", ALICE)
                .confirmed("the example")
                .identity(allow("s3:ListBucket", B), allow("s3:*Object", B + "/*"))
                .allows("list", "s3:ListBucket", B)
                .allows("read", GET, K)
                .allows("write", PUT, K)
                .doesNotAllow("read the ACL", "s3:GetObjectAcl", K)
                .doesNotAllow("another bucket", GET, "arn:aws:s3:::c/k")
                .rows()
                .stream();
        Stream<Arguments> except = Scenario.s3("reference_policies_examples_s3_deny-except-bucket", ALICE)
                .confirmed("the example")
                .identity(
                        "{'Effect':'Allow','Action':'s3:*','Resource':['" + B + "','" + B + "/*']}",
                        "{'Effect':'Deny','NotAction':'s3:*','NotResource':['" + B + "','" + B + "/*']}")
                .allows("S3 on the bucket", GET, K)
                .doesNotAllow("S3 elsewhere", GET, "arn:aws:s3:::c/k")
                .denies("another service", "iam:ListUsers", ANY)
                .rows()
                .stream();
        return Stream.of(ip, region, dates, bucket, except).flatMap(s -> s).toList();
    }

    private static List<Arguments> globalKeys() {
        String page = "reference_policies_condition-keys";
        Principal member = Principal.user(Policies.OTHER, "bob").withOrganization("o-1");
        Stream<Arguments> organization = Scenario.s3(page, member)
                .identity(allow("s3:*", ANY))
                .bucket(statement("Allow", "*", GET, ANY, "{'StringEquals':{'aws:PrincipalOrgID':'o-1'}}"))
                .allows("aws:PrincipalOrgID, member", GET, K)
                .as(Principal.user(Policies.OTHER, "bob").withOrganization("o-2"))
                .doesNotAllow("aws:PrincipalOrgID, member of another", GET, K)
                .as(Principal.anonymous())
                .doesNotAllow("aws:PrincipalOrgID, anonymous", GET, K)
                .rows()
                .stream();
        Stream<Arguments> owner = Scenario.s3(page, ALICE)
                .identity(
                        allow("s3:*", ANY),
                        statement(
                                "Deny",
                                null,
                                "s3:*",
                                ANY,
                                "{'StringNotEquals':{'aws:ResourceAccount':'" + ACCOUNT + "'}}"))
                .allows("aws:ResourceAccount, own", GET, K)
                .ownedBy(Policies.OTHER)
                .denies("aws:ResourceAccount, other", GET, K)
                .rows()
                .stream();
        Stream<Arguments> perimeter = Scenario.s3(page, ALICE)
                .identity(allow("s3:*", ANY))
                .resourceControl(
                        allow("*", "*", "*"),
                        statement(
                                "Deny",
                                "*",
                                "s3:*",
                                ANY,
                                "{'StringNotEqualsIfExists':{'aws:PrincipalOrgID':'o-1'},'BoolIfExists':{'aws:PrincipalIsAWSService':'false'}}"))
                .as(ALICE.withOrganization("o-1"))
                .allows("resource control policy, member of the organization", GET, K)
                .as(ALICE.withOrganization("o-9"))
                .denies("resource control policy, not a member", GET, K)
                .rows()
                .stream();
        Principal session = Principal.assumedRole(ACCOUNT, "path/app", "s1");
        Stream<Arguments> arn = Scenario.s3(page, session)
                .bucket(statement(
                        "Allow",
                        "*",
                        GET,
                        ANY,
                        "{'ArnEquals':{'aws:PrincipalArn':'arn:aws:iam::" + ACCOUNT + ":role/path/app'}}"))
                .allows("aws:PrincipalArn of a session is its role", GET, K)
                .as(Principal.assumedRole(ACCOUNT, "app", "s1"))
                .doesNotAllow("aws:PrincipalArn, another role", GET, K)
                .rows()
                .stream();
        return Stream.of(organization, owner, perimeter, arn).flatMap(s -> s).toList();
    }
}
