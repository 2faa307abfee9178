package dev.s3envelope.core.iam;

import static dev.s3envelope.core.iam.Policies.ACCOUNT;
import static dev.s3envelope.core.iam.Policies.KEY;
import static dev.s3envelope.core.iam.Policies.OTHER;
import static dev.s3envelope.core.iam.Policies.OTHER_ROOT_ARN;
import static dev.s3envelope.core.iam.Policies.ROOT_ARN;
import static dev.s3envelope.core.iam.Policies.allow;
import static dev.s3envelope.core.iam.Policies.statement;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Decisions the S3 User Guide and the KMS Developer Guide document, restated in minimal documents of ours; each row names the page. */
class DocumentedS3AndKmsExamplesTest {
    private static final Principal ALICE = Principal.user(ACCOUNT, "alice");
    private static final Principal BOB = Principal.user(OTHER, "bob");
    private static final String GET = "s3:GetObject";
    private static final String PUT = "s3:PutObject";
    private static final String B = "arn:aws:s3:::b";
    private static final String IN_B = B + "/*";
    private static final String K = B + "/k";
    private static final String SSE = "s3:x-amz-server-side-encryption";
    private static final String SSE_KEY = SSE + "-aws-kms-key-id";
    private static final String SSE_C = SSE + "-customer-algorithm";

    static Stream<Arguments> examples() {
        return Stream.of(
                        bucketPolicies(),
                        encryptionPolicies(),
                        crossAccount(),
                        keyPolicies(),
                        conditionKeys(),
                        grants())
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

    private static List<Arguments> bucketPolicies() {
        String page = "example-bucket-policies";
        Stream<Arguments> publicRead = Scenario.s3("WebsiteAccessPermissionsReqd", Principal.anonymous())
                .confirmed("Step 2: Add a bucket policy")
                .bucket(allow("*", GET, IN_B))
                .allows("public read", GET, K)
                .doesNotAllow("public read is no public write", PUT, K)
                .rows()
                .stream();
        Stream<Arguments> tls = Scenario.s3(page, ALICE)
                .confirmed("Restrict access to only HTTPS requests")
                .identity(allow("s3:*", "*"))
                .bucket(statement("Deny", "*", "s3:*", IN_B, "{'Bool':{'aws:SecureTransport':'false'}}"))
                .denies("HTTP refused", GET, K, "aws:SecureTransport=false")
                .allows("HTTPS", GET, K, "aws:SecureTransport=true")
                .rows()
                .stream();
        Stream<Arguments> range = Scenario.s3(page, ALICE)
                .confirmed("Restrict access to specific IP addresses")
                .identity(allow("s3:*", "*"))
                .bucket(statement("Deny", "*", "s3:*", IN_B, "{'NotIpAddress':{'aws:SourceIp':'192.0.2.0/24'}}"))
                .allows("inside the address range", GET, K, "aws:SourceIp=192.0.2.77")
                .denies("outside the address range", GET, K, "aws:SourceIp=203.0.113.1")
                .rows()
                .stream();
        Stream<Arguments> mfa = Scenario.s3(page, ALICE)
                .confirmed("Requiring MFA")
                .identity(allow("s3:*", "*"))
                .bucket(
                        statement("Deny", "*", "s3:*", B + "/tax/*", "{'Null':{'aws:MultiFactorAuthAge':true}}"),
                        statement(
                                "Deny",
                                "*",
                                "s3:*",
                                B + "/tax/*",
                                "{'NumericGreaterThan':{'aws:MultiFactorAuthAge':3600}}"))
                .denies("no MFA", GET, B + "/tax/x")
                .denies("MFA too old", GET, B + "/tax/x", "aws:MultiFactorAuthAge=3601")
                .allows("fresh MFA", GET, B + "/tax/x", "aws:MultiFactorAuthAge=60")
                .allows("elsewhere without MFA", GET, K)
                .rows()
                .stream();
        Stream<Arguments> acl = Scenario.s3("amazon-s3-policy-keys", BOB)
                .confirmed("Require the x-amz-acl header")
                .identity(allow("s3:*", "*"))
                .bucket(statement(
                        "Allow",
                        OTHER_ROOT_ARN,
                        PUT,
                        IN_B,
                        "{'StringEquals':{'s3:x-amz-acl':'bucket-owner-full-control'}}"))
                .allows("upload that gives the owner full control", PUT, K, "s3:x-amz-acl=bucket-owner-full-control")
                .doesNotAllow("upload that does not", PUT, K)
                .rows()
                .stream();
        Stream<Arguments> prefix = Scenario.s3("amazon-s3-policy-keys", ALICE)
                .confirmed("Examples for bucket operations, Example 2")
                .identity(statement("Allow", null, "s3:ListBucket", B, "{'StringEquals':{'s3:prefix':'projects'}}"))
                .allows("list with the prefix", "s3:ListBucket", B, "s3:prefix=projects")
                .doesNotAllow("list without prefix", "s3:ListBucket", B)
                .rows()
                .stream();
        Stream<Arguments> endpoint = Scenario.s3("example-bucket-policies-vpc-endpoint", ALICE)
                .confirmed("Restricting access to a specific VPC endpoint")
                .identity(allow("s3:*", "*"))
                .bucket(statement("Deny", "*", "s3:*", IN_B, "{'StringNotEquals':{'aws:SourceVpce':'vpce-1'}}"))
                .allows("through the endpoint", GET, K, "aws:SourceVpce=vpce-1")
                .denies("through another", GET, K, "aws:SourceVpce=vpce-2")
                .denies("from the Internet", GET, K)
                .rows()
                .stream();
        Stream<Arguments> throughEndpoint = Scenario.s3("vpc-endpoints-s3 (endpoint policies)", ALICE)
                .identity(allow("s3:*", "*"))
                .endpoint(allow("*", "*", IN_B))
                .allows("the endpoint policy allows the bucket", GET, K)
                .doesNotAllow("and no other", GET, "arn:aws:s3:::c/k")
                .rows()
                .stream();
        String logging = "logging.s3.amazonaws.com";
        Stream<Arguments> logs = Scenario.s3("enable-server-access-logging", Principal.service(logging))
                .confirmed("Grant permissions to the logging service principal by using a bucket policy")
                .bucket(statement(
                        "Allow",
                        logging,
                        PUT,
                        B + "/logs/*",
                        "{'ArnLike':{'aws:SourceArn':'arn:aws:s3:::source'},'StringEquals':{'aws:SourceAccount':'"
                                + ACCOUNT + "'}}"))
                .allows(
                        "log delivery for the source bucket",
                        PUT,
                        B + "/logs/x",
                        "aws:SourceArn=arn:aws:s3:::source",
                        "aws:SourceAccount=" + ACCOUNT)
                .doesNotAllow(
                        "log delivery for another account",
                        PUT,
                        B + "/logs/x",
                        "aws:SourceArn=arn:aws:s3:::source",
                        "aws:SourceAccount=" + OTHER)
                .rows()
                .stream();
        return Stream.of(publicRead, tls, range, mfa, acl, prefix, endpoint, throughEndpoint, logs)
                .flatMap(s -> s)
                .toList();
    }

    private static List<Arguments> encryptionPolicies() {
        Stream<Arguments> demand = Scenario.s3("UsingKMSEncryption", ALICE)
                .confirmed("Requiring server-side encryption")
                .identity(allow("s3:*", "*"))
                .bucket(statement("Deny", "*", PUT, IN_B, "{'StringNotEquals':{'" + SSE + "':'aws:kms'}}"))
                .allows("SSE-KMS is asked for", PUT, K, SSE + "=aws:kms")
                .denies("SSE-S3 is asked for", PUT, K, SSE + "=AES256")
                .denies("nothing is asked for", PUT, K)
                .rows()
                .stream();
        Stream<Arguments> oneKey = Scenario.s3("UsingKMSEncryption", ALICE)
                .identity(allow("s3:*", "*"))
                .bucket(statement("Deny", "*", PUT, IN_B, "{'ArnNotEqualsIfExists':{'" + SSE_KEY + "':'" + KEY + "'}}"))
                .allows("the key demanded", PUT, K, SSE_KEY + "=" + KEY)
                .denies("another key", PUT, K, SSE_KEY + "=" + KEY.replace("1111", "9999"))
                .denies("no key header: a negated operator with IfExists still denies", PUT, K)
                .rows()
                .stream();
        Stream<Arguments> dsse = Scenario.s3("specifying-dsse-encryption", ALICE)
                .identity(allow("s3:*", "*"))
                .bucket(statement("Deny", "*", PUT, IN_B, "{'StringNotEquals':{'" + SSE + "':'aws:kms:dsse'}}"))
                .allows("DSSE-KMS", PUT, K, SSE + "=aws:kms:dsse")
                .denies("SSE-KMS", PUT, K, SSE + "=aws:kms")
                .rows()
                .stream();
        Stream<Arguments> noCustomerKeys = Scenario.s3("ServerSideEncryptionCustomerKeys", ALICE)
                .confirmed("Requiring and restricting SSE-C")
                .identity(allow("s3:*", "*"))
                .bucket(statement("Deny", "*", PUT, IN_B, "{'Null':{'" + SSE_C + "':'false'}}"))
                .denies("SSE-C refused", PUT, K, SSE_C + "=AES256")
                .allows("anything else", PUT, K, SSE + "=aws:kms")
                .rows()
                .stream();
        Stream<Arguments> onlyCustomerKeys = Scenario.s3("ServerSideEncryptionCustomerKeys", ALICE)
                .confirmed("Requiring and restricting SSE-C")
                .identity(allow("s3:*", "*"))
                .bucket(statement("Deny", "*", PUT, IN_B, "{'Null':{'" + SSE_C + "':'true'}}"))
                .denies("only SSE-C accepted", PUT, K)
                .allows("SSE-C", PUT, K, SSE_C + "=AES256")
                .rows()
                .stream();
        return Stream.of(demand, oneKey, dsse, noCustomerKeys, onlyCustomerKeys)
                .flatMap(s -> s)
                .toList();
    }

    private static List<Arguments> crossAccount() {
        Stream<Arguments> own = Scenario.s3("example-walkthroughs-managing-access-example1", ALICE)
                .bucket(allow(ALICE.arn(), "s3:ListBucket", B))
                .allows("bucket policy for a user of the account", "s3:ListBucket", B)
                .doesNotAllow("what neither allows", PUT, K)
                .rows()
                .stream();
        Stream<Arguments> other = Scenario.s3("example-walkthroughs-managing-access-example2", BOB)
                .bucket(allow(OTHER_ROOT_ARN, "s3:ListBucket", B))
                .doesNotAllow("the other account has not delegated", "s3:ListBucket", B)
                .identity(allow("s3:ListBucket", B), allow(GET, IN_B))
                .allows("the other account has delegated", "s3:ListBucket", B)
                .doesNotAllow("a user's account cannot delegate more than it has", GET, K)
                .as(Principal.root(OTHER))
                .allows("the other account's root user", "s3:ListBucket", B)
                .rows()
                .stream();
        return Stream.concat(own, other).toList();
    }

    private static List<Arguments> keyPolicies() {
        String page = "key-policy-default";
        Stream<Arguments> enabled = Scenario.kms(page, ALICE)
                .key(allow(ROOT_ARN, "kms:*", "*"))
                .confirmed("Allows IAM policies to allow access to the KMS key")
                .doesNotAllow("IAM enabled, but no IAM policy", "kms:Decrypt", KEY)
                .identity(allow("kms:Decrypt", KEY))
                .allows("IAM enabled and an IAM policy", "kms:Decrypt", KEY)
                .doesNotAllow("not what the IAM policy leaves out", "kms:Encrypt", KEY)
                .as(Principal.root(ACCOUNT))
                .allows("the account's root user", "kms:PutKeyPolicy", KEY)
                .rows()
                .stream();
        Stream<Arguments> without = Scenario.kms(page, ALICE)
                .key(allow("arn:aws:iam::" + ACCOUNT + ":role/admin", "kms:*", "*"))
                .identity(allow("kms:*", "*"))
                .confirmed("Allows access to the AWS account and enables IAM policies")
                .doesNotAllow("IAM policies are ineffective without the statement", "kms:Decrypt", KEY)
                .rows()
                .stream();
        Principal admin = Principal.assumedRole(ACCOUNT, "admin", "s");
        String adminActions =
                "{'Effect':'Allow','Principal':{'AWS':'" + admin.roleArn().orElseThrow()
                        + "'},'Action':['kms:Create*','kms:Describe*','kms:Put*','kms:Disable*','kms:ScheduleKeyDeletion'],'Resource':'*'}";
        Stream<Arguments> admins = Scenario.kms(page, admin)
                .key(adminActions)
                .allows("a key administrator manages", "kms:DisableKey", KEY)
                .doesNotAllow("but does not use", "kms:Decrypt", KEY)
                .rows()
                .stream();
        String external = "key-policy-modifying-external-accounts";
        Stream<Arguments> others = Scenario.kms(external, BOB)
                .key(allow(OTHER_ROOT_ARN, "kms:*", "*"))
                .confirmed("Step 1 and Step 2")
                .doesNotAllow("the key policy alone is not enough", "kms:Decrypt", KEY)
                .identity(allow("kms:*", "*"))
                .allows("key policy and IAM policy", "kms:Decrypt", KEY)
                .allows("describe", "kms:DescribeKey", KEY)
                .doesNotAllow("not offered across accounts", "kms:ListResourceTags", KEY)
                .rows()
                .stream();
        Stream<Arguments> oneRegion = Scenario.kms("customer-managed-policies", ALICE)
                .key(allow(ROOT_ARN, "kms:*", "*"))
                .identity(allow("kms:Decrypt", "arn:aws:kms:eu-west-1:" + ACCOUNT + ":key/*"))
                .allows("keys of one account and Region", "kms:Decrypt", KEY)
                .doesNotAllow("keys of another Region", "kms:Decrypt", KEY.replace("eu-west-1", "eu-west-2"))
                .doesNotAllow("not other operations", "kms:Encrypt", KEY)
                .rows()
                .stream();
        Stream<Arguments> rcp = Scenario.kms("resource-control-policies", ALICE)
                .key(allow(ALICE.arn(), "kms:*", "*"))
                .resourceControl(
                        allow("*", "*", "*"),
                        statement("Deny", "*", "kms:*", "*", "{'StringNotEquals':{'aws:PrincipalOrgID':'o-1'}}"))
                .denies("a resource control policy binds customer managed keys", "kms:Decrypt", KEY)
                .awsManagedKey()
                .allows("and not keys AWS manages", "kms:Decrypt", KEY)
                .rows()
                .stream();
        return Stream.of(enabled, without, admins, others, oneRegion, rcp)
                .flatMap(s -> s)
                .toList();
    }

    private static List<Arguments> conditionKeys() {
        String page = "conditions-kms";
        String via = "kms:ViaService=s3.eu-west-1.amazonaws.com";
        Stream<Arguments> managed = Scenario.kms(page + " (policy of aws/s3)", ALICE)
                .awsManagedKey()
                .key(
                        statement(
                                "Allow",
                                "*",
                                "kms:*",
                                "*",
                                "{'StringEquals':{'kms:CallerAccount':'" + ACCOUNT
                                        + "','kms:ViaService':'s3.eu-west-1.amazonaws.com'}}"),
                        "{'Effect':'Allow','Principal':{'AWS':'" + ROOT_ARN
                                + "'},'Action':['kms:Describe*','kms:Get*','kms:List*'],'Resource':'*'}")
                .allows("through S3, without any IAM permission for KMS", "kms:Decrypt", KEY, via)
                .doesNotAllow("a direct call", "kms:Decrypt", KEY)
                .doesNotAllow(
                        "through another service", "kms:Decrypt", KEY, "kms:ViaService=ec2.eu-west-1.amazonaws.com")
                .doesNotAllow("metadata needs an IAM policy", "kms:DescribeKey", KEY)
                .as(BOB)
                .doesNotAllow("another account, even through S3", "kms:Decrypt", KEY, via)
                .identity(allow("kms:*", "*"))
                .doesNotAllow("another account with IAM permissions", "kms:Decrypt", KEY, via)
                .rows()
                .stream();
        Stream<Arguments> viaDeny = Scenario.kms(page, ALICE)
                .confirmed("kms:ViaService")
                .key(
                        allow(ALICE.arn(), "kms:*", "*"),
                        statement(
                                "Deny",
                                "*",
                                "kms:*",
                                "*",
                                "{'StringEquals':{'kms:ViaService':'lambda.eu-west-1.amazonaws.com'}}"))
                .denies(
                        "through the service denied",
                        "kms:Decrypt",
                        KEY,
                        "kms:ViaService=lambda.eu-west-1.amazonaws.com")
                .allows("directly", "kms:Decrypt", KEY)
                .rows()
                .stream();
        Stream<Arguments> context = Scenario.kms(page, ALICE)
                .confirmed("kms:EncryptionContext:context-key")
                .key(statement(
                        "Allow",
                        ALICE.arn(),
                        "kms:Decrypt",
                        "*",
                        "{'StringEquals':{'kms:EncryptionContext:AppName':'ExampleApp'}}"))
                .allows("the pair", "kms:Decrypt", KEY, "context/AppName=ExampleApp")
                .allows("the pair and more", "kms:Decrypt", KEY, "context/AppName=ExampleApp", "context/x=y")
                .allows("names ignore case", "kms:Decrypt", KEY, "context/appname=ExampleApp")
                .doesNotAllow("values do not", "kms:Decrypt", KEY, "context/AppName=exampleapp")
                .doesNotAllow("no context", "kms:Decrypt", KEY)
                .rows()
                .stream();
        Stream<Arguments> objects = Scenario.kms("bucket-key", ALICE)
                .confirmed("Changes to note before enabling an S3 Bucket Key")
                .key(statement(
                        "Allow",
                        ALICE.arn(),
                        "kms:Decrypt",
                        "*",
                        "{'StringLike':{'kms:EncryptionContext:aws:s3:arn':'" + IN_B + "'}}"))
                .allows("object ARN as context", "kms:Decrypt", KEY, "context/aws:s3:arn=" + K)
                .doesNotAllow(
                        "with a Bucket Key the context is the bucket", "kms:Decrypt", KEY, "context/aws:s3:arn=" + B)
                .rows()
                .stream();
        Stream<Arguments> keys = Scenario.kms(page, ALICE)
                .confirmed("kms:EncryptionContextKeys")
                .key(statement(
                        "Allow",
                        ALICE.arn(),
                        "kms:GenerateDataKey",
                        "*",
                        "{'ForAllValues:StringEquals':{'kms:EncryptionContextKeys':['AppName','FilePath']}}"))
                .allows("both names", "kms:GenerateDataKey", KEY, "context/AppName=a", "context/FilePath=b")
                .allows("one name", "kms:GenerateDataKey", KEY, "context/AppName=a")
                .doesNotAllow("another name", "kms:GenerateDataKey", KEY, "context/AppName=a", "context/z=b")
                .rows()
                .stream();
        Stream<Arguments> caller = Scenario.kms(page, ALICE)
                .confirmed("kms:CallerAccount")
                .key(statement(
                        "Allow", "*", "kms:Decrypt", "*", "{'StringEquals':{'kms:CallerAccount':'" + ACCOUNT + "'}}"))
                .allows("a caller of the account", "kms:Decrypt", KEY)
                .as(BOB)
                .doesNotAllow("a caller of another", "kms:Decrypt", KEY)
                .rows()
                .stream();
        Stream<Arguments> forResource = Scenario.kms(page, ALICE)
                .confirmed("kms:GrantIsForAWSResource")
                .key(statement(
                        "Allow", ALICE.arn(), "kms:CreateGrant", "*", "{'Bool':{'kms:GrantIsForAWSResource':true}}"))
                .allows("by a service for its resource", "kms:CreateGrant", KEY, "kms:GrantIsForAWSResource=true")
                .doesNotAllow("directly", "kms:CreateGrant", KEY)
                .rows()
                .stream();
        Stream<Arguments> operations = Scenario.kms(page, ALICE)
                .confirmed("kms:GrantOperations")
                .key(statement(
                        "Allow",
                        ALICE.arn(),
                        "kms:CreateGrant",
                        "*",
                        "{'ForAllValues:StringEquals':{'kms:GrantOperations':['Encrypt','Decrypt']}}"))
                .allows("listed operations", "kms:CreateGrant", KEY, "kms:GrantOperations=Decrypt")
                .doesNotAllow(
                        "one more", "kms:CreateGrant", KEY, "kms:GrantOperations=Decrypt", "kms:GrantOperations=Sign")
                .rows()
                .stream();
        return Stream.of(managed, viaDeny, context, objects, keys, caller, forResource, operations)
                .flatMap(s -> s)
                .toList();
    }

    private static List<Arguments> grants() {
        Grant grant = new Grant(
                "g", KEY, ALICE.arn(), Set.of("Decrypt", "GenerateDataKey"), Map.of(), Map.of("Department", "IT"));
        return Scenario.kms("grants", ALICE)
                .grant(grant)
                .allows("the context contains the pair", "kms:Decrypt", KEY, "context/Department=IT", "context/a=b")
                .doesNotAllow("the context lacks the pair", "kms:Decrypt", KEY, "context/a=b")
                .doesNotAllow("an operation not granted", "kms:Encrypt", KEY, "context/Department=IT")
                .key(statement("Deny", "*", "kms:Decrypt", "*", ""))
                .denies("an explicit deny overrides a grant", "kms:Decrypt", KEY, "context/Department=IT")
                .rows();
    }
}
