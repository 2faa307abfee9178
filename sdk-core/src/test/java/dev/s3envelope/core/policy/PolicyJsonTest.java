package dev.s3envelope.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.PolicySyntaxException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.DsseKms;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyJsonTest {
    private static final String ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private static final SseCKeySource BACKUP = SseCKeySource.fixed("backup", SseCKey.of(new byte[32]));
    private static final KeySources SOURCES = KeySources.of(BACKUP);

    private static final String EXAMPLE = """
            {
              "version": 1,
              "rules": [
                {
                  "name": "payroll",
                  "match": {
                    "bucket": "corp-*",
                    "keyPrefix": ["payroll/", "hr/"],
                    "keyPattern": "**/salary-*.csv",
                    "size": {"min": 1, "max": 1048576},
                    "contentType": ["text/csv", "image/*"],
                    "metadata": {"class": "secret*"},
                    "tags": {"Team": "blue"}
                  },
                  "strength": "enforce",
                  "mode": {"type": "sse-kms", "key": "KEY", "bucketKey": "enabled", "context": {"department": "hr"}}
                },
                {"name": "dsse", "match": {"bucket": "dual"}, "strength": "enforce", "mode": {"type": "dsse-kms", "key": "alias/dual"}},
                {"name": "backups", "match": {"tags": {"class": "backup"}}, "strength": "enforce", "mode": {"type": "sse-c", "keySource": "backup"}},
                {"name": "managed", "match": {"keyPrefix": "m/"}, "strength": "default", "mode": {"type": "sse-kms", "key": "aws/s3"}},
                {"name": "plain", "match": {"keyPrefix": "p/"}, "strength": "default", "mode": {"type": "bucket-default"}},
                {"name": "rest", "strength": "default", "mode": {"type": "sse-s3"}}
              ]
            }
            """.replace("KEY", ARN);

    @Test
    void readsEveryField() {
        EncryptionPolicy policy = EncryptionPolicy.fromJson(EXAMPLE, SOURCES);

        ObjectMatcher payroll = ObjectMatcher.builder()
                .bucket("corp-*")
                .keyPrefix("payroll/")
                .keyPrefix("hr/")
                .keyPattern("**/salary-*.csv")
                .minSize(1)
                .maxSize(1048576)
                .contentType("text/csv")
                .contentType("image/*")
                .metadata("class", "secret*")
                .tag("Team", "blue")
                .build();
        EncryptionMode kms = SseKms.builder(KeyReference.parse(ARN))
                .bucketKey(BucketKey.ENABLED)
                .context(ContextPairs.of("department", "hr"))
                .build();
        EncryptionPolicy expected = EncryptionPolicy.of(
                PolicyRule.enforce("payroll", payroll, kms),
                PolicyRule.enforce(
                        "dsse", ObjectMatcher.builder().bucket("dual").build(), EncryptionMode.dsseKms("alias/dual")),
                PolicyRule.enforce(
                        "backups",
                        ObjectMatcher.builder().tag("class", "backup").build(),
                        EncryptionMode.sseC(BACKUP)),
                PolicyRule.byDefault(
                        "managed", ObjectMatcher.builder().keyPrefix("m/").build(), EncryptionMode.awsManagedKms()),
                PolicyRule.byDefault(
                        "plain", ObjectMatcher.builder().keyPrefix("p/").build(), EncryptionMode.bucketDefault()),
                PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));
        assertEquals(expected, policy);
    }

    @Test
    void writesACanonicalForm_thatReadsBackEqual() {
        EncryptionPolicy policy = EncryptionPolicy.fromJson(EXAMPLE, SOURCES);
        String written = policy.toJson();

        assertEquals(policy, EncryptionPolicy.fromJson(written, SOURCES));
        assertEquals(written, EncryptionPolicy.fromJson(written, SOURCES).toJson());
        assertTrue(written.startsWith("{\n  \"version\" : 1,\n  \"rules\" : [\n"), written);
        assertFalse(written.contains("AAAA"), "no key bytes in the file");
    }

    /** Each text differs from a good policy in one thing; the place of it is given. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'version':2,'rules':[]} | 1 | 12 | $.version | version 1 only",
                "{'version':'1','rules':[]} | 1 | 12 | $.version | expected a whole number but found a string",
                "{'version':1.0,'rules':[]} | 1 | 12 | $.version | but found 1.0",
                "{'version':99999999999999999999,'rules':[]} | 1 | 12 | $.version | whole number",
                "{'version':9999999999999999999,'rules':[]} | 1 | 12 | $.version | is above",
                "{'version':1} | 1 | 1 | $.rules | 'rules' is missing",
                "{'rules':[]} | 1 | 1 | $.version | 'version' is missing",
                "{'version':1,'rules':[]} | 1 | 22 | $.rules | at least one rule",
                "{'version':1,'rules':{}} | 1 | 22 | $.rules | expected an array but found an object",
                "{'version':1,'rules':[],'x':0} | 1 | 25 | $.x | 'x' is not known here; known are rules, version",
                "{'version':1,'rules':[],'rules':[]} | 1 | 25 | $.rules | appears twice",
                "[] | 1 | 1 | $ | expected an object but found an array",
                "null | 1 | 1 | $ | expected an object but found null",
                "{'version':1,'rules':[7]} | 1 | 23 | $.rules[0] | expected an object but found a number"
            })
    void saysWhere_whenTheDocumentIsWrong(String json, int line, int column, String path, String why) {
        refused(json, line, column, path, why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'name':'' | $.rules[0].name | Not a name for a policy rule",
                "'name':5 | $.rules[0].name | expected a string but found a number",
                "'strength':'ENFORCE' | $.rules[0].strength | expected enforce or default but found 'ENFORCE'",
                "'strength':true | $.rules[0].strength | expected a string but found a boolean",
                "'match':{'buckets':'x'} | $.rules[0].match.buckets | 'buckets' is not known here; known are bucket, contentType",
                "'match':{'size':{'max':-1}} | $.rules[0].match.size.max | whole number, 0 or more",
                "'match':{'size':{'max':1e3}} | $.rules[0].match.size.max | whole number, 0 or more",
                "'match':{'size':{'max':'1'}} | $.rules[0].match.size.max | expected a whole number but found a string",
                "'match':{'size':{'maximum':1}} | $.rules[0].match.size.maximum | known are max, min",
                "'match':{'size':{'min':2,'max':1}} | $.rules[0].match.size | minimum size 2 is above",
                "'match':{'bucket':[]} | $.rules[0].match.bucket | the array is empty",
                "'match':{'bucket':['a',1]} | $.rules[0].match.bucket[1] | expected a string but found a number",
                "'match':{'bucket':null} | $.rules[0].match.bucket | expected a string or an array of strings but found null",
                "'match':{'keyPattern':['ok',''] } | $.rules[0].match.keyPattern[1] | Not a pattern",
                "'match':{'keyPrefix':''} | $.rules[0].match.keyPrefix | leave the condition out",
                "'match':{'tags':{'a b':1}} | $.rules[0].match.tags['a b'] | expected a string but found a number",
                "'match':{'metadata':{'a':'x','A':'y'}} | $.rules[0].match.metadata.A | two conditions",
                "'match':{'bucket':'only-this'} | $.rules[0] | must match everything",
                "'mode':'sse-s3' | $.rules[0].mode | expected an object but found a string",
                "'mode':{} | $.rules[0].mode.type | 'type' is missing",
                "'mode':{'type':'aes'} | $.rules[0].mode.type | expected one of sse-s3, sse-kms",
                "'mode':{'type':'sse-s3','key':'x'} | $.rules[0].mode.key | 'key' is not known here; known are type",
                "'mode':{'type':'sse-kms'} | $.rules[0].mode.key | 'key' is missing",
                "'mode':{'type':'sse-kms','key':'arn:aws:kms:moon:1:key/x'} | $.rules[0].mode.key | is not a Region",
                "'mode':{'type':'sse-kms','key':'aws/s3','bucketKey':true} | $.rules[0].mode.bucketKey | expected a string but found a boolean",
                "'mode':{'type':'sse-kms','key':'aws/s3','bucketKey':'on'} | $.rules[0].mode.bucketKey | expected enabled or disabled",
                "'mode':{'type':'sse-kms','key':'aws/s3','context':{'aws:x':'y'}} | $.rules[0].mode.context | reserves",
                "'mode':{'type':'sse-kms','key':'aws/s3','context':{'a':2}} | $.rules[0].mode.context.a | expected a string",
                "'mode':{'type':'dsse-kms','key':'aws/s3','bucketKey':'enabled'} | $.rules[0].mode.bucketKey | has no bucket key",
                "'mode':{'type':'sse-c','keySource':'other'} | $.rules[0].mode.keySource | registered are [backup]",
                "'mode':{'type':'sse-c'} | $.rules[0].mode.keySource | 'keySource' is missing",
                "'effect':'x' | $.rules[0].effect | 'effect' is not known here"
            })
    void saysWhere_whenARuleIsWrong(String change, String path, String why) {
        String[] good = {"'name':'n'", "'strength':'default'", "'mode':{'type':'sse-s3'}"};
        List<String> fields = new ArrayList<>();
        for (String field : good) {
            if (!field.substring(0, 5).equals(change.substring(0, 5))) {
                fields.add(field);
            }
        }
        fields.add("\n  " + change);
        String json = "{'version':1,'rules':[{" + String.join(",", fields) + "}]}";
        PolicySyntaxException e = Refused.by(
                PolicySyntaxException.class,
                () -> EncryptionPolicy.fromJson(json.replace('\'', '"'), SOURCES),
                why.replace('\'', '"'));

        assertEquals(path.replace('\'', '"'), e.path());
        boolean atTheRule = path.equals("$.rules[0]");
        assertEquals(atTheRule ? 1 : 2, e.line(), e::toString);
        assertEquals(true, Refused.message(e).startsWith("Policy, line " + e.line() + ", column " + e.column() + " ("));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | 1 | 1 | $ | the text is empty",
                "{'version':1,'rules':[{'name':'a',}]} | 1 | 35 | $.rules[0] | Unexpected character",
                "{'version':1 | 1 | 13 | $ | end-of-input",
                "{'version':01} | 1 | 13 | $ | Leading zeroes",
                "{'version':1,'rules':[]} {} | 1 | 26 | $ | more text after",
                "{'version':NaN} | 1 | 15 | $ | NaN",
                "// x | 1 | 1 | $ | Unexpected character"
            })
    void saysWhere_whenTheTextIsNotJson(String json, int line, int column, String path, String why) {
        refused(json == null ? "" : json, line, column, path, why);
    }

    private static void refused(String json, int line, int column, String path, String why) {
        PolicySyntaxException e = Refused.by(
                PolicySyntaxException.class,
                () -> EncryptionPolicy.fromJson(json.replace('\'', '"'), SOURCES),
                why.replace('\'', '"'));
        assertEquals(path, e.path());
        assertEquals(line + ":" + column, e.line() + ":" + e.column(), e::toString);
    }

    @Test
    void pointsAtTheSecondRule_whenTwoHaveOneName() {
        String json =
                "{\"version\":1,\"rules\":[\n {\"name\":\"a\",\"match\":{\"bucket\":\"abc\"},\"strength\":\"default\",\"mode\":{\"type\":\"sse-s3\"}},"
                        + "\n {\"name\":\"a\",\"strength\":\"default\",\"mode\":{\"type\":\"sse-s3\"}}]}";

        refused(json, 3, 2, "$.rules[1]", "Two rules are named \"a\"");
    }

    @Test
    void refusesTextsThatAreTooLongOrTooDeep() {
        refused(" ".repeat(1_000_001), 1, 1, "$", "longer than 1000000");
        Refused.by(
                PolicySyntaxException.class,
                () -> EncryptionPolicy.fromJson("[".repeat(100) + "]".repeat(100), SOURCES),
                "nested deeper than 32");
        Refused.by(
                PolicySyntaxException.class,
                () -> EncryptionPolicy.fromJson("{\"a\":".repeat(50_000), SOURCES),
                "nested deeper than 32");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udc00x"})
    void refusesStringsWithoutAUtf8Form(String escape) {
        Refused.by(
                PolicySyntaxException.class,
                () -> EncryptionPolicy.fromJson("{\"version\":1,\"rules\":[\"" + escape + "\"]}", SOURCES),
                "unpaired surrogate",
                "$.rules[0]");
    }

    @Test
    void loadsAFile_andNamesItInErrors(@TempDir Path directory) throws IOException {
        Path good = Files.writeString(directory.resolve("good.json"), EXAMPLE);
        Path bad = Files.writeString(directory.resolve("bad.json"), "{\n\"version\": 3}");
        Path binary = Files.write(directory.resolve("binary.json"), new byte[] {(byte) 0xff, 0});

        assertEquals(EncryptionPolicy.fromJson(EXAMPLE, SOURCES), EncryptionPolicy.load(good, SOURCES));
        Refused.by(
                PolicySyntaxException.class,
                () -> EncryptionPolicy.load(bad, SOURCES),
                "bad.json, line 2, column 12 ($.version)");
        Refused.by(EnvelopeException.class, () -> EncryptionPolicy.load(binary, SOURCES), "cannot be read as UTF-8");
        Refused.by(
                EnvelopeException.class,
                () -> EncryptionPolicy.load(directory.resolve("none.json"), SOURCES),
                "none.json cannot be read");
    }

    @Test
    void keySourcesHaveUniqueNames() {
        Refused.by(
                EnvelopeException.class,
                () -> KeySources.of(BACKUP, BACKUP),
                "Two SSE-C key sources are named \"backup\"");
        assertTrue(KeySources.none().find("backup").isEmpty());
        assertEquals(List.of("backup"), List.copyOf(SOURCES.names()));
    }

    @Test
    void roundTrips_whateverThePolicy() {
        long seed = 31L;
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            List<PolicyRule> rules = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                rules.add(new PolicyRule(
                        "rule " + i + "\" \u00e9 \\",
                        matcher(random),
                        RuleStrength.values()[random.nextInt(2)],
                        mode(random)));
            }
            rules.add(PolicyRule.byDefault("last", ObjectMatcher.anything(), mode(random)));
            EncryptionPolicy policy = EncryptionPolicy.of(rules);

            EncryptionPolicy read = EncryptionPolicy.fromJson(policy.toJson(), SOURCES);

            assertEquals(policy, read, "seed " + seed + ", round " + round);
            assertEquals(policy.toJson(), read.toJson(), "seed " + seed + ", round " + round);
        }
    }

    private static ObjectMatcher matcher(Random random) {
        ObjectMatcher.Builder matcher = ObjectMatcher.builder().bucket("b" + random.nextInt(9));
        for (int i = random.nextInt(3); i > 0; i--) {
            matcher.bucket("*" + i).keyPrefix("p\"\n" + i).contentType("image/" + i);
        }
        if (random.nextBoolean()) {
            matcher.keyPattern("**/\u20ac\\*?").minSize(random.nextInt(10)).metadata("M" + random.nextInt(3), "v*");
        }
        if (random.nextBoolean()) {
            matcher.maxSize(Long.MAX_VALUE - random.nextInt(10)).tag("t " + random.nextInt(3), "\ud83d\ude00");
        }
        return matcher.build();
    }

    private static EncryptionMode mode(Random random) {
        ContextPairs context = random.nextBoolean()
                ? ContextPairs.empty()
                : ContextPairs.of(Map.of("k" + random.nextInt(3), "v\t", "z", ""));
        String[] keys = {ARN, "alias/a/b", "alias/aws/s3", "1234abcd-12ab-34cd-56ef-1234567890ab"};
        KeyReference key = KeyReference.parse(keys[random.nextInt(keys.length)]);
        return switch (random.nextInt(6)) {
            case 0 -> EncryptionMode.sseS3();
            case 1 -> EncryptionMode.bucketDefault();
            case 2 -> EncryptionMode.sseC(BACKUP);
            case 3 -> DsseKms.builder(key).context(context).build();
            case 4 -> SseKms.builder().context(context).build();
            default ->
                SseKms.builder(key)
                        .bucketKey(BucketKey.values()[random.nextInt(3)])
                        .context(context)
                        .build();
        };
    }

    /** A damaged policy is read, or refused with the one declared exception and a place inside the text. */
    @Test
    void refusesOrReads_whateverTheText() {
        long seed = 8L;
        Random random = new Random(seed);
        String alphabet = "{}[]\",:\\0159eEtruefalsn \u0000\ud800/*-.";
        int refused = 0;
        for (int round = 0; round < 5_000; round++) {
            StringBuilder text = new StringBuilder(EXAMPLE);
            for (int edit = 1 + random.nextInt(2); edit > 0; edit--) {
                int at = random.nextInt(text.length());
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(4)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, c);
                    case 2 -> text.setCharAt(at, c);
                    default -> text.delete(at, Math.min(text.length(), at + 10));
                }
            }
            try {
                EncryptionPolicy.fromJson(text.toString(), SOURCES);
            } catch (PolicySyntaxException e) {
                refused++;
                assertTrue(e.line() >= 1 && e.column() >= 1 && e.path().startsWith("$"), e::toString);
            }
        }
        assertTrue(refused > 1_500 && refused < 5_000, "refused " + refused + ", seed " + seed);
    }
}
