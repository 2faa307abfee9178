package dev.s3envelope.core.iam;

import static dev.s3envelope.core.iam.Policies.quotes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.policybuilder.iam.IamEffect;
import software.amazon.awssdk.policybuilder.iam.IamPolicy;
import software.amazon.awssdk.policybuilder.iam.IamPrincipal;
import software.amazon.awssdk.policybuilder.iam.IamStatement;

/** What is refused when a document is read, and how the refusal reads. */
class MalformedPolicyTest {
    private static final String OK = "'Effect':'Allow','Action':'s3:GetObject','Resource':'*'";
    private static final String TO_ALL = "'Principal':'*',";

    static Stream<Arguments> refusals() {
        PolicyType id = PolicyType.IDENTITY;
        PolicyType bucket = PolicyType.BUCKET;
        PolicyType key = PolicyType.KEY;
        return Stream.of(
                // JSON
                Arguments.of(id, "", "Syntax errors in policy."),
                Arguments.of(id, "nonsense", "Syntax errors in policy."),
                Arguments.of(id, "{'Version':'2012-10-17'", "Syntax errors in policy."),
                Arguments.of(id, "[]", "Syntax errors in policy."),
                Arguments.of(bucket, "", "Policies must be valid JSON and the first byte must be '{'"),
                Arguments.of(bucket, "<Policy/>", "Policies must be valid JSON and the first byte must be '{'"),
                Arguments.of(key, "{,}", "This policy contains invalid Json"),
                Arguments.of(id, one(OK) + "x", "Syntax errors in policy."),
                Arguments.of(id, one(OK) + "{}", "text after the end of the document"),
                Arguments.of(
                        id,
                        "{'Version':'2012-10-17','Version':'2012-10-17','Statement':[]}",
                        "Syntax errors in policy."),
                Arguments.of(id, one(OK + ",'Action':'s3:*'"), "Syntax errors in policy."),
                Arguments.of(
                        id,
                        one(OK + ",'Condition':{'Bool':{'a:b':true},'Bool':{'a:c':true}}"),
                        "Syntax errors in policy."),
                // Structure
                Arguments.of(id, "{'Version':'2012-10-17'}", "Missing required field Statement"),
                Arguments.of(id, "{'Version':'2012-10-17','Statement':[]}", "Missing required field Statement"),
                Arguments.of(id, "{'Version':'2012-10-17','Statement':'x'}", "Statement must be an object"),
                Arguments.of(id, "{'Version':'2012-10-17','Statement':[[]]}", "Statement must be an object"),
                Arguments.of(id, "{'Version':'2012-10-17','Comment':'x','Statement':[]}", "Unknown field Comment"),
                Arguments.of(id, "{'Version':20121017,'Statement':[]}", "Version must be a string"),
                Arguments.of(
                        id,
                        "{'Version':'2020-01-01','Statement':{" + OK + "}}",
                        "The policy must contain a valid version string"),
                Arguments.of(id, one(OK + ",'Conditions':{}"), "Unknown field Conditions"),
                Arguments.of(id, one("'effect':'Allow'"), "Unknown field effect"),
                Arguments.of(id, one("'Action':'s3:*','Resource':'*'"), "Missing required field Effect"),
                Arguments.of(id, one("'Effect':'Permit','Action':'s3:*','Resource':'*'"), "Invalid effect: Permit"),
                Arguments.of(id, one("'Effect':'allow','Action':'s3:*','Resource':'*'"), "Invalid effect: allow"),
                Arguments.of(id, one("'Effect':null,'Action':'s3:*','Resource':'*'"), "Effect must be a string"),
                Arguments.of(
                        id,
                        one("'Effect':'Allow','Action':{},'Resource':'*'"),
                        "Action must be a string or a list of strings"),
                Arguments.of(
                        id,
                        one("'Effect':'Allow','Action':[7],'Resource':'*'"),
                        "Action must be a string or a list of strings"),
                Arguments.of(id, one("'Effect':'Allow','Action':[],'Resource':'*'"), "Action has an empty list"),
                // Actions and resources
                Arguments.of(id, one("'Effect':'Allow','Resource':'*'"), "Policy statement must contain actions."),
                Arguments.of(id, one("'Effect':'Allow','Action':'s3:*'"), "Policy statement must contain resources."),
                Arguments.of(bucket, one(TO_ALL + "'Effect':'Allow','Resource':'*'"), "Missing required field Action"),
                Arguments.of(
                        bucket, one(TO_ALL + "'Effect':'Allow','Action':'s3:*'"), "Missing required field Resource"),
                Arguments.of(id, one(OK + ",'NotAction':'s3:*'"), "Action and NotAction exclude each other"),
                Arguments.of(id, one(OK + ",'NotResource':'*'"), "Resource and NotResource exclude each other"),
                Arguments.of(
                        id,
                        one("'Effect':'Allow','Action':'GetObject','Resource':'*'"),
                        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: GetObject"),
                Arguments.of(
                        id,
                        one("'Effect':'Allow','Action':'s3*:Get','Resource':'*'"),
                        "Policy has invalid action: s3*:Get"),
                Arguments.of(
                        id, one("'Effect':'Allow','Action':'s3:','Resource':'*'"), "Policy has invalid action: s3:"),
                Arguments.of(
                        bucket,
                        one(TO_ALL + "'Effect':'Allow','Action':'kms:Decrypt','Resource':'*'"),
                        "Policy has invalid action: kms:Decrypt"),
                Arguments.of(
                        id,
                        one("'Effect':'Allow','Action':'s3:*','Resource':'reports/*'"),
                        "Resource reports/* must be in ARN format or \"*\"."),
                Arguments.of(
                        id,
                        one("'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:*'"),
                        "Resource arn:aws:* must be in ARN format or \"*\"."),
                Arguments.of(
                        id,
                        one("'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::${aws:username'"),
                        "Policy variable is not closed: arn:aws:s3:::${aws:username"),
                // Principals
                Arguments.of(id, one(TO_ALL + OK), "Policy document should not specify a principal."),
                Arguments.of(
                        PolicyType.SERVICE_CONTROL,
                        one(TO_ALL + OK),
                        "Policy document should not specify a principal."),
                Arguments.of(PolicyType.SESSION, one(TO_ALL + OK), "Policy document should not specify a principal."),
                Arguments.of(bucket, one(OK), "Missing required field Principal"),
                Arguments.of(key, one(OK), "Missing required field Principal"),
                Arguments.of(bucket, one("'Principal':'alice'," + OK), "Principal must be an object"),
                Arguments.of(
                        bucket, one("'Principal':{}," + OK), "Invalid principal in policy: Principal names nobody"),
                Arguments.of(bucket, one("'Principal':{'AWS':[]}," + OK), "Principal AWS has an empty list"),
                Arguments.of(
                        bucket,
                        one("'Principal':{'AWS':'alice'}," + OK),
                        "Invalid principal in policy: \"AWS\":\"alice\""),
                Arguments.of(
                        bucket,
                        one("'Principal':{'AWS':'arn:aws:iam::111122223333:user/*'}," + OK),
                        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:user/*\""),
                Arguments.of(
                        bucket,
                        one("'Principal':{'AWS':'11112222333'}," + OK),
                        "Invalid principal in policy: \"AWS\":\"11112222333\""),
                Arguments.of(
                        bucket,
                        one("'Principal':{'Group':'x'}," + OK),
                        "Invalid principal in policy: unknown type Group"),
                Arguments.of(
                        bucket,
                        one("'Principal':{'Service':'*'}," + OK),
                        "Invalid principal in policy: \"Service\":\"*\""),
                Arguments.of(
                        bucket,
                        one(TO_ALL + "'NotPrincipal':'*'," + OK),
                        "Principal and NotPrincipal exclude each other"),
                Arguments.of(
                        bucket,
                        one("'NotPrincipal':{'AWS':'111122223333'}," + OK),
                        "NotPrincipal must be used with Effect Deny"),
                Arguments.of(
                        PolicyType.RESOURCE_CONTROL,
                        one("'Principal':{'AWS':'111122223333'}," + OK),
                        "The principal of a resource control policy must be *"),
                // Conditions
                Arguments.of(id, condition("{'StringMatches':{'a:b':'x'}}"), "Invalid Condition type : StringMatches"),
                Arguments.of(id, condition("{'NullIfExists':{'a:b':'true'}}"), "Invalid Condition type : NullIfExists"),
                Arguments.of(id, condition("'x'"), "Condition must be an object"),
                Arguments.of(id, condition("{'Bool':'x'}"), "Condition Bool must be an object"),
                Arguments.of(id, condition("{'Bool':{'':'true'}}"), "Condition Bool has a key without a name"),
                Arguments.of(
                        id, condition("{'StringEquals':{'a:b':[]}}"), "Condition StringEquals a:b has an empty list"),
                Arguments.of(
                        id,
                        condition("{'StringEquals':{'a:b':null}}"),
                        "Condition StringEquals a:b must be a string or a list of strings"),
                Arguments.of(id, condition("{'NumericEquals':{'a:b':'ten'}}"), "Not a number: ten"),
                Arguments.of(id, condition("{'NumericEquals':{'a:b':'1e9999'}}"), "Not a number: 1e9999"),
                Arguments.of(
                        id, condition("{'DateEquals':{'a:b':'soon'}}"), "Not an ISO 8601 date or epoch time: soon"),
                Arguments.of(id, condition("{'Bool':{'a:b':'yes'}}"), "Not true or false: yes"),
                Arguments.of(id, condition("{'Null':{'a:b':'x'}}"), "Not true or false: x"),
                Arguments.of(id, condition("{'BinaryEquals':{'a:b':'%'}}"), "Not base64: %"),
                Arguments.of(
                        id, condition("{'IpAddress':{'a:b':'10.0.0.0/33'}}"), "Not a CIDR prefix length: 10.0.0.0/33"),
                Arguments.of(
                        id,
                        condition("{'IpAddress':{'a:b':'localhost'}}"),
                        "Not an IP address or CIDR range: localhost"),
                // Sids
                Arguments.of(id, one("'Sid':'a b'," + OK), "Statement IDs (SID) must be alpha-numeric"),
                Arguments.of(
                        id,
                        "{'Version':'2012-10-17','Statement':[{'Sid':'a'," + OK + "},{'Sid':'a'," + OK + "}]}",
                        "Statement IDs (SID) in a single policy must be unique"));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource
    void refusals(PolicyType type, String json, String reason) {
        MalformedPolicyException refused = assertThrows(
                MalformedPolicyException.class, () -> PolicyDocument.parse(type, "the-name", quotes(json)));
        assertEquals(reason, refused.reason());
        assertTrue(String.valueOf(refused.getMessage()).startsWith("Policy 'the-name' refused: "), refused::getMessage);
        assertInstanceOf(EnvelopeException.class, refused);
    }

    @ParameterizedTest(name = "{0} holds {1}")
    @CsvSource({
        "IDENTITY, 10240",
        "MANAGED, 6144",
        "USER_INLINE, 2048",
        "GROUP_INLINE, 5120",
        "ROLE_INLINE, 10240",
        "PERMISSIONS_BOUNDARY, 6144",
        "SESSION, 2048",
        "BUCKET, 20480",
        "KEY, 32768"
    })
    void refusesDocument_whenItIsOneOverTheLimit(PolicyType type, int limit) {
        String start = quotes("{'Version':'2012-10-17','Statement':{" + (type.needsPrincipal() ? TO_ALL : "")
                + "'Effect':'Allow','Action':'s3:GetObject','Resource':'arn:aws:s3:::b/");
        String fill = "x".repeat(limit - start.length() - 3);
        PolicyDocument.parse(type, "full", start + fill + "\"}}");
        MalformedPolicyException refused = assertThrows(
                MalformedPolicyException.class, () -> PolicyDocument.parse(type, "over", start + fill + "x\"}}"));
        assertTrue(refused.reason().contains(limit + " "), refused.reason());
        assertTrue(refused.reason().endsWith("exceeded by 1"), refused.reason());
        if (type.countsCharactersWithoutSpace()) {
            PolicyDocument.parse(type, "spacious", start + fill + "\"}}" + " ".repeat(500));
        }
    }

    @Test
    void messageTellsLineAndColumn() {
        MalformedPolicyException refused = assertThrows(
                MalformedPolicyException.class,
                () -> PolicyDocument.parse(
                        PolicyType.IDENTITY, "p", quotes("{'Statement':[\n{'Effect':'Allow',\n  'Actoin':'s3:*'}]}")));
        assertEquals("Policy 'p' refused: Unknown field Actoin (line 3, column 12)", refused.getMessage());
    }

    @Test
    void messageTellsStatementAndSid() {
        MalformedPolicyException refused = assertThrows(
                MalformedPolicyException.class,
                () -> Policies.document(
                        PolicyType.IDENTITY, "{" + OK + "}", "{'Sid':'Two','Effect':'Deny','Action':'s3:*'}"));
        assertEquals(
                "Policy 'IDENTITY' refused: Policy statement must contain resources. (statement 2 'Two')",
                refused.getMessage());
    }

    @Test
    void readsWhatTheBuilderWrites() {
        IamPolicy built = IamPolicy.builder()
                .addStatement(IamStatement.builder()
                        .sid("Allow access for key users")
                        .effect(IamEffect.ALLOW)
                        .addPrincipal(IamPrincipal.create("AWS", Policies.ROOT_ARN))
                        .addPrincipal(IamPrincipal.create("AWS", Policies.OTHER_ROOT_ARN))
                        .addPrincipal(IamPrincipal.create("Service", "s3.amazonaws.com"))
                        .addAction("kms:Decrypt")
                        .addResource("*")
                        .addCondition(c ->
                                c.operator("Bool").key("aws:SecureTransport").value("true"))
                        .build())
                .build();
        PolicyDocument document = PolicyDocument.of(PolicyType.KEY, "built", built);
        assertEquals(built, document.policy());
        assertEquals("Allow access for key users", document.statements().get(0).sid());
    }

    /** Why the grammar is checked before the builder's reader sees the text: it would take each of these for something else. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "{'Statement':{'Effect':'Allow','Action':'s3:*','Resource':'*'}} trailing",
                "{'Statement':{'Effect':'Allow','Action':'s3:*','Resource':'*','Conditions':{}}}",
                "{'Statement':{'Effect':'Allow','Action':'s3:Get*','Action':'s3:*','Resource':'*'}}",
                "{'Statement':{'Effect':'Allow','Action':'s3:*','Resource':'*','Condition':{'StringEquals':{'a:b':[]}}}}"
            })
    void refusesWhatTheBuildersReaderWouldIgnore(String json) {
        IamPolicy lenient = IamPolicy.fromJson(quotes(json));
        assertEquals(List.of(), lenient.statements().get(0).conditions());
        assertThrows(
                MalformedPolicyException.class, () -> PolicyDocument.parse(PolicyType.IDENTITY, "p", quotes(json)));
    }

    @ParameterizedTest(name = "in a policy of bucket reports: {0} fits {1}")
    @CsvSource({
        "arn:aws:s3:::reports, true",
        "arn:aws:s3:::reports/*, true",
        "arn:aws:s3:::reports/a/b, true",
        "arn:aws:s3:::rep*, true",
        "arn:aws:s3:::*, true",
        "*, true",
        "arn:aws:s3:::other/*, false",
        "arn:aws:s3:::reports2, false",
        "arn:aws:kms:eu-west-1:111122223333:key/k, false",
    })
    void bucketPolicyNamesItsBucketOnly(String resource, boolean fits) {
        PolicyDocument document = Policies.document(PolicyType.BUCKET, Policies.allow("*", "s3:GetObject", resource));
        if (fits) {
            document.requireResourcesOf(Policies.BUCKET);
        } else {
            MalformedPolicyException refused =
                    assertThrows(MalformedPolicyException.class, () -> document.requireResourcesOf(Policies.BUCKET));
            assertEquals("Policy has invalid resource: " + resource, refused.reason());
        }
    }

    @ParameterizedTest(name = "damaged documents, seed {0}")
    @ValueSource(longs = {1, 20261120, 77})
    void onlyTheDeclaredExceptionEscapes_whenDocumentsAreDamaged(long seed) {
        String whole = quotes(
                "{'Version':'2012-10-17','Id':'x','Statement':[{'Sid':'S','Effect':'Allow',"
                        + "'Principal':{'AWS':['" + Policies.ROOT_ARN
                        + "','*'],'Service':'s3.amazonaws.com'},'Action':['s3:Get*'],"
                        + "'Resource':['arn:aws:s3:::b/${aws:username}/*'],'Condition':{'NumericLessThan':{'a:b':[1,2.5]},"
                        + "'IpAddress':{'aws:SourceIp':'10.0.0.0/8'},'DateLessThan':{'aws:CurrentTime':'2026-01-01T00:00:00Z'}}}]}");
        Random random = new Random(seed);
        List<PolicyType> types = List.of(PolicyType.BUCKET, PolicyType.KEY, PolicyType.IDENTITY);
        int refused = 0;
        for (int i = 0; i < 3_000; i++) {
            StringBuilder damaged = new StringBuilder(whole);
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                int at = random.nextInt(damaged.length());
                switch (random.nextInt(3)) {
                    case 0 -> damaged.deleteCharAt(at);
                    case 1 -> damaged.setCharAt(at, "{}[]\":,*?$0a\u0000\ud83d".charAt(random.nextInt(14)));
                    default -> damaged.setLength(Math.max(8, at));
                }
            }
            try {
                PolicyDocument.parse(types.get(i % types.size()), "damaged", damaged.toString());
            } catch (MalformedPolicyException e) {
                refused++;
            }
        }
        assertTrue(refused > 2_000, "seed " + seed + " refused only " + refused);
    }

    private static String one(String statement) {
        return "{'Version':'2012-10-17','Statement':[{" + statement + "}]}";
    }

    private static String condition(String condition) {
        return one(OK + ",'Condition':" + condition);
    }
}
