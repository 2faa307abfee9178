package dev.s3envelope.core.advice;

import static dev.s3envelope.core.advice.LintRule.*;
import static dev.s3envelope.core.advice.Texts.APP;
import static dev.s3envelope.core.advice.Texts.KEY;
import static dev.s3envelope.core.advice.Texts.OTHER;
import static dev.s3envelope.core.advice.Texts.OTHER_KEY;
import static dev.s3envelope.core.advice.Texts.OWN;
import static dev.s3envelope.core.advice.Texts.PARTNER;
import static dev.s3envelope.core.advice.Texts.US_KEY;
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
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule on documents that have its trap, on documents that do not, and on documents that nearly do. */
class PolicyLintTest {
    private static final String B = "arn:aws:s3:::bkt";
    private static final String OBJECTS = B + "/*";
    private static final String KMS_B = kms(KEY, false);
    private static final String CONTEXT = "'kms:EncryptionContext:aws:s3:arn'";
    private static final String VIA = "'StringEquals':{'kms:ViaService':'s3.eu-west-1.amazonaws.com'}";

    /** What a row of documents is to a rule. */
    private enum Kind {
        TRAP,
        CLEAN,
        NEAR_MISS
    }

    private record Row(LintRule rule, Kind kind, String why, String json) {
        @Override
        public String toString() {
            return rule.id() + " " + kind + ": " + why;
        }
    }

    private static Row trap(LintRule rule, String why, String json) {
        return new Row(rule, Kind.TRAP, why, json);
    }

    private static Row clean(LintRule rule, String why, String json) {
        return new Row(rule, Kind.CLEAN, why, json);
    }

    private static Row near(LintRule rule, String why, String json) {
        return new Row(rule, Kind.NEAR_MISS, why, json);
    }

    private static String keyed(String... statements) {
        return file("", "", key(KEY, statements));
    }

    private static String stored(String bucketFields, String... principals) {
        return file(String.join(",", principals), bucket("bkt", bucketFields), key(KEY));
    }

    private static String replicated(String source, String rule, String... more) {
        String principals = more.length > 0 ? more[0] : "";
        String others = more.length > 1 ? "," + more[1] : "";
        return file(
                principals,
                bucket("bkt", source + ",'replication':{'role':'" + APP + "','rules':[" + rule + "]}") + others,
                key(KEY) + "," + key(US_KEY) + (more.length > 2 ? "," + more[2] : ""));
    }

    private static String rule(String fields) {
        return "{'id':'r','destination':'copies'" + fields + "}";
    }

    static Stream<Row> rows() {
        return Stream.of(
                        keyPolicies(),
                        statements(),
                        contexts(),
                        sharing(),
                        permissions(),
                        places(),
                        replication(),
                        states())
                .flatMap(List::stream);
    }

    private static List<Row> keyPolicies() {
        String all = "kms:*";
        return List.of(
                trap(KEY_OPEN_TO_EVERYONE, "star", keyed(allow("*", "kms:Decrypt", "*", ""))),
                trap(KEY_OPEN_TO_EVERYONE, "AWS star", keyed(allow("'AWS':'*'", "kms:Decrypt", "*", ""))),
                trap(KEY_OPEN_TO_EVERYONE, "through S3 is still anybody", keyed(allow("*", "kms:Decrypt", "*", VIA))),
                trap(
                        KEY_OPEN_TO_EVERYONE,
                        "IfExists lets those without an organization in",
                        keyed(allow("*", "kms:Decrypt", "*", "'StringEqualsIfExists':{'aws:PrincipalOrgID':'o-1'}"))),
                trap(
                        KEY_OPEN_TO_EVERYONE,
                        "any account matches a star",
                        keyed(allow("*", "kms:Decrypt", "*", "'StringLike':{'aws:PrincipalAccount':'*'}"))),
                clean(KEY_OPEN_TO_EVERYONE, "the default key policy", keyed()),
                near(
                        KEY_OPEN_TO_EVERYONE,
                        "narrowed to an account",
                        keyed(allow("*", "kms:Decrypt", "*", "'StringEquals':{'kms:CallerAccount':'" + OWN + "'}"))),
                near(
                        KEY_OPEN_TO_EVERYONE,
                        "narrowed to an organization",
                        keyed(allow("*", "kms:Decrypt", "*", "'StringEquals':{'aws:PrincipalOrgID':'o-1'}"))),
                near(
                        KEY_OPEN_TO_EVERYONE,
                        "a Deny of everybody",
                        keyed(allow("*", "kms:Decrypt", "*", "").replace("Allow", "Deny"))),
                trap(
                        KEY_FULLY_OPEN_TO_ACCOUNT,
                        "root with everything",
                        keyed(allow("'AWS':'arn:aws:iam::" + OTHER + ":root'", all, "*", ""))),
                clean(KEY_FULLY_OPEN_TO_ACCOUNT, "the own account", keyed()),
                near(
                        KEY_FULLY_OPEN_TO_ACCOUNT,
                        "only what a reader needs",
                        keyed(allow("'AWS':'" + OTHER + "'", "kms:Decrypt", "*", ""))),
                near(KEY_FULLY_OPEN_TO_ACCOUNT, "one role", keyed(allow("'AWS':'" + PARTNER + "'", all, "*", ""))),
                trap(
                        KEY_WITHOUT_DELEGATION,
                        "only a role is named",
                        file("", "", keyWith(KEY, "", allow("'AWS':'" + APP + "'", all, "*", "")))),
                near(
                        KEY_WITHOUT_DELEGATION,
                        "the account gets only some actions, kms:Decrypt among them",
                        file("", "", keyWith(KEY, "", allow("'AWS':'" + OWN + "'", "kms:Put* kms:Decrypt", "*", "")))),
                clean(KEY_WITHOUT_DELEGATION, "the default key policy", keyed()),
                trap(
                        KEY_WITHOUT_DELEGATION,
                        "the account gets no right to decrypt",
                        file("", "", keyWith(KEY, "", allow("'AWS':'" + OWN + "'", "kms:Put*", "*", "")))));
    }

    private static List<Row> statements() {
        String uses = principal(APP, allow("kms:Decrypt", KEY));
        String noDelegation = keyWith(KEY, "", allow("'AWS':'arn:aws:iam::" + OWN + ":role/admin'", "kms:*", "*", ""));
        return List.of(
                trap(IAM_ALLOW_WITHOUT_KEY_POLICY, "a key that does not delegate", file(uses, "", noDelegation)),
                trap(
                        IAM_ALLOW_WITHOUT_KEY_POLICY,
                        "another account's key",
                        file(principal(PARTNER, allow("kms:Decrypt", KEY)), "", key(KEY))),
                clean(IAM_ALLOW_WITHOUT_KEY_POLICY, "a key that delegates", file(uses, "", key(KEY))),
                near(
                        IAM_ALLOW_WITHOUT_KEY_POLICY,
                        "the key policy names the role",
                        file(uses, "", keyWith(KEY, "", allow("'AWS':'" + APP + "'", "kms:Decrypt", "*", VIA)))),
                near(
                        IAM_ALLOW_WITHOUT_KEY_POLICY,
                        "every key is not this key",
                        file(principal(APP, allow("kms:Decrypt", "*")), "", noDelegation)),
                near(
                        IAM_ALLOW_WITHOUT_KEY_POLICY,
                        "a grant lets it in",
                        file(
                                uses,
                                "",
                                keyWith(
                                        KEY,
                                        ",'grants':[{'granteePrincipal':'" + APP + "','operations':['Decrypt']}]",
                                        allow("'AWS':'arn:aws:iam::" + OWN + ":role/admin'", "kms:*", "*", "")))),
                trap(
                        ALIAS_AS_RESOURCE,
                        "decrypt by alias",
                        file(
                                principal(APP, allow("kms:Decrypt", "arn:aws:kms:eu-west-1:" + OWN + ":alias/a")),
                                "",
                                "")),
                clean(ALIAS_AS_RESOURCE, "decrypt by key", file(uses, "", "")),
                near(
                        ALIAS_AS_RESOURCE,
                        "managing the alias",
                        file(
                                principal(APP, allow("kms:UpdateAlias", "arn:aws:kms:eu-west-1:" + OWN + ":alias/a")),
                                "",
                                "")),
                near(
                        ALIAS_AS_RESOURCE,
                        "the key beside the alias",
                        file(
                                principal(
                                        APP, allow("kms:Decrypt", "arn:aws:kms:eu-west-1:" + OWN + ":alias/a " + KEY)),
                                "",
                                "")));
    }

    private static List<Row> contexts() {
        String objects = "'StringLike':{" + CONTEXT + ":'" + OBJECTS + "'}";
        String whole = "'StringEquals':{" + CONTEXT + ":'" + B + "','kms:ViaService':'s3.eu-west-1.amazonaws.com'}";
        String role = "'AWS':'" + APP + "'";
        String withKey = bucket("bkt", kms(KEY, true));
        String without = bucket("bkt", KMS_B);
        return List.of(
                trap(
                        OBJECT_CONTEXT_WITH_BUCKET_KEY,
                        "in the key policy",
                        file("", withKey, key(KEY, allow(role, "kms:Decrypt", "*", objects)))),
                trap(
                        OBJECT_CONTEXT_WITH_BUCKET_KEY,
                        "in an identity policy",
                        file(principal(APP, allowIf("kms:Decrypt", KEY, objects)), withKey, key(KEY))),
                clean(
                        OBJECT_CONTEXT_WITH_BUCKET_KEY,
                        "Bucket Keys off",
                        file("", without, key(KEY, allow(role, "kms:Decrypt", "*", objects)))),
                near(
                        OBJECT_CONTEXT_WITH_BUCKET_KEY,
                        "a pattern that takes in the bucket",
                        file(
                                "",
                                withKey,
                                key(
                                        KEY,
                                        allow(
                                                role,
                                                "kms:Decrypt",
                                                "*",
                                                "'StringLike':{" + CONTEXT + ":'" + B + "*'}")))),
                near(
                        OBJECT_CONTEXT_WITH_BUCKET_KEY,
                        "both are listed",
                        file(
                                "",
                                withKey,
                                key(
                                        KEY,
                                        allow(
                                                role,
                                                "kms:Decrypt",
                                                "*",
                                                "'StringLike':{" + CONTEXT + ":['" + B + "','" + OBJECTS + "']}")))),
                near(
                        OBJECT_CONTEXT_WITH_BUCKET_KEY,
                        "objects of another bucket",
                        file(
                                "",
                                withKey,
                                key(
                                        KEY,
                                        allow(
                                                role,
                                                "kms:Decrypt",
                                                "*",
                                                "'StringLike':{" + CONTEXT + ":'arn:aws:s3:::bkt2/*'}")))),
                near(
                        OBJECT_CONTEXT_WITH_BUCKET_KEY,
                        "DSSE has no Bucket Keys",
                        file(
                                "",
                                bucket("bkt", kms(KEY, true).replace("aws:kms'", "aws:kms:dsse'")),
                                key(KEY, allow(role, "kms:Decrypt", "*", objects)))),
                trap(
                        BUCKET_CONTEXT_WITHOUT_BUCKET_KEY,
                        "in the key policy",
                        file("", without, key(KEY, allow(role, "kms:Decrypt", "*", whole)))),
                clean(
                        BUCKET_CONTEXT_WITHOUT_BUCKET_KEY,
                        "Bucket Keys on",
                        file("", withKey, key(KEY, allow(role, "kms:Decrypt", "*", whole)))),
                near(
                        BUCKET_CONTEXT_WITHOUT_BUCKET_KEY,
                        "for direct use by a client-side mode",
                        file(
                                "",
                                without,
                                key(
                                        KEY,
                                        allow(
                                                role,
                                                "kms:Decrypt",
                                                "*",
                                                "'StringEquals':{" + CONTEXT + ":'" + B + "'}")))),
                near(
                        BUCKET_CONTEXT_WITHOUT_BUCKET_KEY,
                        "a pattern that takes in the objects",
                        file(
                                "",
                                without,
                                key(
                                        KEY,
                                        allow(
                                                role,
                                                "kms:Decrypt",
                                                "*",
                                                whole.replace("StringEquals", "StringLike")
                                                        .replace(B + "'", B + "*'"))))));
    }

    private static List<Row> sharing() {
        String partner = allow("'AWS':'" + PARTNER + "'", "s3:PutObject", OBJECTS, "");
        String alias = kms("alias/a", false);
        String orgWide = allow("*", "s3:GetObject", OBJECTS, "'StringEquals':{'aws:PrincipalOrgID':'o-1'}");
        return List.of(
                trap(ALIAS_ACROSS_ACCOUNTS, "an alias and a foreign writer", stored(alias + withPolicy(partner))),
                trap(
                        ALIAS_ACROSS_ACCOUNTS,
                        "a bare key id",
                        stored(kms("11111111-2222-3333-4444-555555555555", false) + withPolicy(partner))),
                clean(ALIAS_ACROSS_ACCOUNTS, "a full key ARN", stored(KMS_B + withPolicy(partner))),
                near(
                        ALIAS_ACROSS_ACCOUNTS,
                        "the foreigner only reads",
                        stored(alias + withPolicy(partner.replace("Put", "Get")))),
                near(
                        ALIAS_ACROSS_ACCOUNTS,
                        "the writer is of the account",
                        stored(alias + withPolicy(allow("'AWS':'" + APP + "'", "s3:PutObject", OBJECTS, "")))),
                trap(MANAGED_KEY_SHARED, "a foreign writer", stored(managedKms() + withPolicy(partner))),
                trap(
                        MANAGED_KEY_SHARED,
                        "named by its alias",
                        stored(kms("alias/aws/s3", false) + withPolicy(partner))),
                trap(MANAGED_KEY_SHARED, "an organization reads", stored(managedKms() + withPolicy(orgWide))),
                clean(MANAGED_KEY_SHARED, "no policy", stored(managedKms())),
                near(
                        MANAGED_KEY_SHARED,
                        "a foreigner who only lists",
                        stored(managedKms() + withPolicy(allow("'AWS':'" + PARTNER + "'", "s3:ListBucket", B, "")))),
                near(
                        MANAGED_KEY_SHARED,
                        "everybody, narrowed to the own account",
                        stored(managedKms()
                                + withPolicy(allow(
                                        "*",
                                        "s3:GetObject",
                                        OBJECTS,
                                        "'StringEquals':{'aws:PrincipalAccount':'" + OWN + "'}")))),
                near(MANAGED_KEY_SHARED, "SSE-S3 can be shared", stored(sseS3() + withPolicy(partner))));
    }

    private static List<Row> permissions() {
        String both = "kms:GenerateDataKey kms:Decrypt";
        String reads = allow("s3:GetObject", OBJECTS);
        String writes = allow("s3:PutObject", OBJECTS);
        String inside = "'StringEquals':{" + CONTEXT + ":'" + B + "/any'}";
        String elsewhere = "'StringEquals':{'kms:ViaService':'s3.us-east-1.amazonaws.com'}";
        return List.of(
                trap(READER_WITHOUT_DECRYPT, "no KMS right", stored(KMS_B, principal(APP, reads))),
                trap(
                        READER_WITHOUT_DECRYPT,
                        "through S3 of another Region",
                        stored(KMS_B, principal(APP, reads, allowIf("kms:Decrypt", KEY, elsewhere)))),
                clean(
                        READER_WITHOUT_DECRYPT,
                        "kms:Decrypt",
                        stored(KMS_B, principal(APP, reads, allow("kms:Decrypt", KEY)))),
                near(READER_WITHOUT_DECRYPT, "SSE-S3 needs none", stored(sseS3(), principal(APP, reads))),
                near(
                        READER_WITHOUT_DECRYPT,
                        "objects of another bucket",
                        stored(KMS_B, principal(APP, allow("s3:GetObject", "arn:aws:s3:::other/*")))),
                near(
                        READER_WITHOUT_DECRYPT,
                        "the right is bound to the object",
                        stored(KMS_B, principal(APP, reads, allowIf("kms:Decrypt", KEY, inside)))),
                trap(
                        WRITER_WITHOUT_GENERATE_DATA_KEY,
                        "kms:Encrypt is not it",
                        stored(KMS_B, principal(APP, writes, allow("kms:Encrypt kms:Decrypt", KEY)))),
                trap(
                        WRITER_WITHOUT_GENERATE_DATA_KEY,
                        "let in by the bucket policy",
                        file(
                                principal(PARTNER, allow("s3:PutObject", OBJECTS)),
                                bucket(
                                        "bkt",
                                        KMS_B
                                                + withPolicy(
                                                        allow("'AWS':'" + PARTNER + "'", "s3:PutObject", OBJECTS, ""))),
                                key(KEY))),
                clean(
                        WRITER_WITHOUT_GENERATE_DATA_KEY,
                        "both",
                        stored(KMS_B, principal(APP, writes, allow(both, KEY)))),
                near(
                        WRITER_WITHOUT_GENERATE_DATA_KEY,
                        "the star of GenerateDataKey*",
                        stored(KMS_B, principal(APP, writes, allow("kms:GenerateDataKey* kms:Decrypt", KEY)))),
                near(
                        WRITER_WITHOUT_GENERATE_DATA_KEY,
                        "a writer the bucket policy denies",
                        stored(
                                KMS_B
                                        + withPolicy(allow("*", "s3:PutObject", OBJECTS, "")
                                                .replace("Allow", "Deny")),
                                principal(APP, writes))),
                trap(
                        MULTIPART_WITHOUT_DECRYPT,
                        "only GenerateDataKey",
                        stored(KMS_B, principal(APP, writes, allow("kms:GenerateDataKey", KEY)))),
                clean(MULTIPART_WITHOUT_DECRYPT, "both", stored(KMS_B, principal(APP, writes, allow(both, KEY)))),
                near(
                        MULTIPART_WITHOUT_DECRYPT,
                        "a reader writes nothing",
                        stored(KMS_B, principal(APP, reads, allow("kms:Decrypt", KEY)))),
                near(
                        MULTIPART_WITHOUT_DECRYPT,
                        "without GenerateDataKey it is the other finding",
                        stored(KMS_B, principal(APP, writes))));
    }

    private static List<Row> places() {
        String logging = allow("'Service':'logging.s3.amazonaws.com'", "s3:PutObject", B + "/logs/*", "");
        return List.of(
                trap(KEY_IN_ANOTHER_REGION, "a key ARN", stored(kms(US_KEY, false))),
                trap(
                        KEY_IN_ANOTHER_REGION,
                        "an alias ARN",
                        stored(kms("arn:aws:kms:us-east-1:" + OWN + ":alias/a", false))),
                clean(KEY_IN_ANOTHER_REGION, "the bucket's Region", stored(KMS_B)),
                near(KEY_IN_ANOTHER_REGION, "an alias has no Region of its own", stored(kms("alias/us-east-1", false))),
                trap(LOG_BUCKET_WITH_KMS, "the policy invites logs", stored(KMS_B + withPolicy(logging))),
                trap(
                        LOG_BUCKET_WITH_KMS,
                        "another bucket logs here",
                        file("", bucket("bkt", KMS_B) + "," + bucket("abc", ",'logsTo':'bkt'"), key(KEY))),
                clean(LOG_BUCKET_WITH_KMS, "SSE-S3", stored(sseS3() + withPolicy(logging))),
                near(
                        LOG_BUCKET_WITH_KMS,
                        "another service may write",
                        stored(KMS_B + withPolicy(logging.replace("logging.s3", "delivery.logs")))),
                near(LOG_BUCKET_WITH_KMS, "the bucket logs elsewhere", stored(KMS_B + ",'logsTo':'logs'")));
    }

    private static List<Row> replication() {
        String full = ",'sseKmsEncryptedObjects':true,'replicaKey':'" + US_KEY + "'";
        String copies = "{'name':'copies','account':'" + OWN + "','region':'us-east-1'}";
        String reads = allow("s3:GetObjectVersionForReplication", OBJECTS);
        String decrypts = allow("kms:Decrypt", KEY);
        String encrypts = allow("kms:Encrypt", US_KEY);
        String otherAccount = ",'destinationAccount':'" + OTHER + "','sseKmsEncryptedObjects':true,'replicaKey':";
        return List.of(
                trap(REPLICATION_SKIPS_KMS_OBJECTS, "a KMS default", replicated(KMS_B, rule(""))),
                trap(
                        REPLICATION_SKIPS_KMS_OBJECTS,
                        "objects under a key",
                        replicated(sseS3() + ",'objectKeys':['" + KEY + "']", rule(""))),
                clean(REPLICATION_SKIPS_KMS_OBJECTS, "selected", replicated(KMS_B, rule(full))),
                near(REPLICATION_SKIPS_KMS_OBJECTS, "nothing is under KMS", replicated(sseS3(), rule(""))),
                near(
                        REPLICATION_SKIPS_KMS_OBJECTS,
                        "the rule is disabled",
                        replicated(KMS_B, rule(",'disabled':true"))),
                trap(
                        REPLICATION_WITHOUT_REPLICA_KEY,
                        "selected and no key",
                        replicated(KMS_B, rule(",'sseKmsEncryptedObjects':true"))),
                clean(REPLICATION_WITHOUT_REPLICA_KEY, "with key", replicated(KMS_B, rule(full))),
                near(REPLICATION_WITHOUT_REPLICA_KEY, "nothing selected needs none", replicated(sseS3(), rule(""))),
                trap(
                        KEY_IN_ANOTHER_REGION,
                        "the replica key",
                        replicated(KMS_B, rule(full.replace(US_KEY, KEY)), "", copies)),
                clean(KEY_IN_ANOTHER_REGION, "the destination's Region", replicated(KMS_B, rule(full), "", copies)),
                trap(
                        ALIAS_ACROSS_ACCOUNTS,
                        "the replica key",
                        replicated(KMS_B, rule(otherAccount + "'arn:aws:kms:us-east-1:" + OTHER + ":alias/r'"))),
                near(
                        ALIAS_ACROSS_ACCOUNTS,
                        "the replica key within one account",
                        replicated(KMS_B, rule(full.replace(US_KEY, "arn:aws:kms:us-east-1:" + OWN + ":alias/r")))),
                trap(MANAGED_KEY_SHARED, "the replica key", replicated(KMS_B, rule(otherAccount + "'alias/aws/s3'"))),
                near(
                        MANAGED_KEY_SHARED,
                        "a customer key",
                        replicated(KMS_B, rule(otherAccount + "'" + OTHER_KEY + "'"))),
                trap(
                        REPLICATION_ROLE_WITHOUT_VERSION_READ,
                        "GetObjectVersion instead",
                        replicated(KMS_B, rule(full), principal(APP, allow("s3:GetObjectVersion", OBJECTS)))),
                clean(
                        REPLICATION_ROLE_WITHOUT_VERSION_READ,
                        "the right one",
                        replicated(KMS_B, rule(full), principal(APP, reads))),
                near(
                        REPLICATION_ROLE_WITHOUT_VERSION_READ,
                        "a wildcard and a prefix",
                        replicated(KMS_B, rule(full), principal(APP, allow("s3:GetObjectVersion*", B + "/tax/*")))),
                near(
                        REPLICATION_ROLE_WITHOUT_VERSION_READ,
                        "the role's policies are not known",
                        replicated(KMS_B, rule(full))),
                trap(
                        REPLICATION_ROLE_WITHOUT_KEY,
                        "no Encrypt",
                        replicated(KMS_B, rule(full), principal(APP, reads, decrypts), copies)),
                trap(
                        REPLICATION_ROLE_WITHOUT_KEY,
                        "no Decrypt",
                        replicated(KMS_B, rule(full), principal(APP, reads, encrypts), copies)),
                clean(
                        REPLICATION_ROLE_WITHOUT_KEY,
                        "both",
                        replicated(KMS_B, rule(full), principal(APP, reads, decrypts, encrypts), copies)),
                near(
                        REPLICATION_ROLE_WITHOUT_KEY,
                        "bound to a prefix",
                        replicated(
                                KMS_B,
                                rule(full),
                                principal(
                                        APP,
                                        reads,
                                        encrypts,
                                        allowIf(
                                                "kms:Decrypt",
                                                KEY,
                                                "'StringLike':{" + CONTEXT + ":'" + B + "/tax/*'}")),
                                copies)));
    }

    private static List<Row> states() {
        String deleting = keyWith(KEY, ",'state':'PendingDeletion'", Texts.DELEGATION);
        String disabled = keyWith(KEY, ",'state':'Disabled'", Texts.DELEGATION);
        return List.of(
                trap(KEY_PENDING_DELETION_IN_USE, "the default key", file("", bucket("bkt", KMS_B), deleting)),
                trap(
                        KEY_PENDING_DELETION_IN_USE,
                        "objects under it",
                        file("", bucket("bkt", sseS3() + ",'objectKeys':['" + KEY + "']"), deleting)),
                clean(KEY_PENDING_DELETION_IN_USE, "enabled", stored(KMS_B)),
                near(KEY_PENDING_DELETION_IN_USE, "nothing behind it", file("", bucket("bkt", sseS3()), deleting)),
                near(KEY_PENDING_DELETION_IN_USE, "disabled is not deleted", file("", bucket("bkt", KMS_B), disabled)),
                trap(KEY_OUT_OF_USE, "disabled and the default key", file("", bucket("bkt", KMS_B), disabled)),
                clean(KEY_OUT_OF_USE, "enabled", stored(KMS_B)),
                near(KEY_OUT_OF_USE, "disabled and unused", file("", bucket("bkt", sseS3()), disabled)));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void findsTheTrapAndNothingElse(Row row) {
        LintReport report = PolicyLint.check(AccessDocuments.fromJson(row.json(), "test"));
        boolean found = report.findings().stream().anyMatch(f -> f.rule() == row.rule());
        assertEquals(row.kind() == Kind.TRAP, found, report::text);
    }

    @Test
    void everyRuleHasAllThreeKinds() {
        Map<LintRule, Set<Kind>> kinds = new EnumMap<>(LintRule.class);
        rows().forEach(row -> kinds.computeIfAbsent(row.rule(), r -> EnumSet.noneOf(Kind.class))
                .add(row.kind()));
        for (LintRule rule : LintRule.values()) {
            assertEquals(EnumSet.allOf(Kind.class), kinds.getOrDefault(rule, Set.of()), rule::id);
        }
    }

    @Test
    void cleanDocumentsHaveNoFindings() {
        LintReport report = PolicyLint.check(AccessDocuments.fromJson(
                file(
                        principal(
                                APP,
                                allow("s3:GetObject s3:PutObject", OBJECTS),
                                allow("kms:Decrypt kms:GenerateDataKey", KEY)),
                        bucket("bkt", kms(KEY, true)),
                        key(KEY)),
                "test"));
        assertEquals(List.of(), report.findings());
        assertEquals(Optional.empty(), report.worst());
        assertTrue(report.text().contains("nothing found"));
    }

    @Test
    void findingPointsAtItsStatement_andItsRemedyPutsItRight() {
        String bucket = bucket("bkt", KMS_B);
        String writes = allow("s3:PutObject", OBJECTS);
        AccessDocuments documents = AccessDocuments.fromJson(
                file(principal(APP, allow("s3:ListBucket", B), writes), bucket, key(KEY)), "test");
        LintReport report = PolicyLint.check(documents);
        assertEquals(1, report.findings().size(), report::text);
        LintFinding finding = report.findings().get(0);
        assertEquals(Optional.of("$.Statement[1]"), finding.path());
        assertEquals(
                "policy of " + APP + " (1)", finding.statement().orElseThrow().document());
        assertEquals(Optional.of(Severity.ERROR), report.worst());
        assertTrue(report.json().contains("\"id\" : \"writer-without-generate-data-key\""), report.json());

        AdvisedPolicy remedy = finding.remedy().orElseThrow().policies().get(0);
        var before = documents.principals().get(0);
        AccessDocuments after = new AccessDocuments(
                List.of(new AccessDocuments.OfPrincipal(
                        before.principal(), List.of(before.identity().get(0), remedy.document()), List.of())),
                documents.buckets(),
                documents.keys());
        assertEquals(
                List.of(MULTIPART_WITHOUT_DECRYPT),
                PolicyLint.check(after).findings().stream()
                        .map(LintFinding::rule)
                        .toList());
    }

    @Test
    void errorsComeBeforeWarnings() {
        LintReport report = PolicyLint.check(AccessDocuments.fromJson(
                file("", bucket("bkt", KMS_B), keyWith(KEY, ",'state':'Disabled'", allow("*", "kms:Put*", "*", ""))),
                "test"));
        assertEquals(
                List.of(KEY_OPEN_TO_EVERYONE, KEY_OUT_OF_USE, KEY_WITHOUT_DELEGATION),
                report.findings().stream().map(LintFinding::rule).toList());
    }

    @Test
    void documentationIsMadeFromTheRules() throws IOException {
        String text = Files.readString(Path.of("..", "docs", "lint.md"));
        assertTrue(text.contains(LintRule.table()), "docs/lint.md has to hold:\n" + LintRule.table());
    }
}
