package dev.s3envelope.core.advice;

import static dev.s3envelope.core.advice.Texts.APP;
import static dev.s3envelope.core.advice.Texts.KEY;
import static dev.s3envelope.core.advice.Texts.OWN;
import static dev.s3envelope.core.advice.Texts.PARTNER;
import static dev.s3envelope.core.advice.Texts.allow;
import static dev.s3envelope.core.advice.Texts.allowIf;
import static dev.s3envelope.core.advice.Texts.bucket;
import static dev.s3envelope.core.advice.Texts.file;
import static dev.s3envelope.core.advice.Texts.key;
import static dev.s3envelope.core.advice.Texts.keyWith;
import static dev.s3envelope.core.advice.Texts.kms;
import static dev.s3envelope.core.advice.Texts.managedKms;
import static dev.s3envelope.core.advice.Texts.principal;
import static dev.s3envelope.core.advice.Texts.sseS3;
import static dev.s3envelope.core.advice.Texts.withPolicy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.PolicySyntaxException;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.Verdict;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PolicySimulatorTest {
    private static final String OBJECTS = "arn:aws:s3:::bkt/*";
    private static final String READ = access(APP, "read", "");
    private static final String READS = allow("s3:GetObject", OBJECTS);
    private static final String DECRYPTS = allow("kms:Decrypt", KEY);
    private static final String VIA = "'StringEquals':{'kms:ViaService':'s3.eu-west-1.amazonaws.com'}";
    private static final String CONTEXT = "'kms:EncryptionContext:aws:s3:arn'";

    private static String access(String principal, String task, String fields) {
        return "{'principal':'" + principal + "','task':'" + task + "','object':'s3://bkt/k'" + fields + "}";
    }

    private static String encryption(String fields) {
        return ",'encryption':{" + fields + "}";
    }

    private record Row(String why, String json, Verdict s3, Verdict kms) {
        @Override
        public String toString() {
            return why;
        }
    }

    private static Row row(String why, Verdict s3, Verdict kms, String json) {
        return new Row(why, json, s3, kms);
    }

    static Stream<Row> rows() {
        Verdict yes = Verdict.ALLOWED;
        Verdict no = Verdict.DENIED;
        Verdict unknown = Verdict.UNKNOWN;
        String b = bucket("bkt", kms(KEY, false));
        String withBucketKey = bucket("bkt", kms(KEY, true));
        String boundObject = allowIf("kms:Decrypt", KEY, "'StringLike':{" + CONTEXT + ":'arn:aws:s3:::bkt/*'}");
        String deny = allow("*", "s3:GetObject", OBJECTS, "").replace("Allow", "Deny");
        String clientSide = encryption("'mode':'client-side','key':'" + KEY + "'");
        return Stream.of(
                row("both gates open", yes, yes, file(principal(APP, READS, DECRYPTS), b, key(KEY), READ)),
                row("no KMS right", yes, no, file(principal(APP, READS), b, key(KEY), READ)),
                row("no S3 right", no, yes, file(principal(APP, DECRYPTS), b, key(KEY), READ)),
                row(
                        "bucket policy denies",
                        no,
                        yes,
                        file(
                                principal(APP, READS, DECRYPTS),
                                bucket("bkt", kms(KEY, false) + withPolicy(deny)),
                                key(KEY),
                                READ)),
                row(
                        "through S3 only, and S3 asks",
                        yes,
                        yes,
                        file(principal(APP, READS, allowIf("kms:Decrypt", KEY, VIA)), b, key(KEY), READ)),
                row(
                        "through S3 only, and the client asks",
                        yes,
                        no,
                        file(
                                principal(APP, READS, allowIf("kms:Decrypt", KEY, VIA)),
                                b,
                                key(KEY),
                                access(APP, "read", clientSide))),
                row(
                        "object context without Bucket Keys",
                        yes,
                        yes,
                        file(principal(APP, READS, boundObject), b, key(KEY), READ)),
                row(
                        "object context with Bucket Keys",
                        yes,
                        no,
                        file(principal(APP, READS, boundObject), withBucketKey, key(KEY), READ)),
                row(
                        "the request's encryption wins over the bucket's",
                        yes,
                        yes,
                        file(
                                principal(APP, READS, boundObject),
                                withBucketKey,
                                key(KEY),
                                access(APP, "read", encryption("'mode':'sse-kms','key':'" + KEY + "'")))),
                row("SSE-S3 asks no KMS", yes, yes, file(principal(APP, READS), bucket("bkt", sseS3()), "", READ)),
                row(
                        "client-side over SSE-KMS asks twice",
                        yes,
                        no,
                        file(
                                principal(APP, READS, allowIf("kms:Decrypt", KEY, VIA)),
                                b,
                                key(KEY),
                                access(
                                        APP,
                                        "read",
                                        ",'encryption':[{'mode':'client-side','key':'" + KEY
                                                + "'},{'mode':'sse-kms','key':'" + KEY + "'}]"))),
                row(
                        "multipart needs Decrypt",
                        yes,
                        no,
                        file(
                                principal(
                                        APP,
                                        allow("s3:PutObject s3:AbortMultipartUpload", OBJECTS),
                                        allow("kms:GenerateDataKey", KEY)),
                                b,
                                key(KEY),
                                access(APP, "write-multipart", ""))),
                row(
                        "a small write does not",
                        yes,
                        yes,
                        file(
                                principal(APP, allow("s3:PutObject", OBJECTS), allow("kms:GenerateDataKey", KEY)),
                                b,
                                key(KEY),
                                access(APP, "write", ""))),
                row(
                        "a disabled key keeps everybody out",
                        yes,
                        no,
                        file(
                                principal(APP, READS, DECRYPTS),
                                b,
                                keyWith(KEY, ",'state':'Disabled'", Texts.DELEGATION),
                                READ)),
                row(
                        "a grant opens",
                        yes,
                        yes,
                        file(
                                principal(APP, READS),
                                b,
                                keyWith(
                                        KEY,
                                        ",'grants':[{'granteePrincipal':'" + APP + "','operations':['Decrypt']}]",
                                        Texts.DELEGATION),
                                READ)),
                row(
                        "a boundary limits",
                        yes,
                        no,
                        file(
                                principal(APP, READS, DECRYPTS)
                                        .replaceFirst("\\{", "{'boundary':" + Texts.policy(allow("s3:*", "*")) + ","),
                                b,
                                key(KEY),
                                READ)),
                row(
                        "session policies limit",
                        no,
                        yes,
                        file(
                                principal(APP, READS, DECRYPTS)
                                        .replaceFirst(
                                                "\\{",
                                                "{'sessionPolicies':[" + Texts.policy(allow("kms:*", "*")) + "],"),
                                b,
                                key(KEY),
                                READ)),
                row(
                        "a service control policy limits",
                        yes,
                        no,
                        file(
                                principal(APP, READS, DECRYPTS)
                                        .replaceFirst(
                                                "\\{",
                                                "{'serviceControlPolicies':[[" + Texts.policy(allow("s3:*", "*"))
                                                        + "]],"),
                                b,
                                key(KEY),
                                READ)),
                row(
                        "a resource control policy limits",
                        yes,
                        no,
                        file(
                                principal(APP, READS, DECRYPTS),
                                b,
                                keyWith(
                                        KEY,
                                        ",'resourceControlPolicies':[[" + Texts.policy(allow("*", "s3:*", "*", ""))
                                                + "]]",
                                        Texts.DELEGATION),
                                READ)),
                row(
                        "cross account without bucket and key policy",
                        no,
                        no,
                        file(principal(PARTNER, READS, DECRYPTS), b, key(KEY), access(PARTNER, "read", ""))),
                row(
                        "cross account with both",
                        yes,
                        yes,
                        file(
                                principal(PARTNER, READS, DECRYPTS),
                                bucket(
                                        "bkt",
                                        kms(KEY, false)
                                                + withPolicy(
                                                        allow("'AWS':'" + PARTNER + "'", "s3:GetObject", OBJECTS, ""))),
                                key(KEY, allow("'AWS':'" + PARTNER + "'", "kms:Decrypt", "*", "")),
                                access(PARTNER, "read", ""))),
                row(
                        "a foreign object is beyond the bucket policy",
                        no,
                        yes,
                        file(
                                principal(APP, READS, DECRYPTS),
                                b,
                                key(KEY),
                                access(APP, "read", ",'objectOwner':'444455556666'"))),
                row(
                        "a header the bucket policy demands",
                        yes,
                        yes,
                        file(
                                principal(APP, allow("s3:PutObject", OBJECTS), allow("kms:GenerateDataKey", KEY)),
                                bucket("bkt", withPolicy(demandKms())),
                                key(KEY),
                                access(APP, "write", encryption("'mode':'sse-kms','key':'" + KEY + "'")))),
                row(
                        "the header missing",
                        no,
                        yes,
                        file(
                                principal(APP, allow("s3:PutObject", OBJECTS), allow("kms:GenerateDataKey", KEY)),
                                bucket("bkt", kms(KEY, false) + withPolicy(demandKms())),
                                key(KEY),
                                access(APP, "write", ""))),
                row(
                        "a condition key given",
                        yes,
                        yes,
                        file(
                                principal(
                                        APP,
                                        allowIf("s3:GetObject", OBJECTS, "'IpAddress':{'aws:SourceIp':'192.0.2.0/24'}"),
                                        DECRYPTS),
                                b,
                                key(KEY),
                                access(APP, "read", ",'conditions':{'aws:SourceIp':'192.0.2.7'}"))),
                row(
                        "aws/s3 within the account",
                        yes,
                        yes,
                        file(
                                principal(APP, READS),
                                bucket("bkt", managedKms()),
                                keyWith(
                                        KEY,
                                        ",'awsManaged':true",
                                        allow(
                                                "*",
                                                "kms:Decrypt",
                                                "*",
                                                "'StringEquals':{'kms:CallerAccount':'" + OWN
                                                        + "','kms:ViaService':'s3.eu-west-1.amazonaws.com'}")),
                                READ)),
                row("anonymous", no, no, file("{'arn':'anonymous'}", b, key(KEY), access("anonymous", "read", ""))),
                row("no such bucket", unknown, unknown, file(principal(APP, READS, DECRYPTS), "", key(KEY), READ)),
                row("no such key", yes, unknown, file(principal(APP, READS, DECRYPTS), b, "", READ)),
                row(
                        "key without policy",
                        yes,
                        unknown,
                        file(principal(APP, READS, DECRYPTS), b, "{'arn':'" + KEY + "'}", READ)),
                row(
                        "alias as default key",
                        yes,
                        unknown,
                        file(principal(APP, READS, DECRYPTS), bucket("bkt", kms("alias/a", false)), key(KEY), READ)),
                row(
                        "default encryption unknown",
                        yes,
                        unknown,
                        file(principal(APP, READS, DECRYPTS), bucket("bkt", ""), key(KEY), READ)));
    }

    private static String demandKms() {
        return allow("*", "s3:PutObject", OBJECTS, "'StringNotEquals':{'s3:x-amz-server-side-encryption':'aws:kms'}")
                .replace("Allow", "Deny");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void saysWhichGateOpens(Row row) {
        Simulation simulation = simulate(row.json());
        assertEquals(row.s3(), simulation.verdict(AccessGate.S3), () -> simulation.text(true));
        assertEquals(row.kms(), simulation.verdict(AccessGate.KMS), () -> simulation.text(true));
        Verdict expected = row.s3() == Verdict.DENIED || row.kms() == Verdict.DENIED
                ? Verdict.DENIED
                : row.s3() == Verdict.ALLOWED && row.kms() == Verdict.ALLOWED ? Verdict.ALLOWED : Verdict.UNKNOWN;
        assertEquals(expected, simulation.verdict());
    }

    private static Simulation simulate(String json) {
        List<AccessCase> cases = AccessCase.fromJson(json, "test");
        return PolicySimulator.of(AccessDocuments.fromJson(json, "test")).simulate(cases.get(0));
    }

    @Test
    void tellsStatementByStatement() {
        Simulation simulation =
                simulate(file(principal(APP, READS, DECRYPTS), bucket("bkt", kms(KEY, false)), key(KEY), READ));
        String text = simulation.text(true);
        assertTrue(text.startsWith("allowed  " + APP + " read s3://bkt/k"), text);
        assertTrue(
                text.contains("rests on Allow statement 1 of identity-based policy 'policy of " + APP + " (1)'"), text);
        assertTrue(text.contains("does not apply: Action wants [kms:Decrypt], the request has s3:GetObject"), text);
        assertTrue(simulation.json().contains("\"kms\" : \"allowed\""), simulation.json());
        assertTrue(Simulation.json(List.of(simulation)).contains("\"simulations\""));
    }

    @Test
    void principalWithoutDocumentsIsRefused() {
        String json = file("", bucket("bkt", sseS3()), "", READ);
        assertThrows(IllegalArgumentException.class, () -> simulate(json));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'version':2}                                                      | $.version
            {'version':1,'bukets':[]}                                          | $.bukets
            {'version':1,'buckets':[{}]}                                       | $.buckets[0].name
            {'version':1,'buckets':[{'name':'x'}]}                             | $.buckets[0].name
            {'version':1,'buckets':[{'name':'b--euw1-az1--x-s3'}]}             | $.buckets[0].name
            {'version':1,'buckets':[{'name':'abc','account':'1'}]}             | $.buckets[0].account
            {'version':1,'buckets':[{'name':'abc','policy':{'Statement':7}}]}  | $.buckets[0].policy
            {'version':1,'keys':[{'arn':'alias/a'}]}                           | $.keys[0].arn
            {'version':1,'principals':[{'arn':'bob'}]}                         | $.principals[0].arn
            {'version':1,'access':[{'principal':'a','object':'b/k'}]}          | $.access[0].object
            {'version':1,'access':[{'principal':'a','object':'s3://bbb/k','task':'replicate'}]} | $.access[0].task
            """)
    void mistakesAreReportedWithTheirPlace(String json, String path) {
        PolicySyntaxException problem = assertThrows(
                PolicySyntaxException.class, () -> AccessDocuments.fromJson(json.replace('\'', '"'), "test"));
        assertEquals(path, problem.path());
    }
}
