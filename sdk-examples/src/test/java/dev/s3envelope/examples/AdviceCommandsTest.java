package dev.s3envelope.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.examples.Shell.Run;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalPrincipal;
import dev.s3envelope.local.LocalUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ReplicationRuleStatus;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** {@code envelope simulate}, {@code lint} and {@code policy}, offline and on LocalAws. */
class AdviceCommandsTest {
    private static final String ACCOUNT = "111122223333";
    private static LocalAws aws;
    private static Shell shell;
    private static S3Client s3;
    private static LocalKey key;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        aws = LocalAws.builder().region("eu-west-1").build();
        LocalAccount account = aws.account(ACCOUNT);
        LocalUser alice = account.createUser("alice").allow("s3:*").allow("kms:*");
        LocalUser auditor = account.createUser("auditor");
        key = account.createKey().alias("alias/advice");
        auditor.policy(
                "audit", identity(Shell.of(aws, Map.of()), "audit", "auditor", "s3://clean", "--key", key.arn()));
        Map<String, LocalPrincipal> profiles = new HashMap<>();
        profiles.put("alice", alice);
        profiles.put("auditor", auditor);
        profiles.put("nobody", account.createUser("nobody"));
        shell = Shell.of(aws, profiles);
        s3 = aws.s3(alice);
        for (String name : List.of("clean", "source", "copies", "logs")) {
            s3.createBucket(r -> r.bucket(name));
        }
        encrypt("clean", key.arn());
        encrypt("source", key.arn());
        encrypt("logs", key.arn());
        s3.putBucketVersioning(
                r -> r.bucket("source").versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
        s3.putBucketReplication(r -> r.bucket("source")
                .replicationConfiguration(c -> c.role("arn:aws:iam::" + ACCOUNT + ":role/copier")
                        .rules(rule -> rule.id("all")
                                .status(ReplicationRuleStatus.ENABLED)
                                .priority(1)
                                .filter(f -> f.prefix(""))
                                .deleteMarkerReplication(d -> d.status("Disabled"))
                                .destination(d -> d.bucket("arn:aws:s3:::copies")))));
        s3.putBucketLogging(r -> r.bucket("source")
                .bucketLoggingStatus(
                        l -> l.loggingEnabled(e -> e.targetBucket("logs").targetPrefix("a/"))));
    }

    private static void encrypt(String bucket, String keyId) {
        s3.putBucketEncryption(r -> r.bucket(bucket)
                .serverSideEncryptionConfiguration(c -> c.rules(rule -> rule.bucketKeyEnabled(true)
                        .applyServerSideEncryptionByDefault(d ->
                                d.sseAlgorithm(ServerSideEncryption.AWS_KMS).kmsMasterKeyID(keyId)))));
    }

    @AfterAll
    static void stop() {
        aws.close();
    }

    /** The identity policy {@code envelope policy} prints for a user of the account. */
    private static String identity(Shell with, String task, String user, String object, String... more) {
        List<String> line = new ArrayList<>(List.of(
                "policy",
                "--task",
                task,
                "--principal",
                "arn:aws:iam::" + ACCOUNT + ":user/" + user,
                "--object",
                object));
        line.addAll(List.of("--bucket-account", ACCOUNT));
        line.addAll(Arrays.asList(more));
        Run run = with.run(new byte[0], line.toArray(String[]::new));
        assertEquals(0, run.exitCode(), run.err());
        String out = run.out();
        return out.substring(out.indexOf('{'), out.lastIndexOf('}') + 1);
    }

    private Path file(String json) throws IOException {
        return Files.writeString(folder.resolve("documents.json"), json.replace('\'', '"'));
    }

    private static String documents(String statements, String access) {
        return "{'version':1,'principals':[{'arn':'arn:aws:iam::" + ACCOUNT
                + ":user/app','identityPolicies':[{'Version':'2012-10-17','Statement':[" + statements + "]}]}],"
                + "'buckets':[{'name':'clean','account':'" + ACCOUNT
                + "','region':'eu-west-1','encryption':{'algorithm':'aws:kms','key':'" + key.arn()
                + "','bucketKey':true}}],"
                + "'keys':[{'arn':'" + key.arn() + "','policy':{'Version':'2012-10-17','Statement':[{'Effect':'Allow',"
                + "'Principal':{'AWS':'arn:aws:iam::" + ACCOUNT
                + ":root'},'Action':'kms:*','Resource':'*'}]}}],'access':["
                + access + "]}";
    }

    private static final String READS = "{'Effect':'Allow','Action':'s3:GetObject','Resource':'arn:aws:s3:::clean/*'}";
    private static final String APP = "arn:aws:iam::" + ACCOUNT + ":user/app";

    @Test
    void simulateSaysWhichGateAndWhichStatement() throws IOException {
        String decrypts = ",{'Sid':'Key','Effect':'Allow','Action':'kms:Decrypt','Resource':'" + key.arn() + "'}";
        String access = "{'principal':'" + APP + "','object':'s3://clean/a'}";
        Run allowed = shell.run(
                new byte[0],
                "simulate",
                file(documents(READS + decrypts, access)).toString());
        assertEquals(0, allowed.exitCode(), allowed.out() + allowed.err());
        assertTrue(allowed.out().contains("rests on Allow statement 2 'Key'"), allowed.out());
        Path without = file(documents(READS, access));
        Run denied = shell.run(new byte[0], "simulate", without.toString(), "--statements");
        assertEquals(3, denied.exitCode());
        assertTrue(denied.out().contains("S3 allowed"), denied.out());
        assertTrue(denied.out().contains("KMS denied"), denied.out());
        assertTrue(denied.out().contains("no identity-based policy allows the kms:Decrypt action"), denied.out());
        Run json = shell.run(new byte[0], "simulate", without.toString(), "--json");
        assertEquals(3, json.exitCode());
        assertTrue(json.out().contains("\"kms\" : \"denied\""), json.out());
    }

    @Test
    void simulateTakesTheRequestFromOptions_andKnowsWhatItDoesNotKnow() throws IOException {
        String path = file(documents(READS, "")).toString();
        Run write = shell.run(
                new byte[0], "simulate", path, "--principal", APP, "--object", "s3://clean/a", "--task", "write");
        assertEquals(3, write.exitCode(), write.err());
        Run elsewhere = shell.run(
                new byte[0],
                "simulate",
                file(documents(READS.replace("clean/", "*/"), "")).toString(),
                "--principal",
                APP,
                "--object",
                "s3://unknown/a");
        assertEquals(7, elsewhere.exitCode(), elsewhere.out());
        for (String[] wrong : List.of(
                new String[] {path},
                new String[] {path, "--principal", APP},
                new String[] {path, "--principal", APP, "--object", "s3://clean"},
                new String[] {path, "--principal", "arn:aws:iam::" + ACCOUNT + ":user/x", "--object", "s3://clean/a"},
                new String[] {path, "--principal", APP, "--object", "s3://clean/a", "--task", "dance"},
                new String[] {path + ".missing"})) {
            List<String> line = new ArrayList<>(List.of("simulate"));
            line.addAll(List.of(wrong));
            Run run = shell.run(new byte[0], line.toArray(String[]::new));
            assertEquals(2, run.exitCode(), run.out() + run.err());
        }
    }

    @Test
    void lintOfDocumentsExitsByTheWorstFinding() throws IOException {
        Run errors = shell.run(new byte[0], "lint", file(documents(READS, "")).toString());
        assertEquals(6, errors.exitCode(), errors.err());
        assertTrue(errors.out().contains("[reader-without-decrypt]"), errors.out());
        assertTrue(errors.out().contains("$.Statement[0]"), errors.out());
        String writer = READS.replace("GetObject", "PutObject")
                + ",{'Effect':'Allow','Action':'kms:GenerateDataKey','Resource':'*'}";
        Run warnings =
                shell.run(new byte[0], "lint", file(documents(writer, "")).toString(), "--json");
        assertEquals(5, warnings.exitCode(), warnings.out());
        assertTrue(warnings.out().contains("\"id\" : \"multipart-without-decrypt\""), warnings.out());
        String whole = READS + ",{'Effect':'Allow','Action':'kms:Decrypt','Resource':'*'}";
        Run clean = shell.run(new byte[0], "lint", file(documents(whole, "")).toString());
        assertEquals(0, clean.exitCode(), clean.out());
        assertEquals(2, shell.run(new byte[0], "lint").exitCode());
        assertEquals(
                2,
                shell.run(new byte[0], "lint", file("{'version':3}").toString()).exitCode());
    }

    @Test
    void lintOfALiveBucketNeedsOnlyTheAuditorsStatements() {
        Run clean = shell.as("auditor", "lint", "--bucket", "clean");
        assertEquals(0, clean.exitCode(), clean.out() + clean.err());
        assertTrue(clean.out().contains("nothing found"), clean.out());
    }

    @Test
    void lintFollowsReplicationAndLogging() {
        Run run = shell.as("alice", "lint", "--bucket", "source");
        assertEquals(6, run.exitCode(), run.out() + run.err());
        assertTrue(run.out().contains("[replication-skips-kms-objects]"), run.out());
        assertTrue(run.out().contains("bucket logs [log-bucket-with-kms]"), run.out());
        assertFalse(run.out().contains("bucket copies"), run.out());
    }

    @Test
    void lintReadsTheKey() {
        LocalKey doomed = aws.account(ACCOUNT).createKey();
        s3.createBucket(r -> r.bucket("doomed"));
        encrypt("doomed", doomed.arn());
        doomed.scheduleDeletion();
        Run run = shell.as("alice", "lint", "--bucket", "doomed");
        assertEquals(6, run.exitCode(), run.err());
        assertTrue(run.out().contains("[key-pending-deletion-in-use]"), run.out());
    }

    @Test
    void lintOfWhatMayNotBeReadIsNotClean() {
        Run run = shell.as("nobody", "lint", "--bucket", "clean");
        assertEquals(7, run.exitCode(), run.out() + run.err());
        assertTrue(run.err().contains("not read: bucket clean"), run.err());
    }

    @Test
    void statementsThatPolicyPrintsAreEnough_andNoMore() {
        LocalUser user = aws.account(ACCOUNT).createUser("advised");
        Shell as = Shell.of(aws, Map.of("advised", user));
        user.policy(
                "w",
                identity(shell, "write-multipart", "advised", "s3://clean/in/*", "--key", key.arn(), "--bucket-key"));
        byte[] large = new byte[11 << 20];
        Run put = as.as("advised", large, "put", "-", "s3://clean/in/large", "--part-size", "5");
        assertEquals(0, put.exitCode(), put.err());
        assertEquals(
                3, as.as("advised", new byte[1], "put", "-", "s3://clean/out/x").exitCode());
        assertEquals(3, as.as("advised", "get", "s3://clean/in/large", "-").exitCode());
        user.policy("r", identity(shell, "read", "advised", "s3://clean/in/large", "--key", key.arn(), "--bucket-key"));
        Run read = as.as("advised", "get", "s3://clean/in/large", "-");
        assertEquals(0, read.exitCode(), read.err());
        assertEquals(large.length, read.bytes().length);
    }

    @Test
    void policyPrintsJsonAndRefusesWhatIsWrong() {
        String principal = "arn:aws:iam::444455556666:role/partner";
        Run json = shell.run(
                new byte[0],
                "policy",
                "--task",
                "read",
                "--principal",
                principal,
                "--object",
                "s3://clean/a",
                "--bucket-account",
                ACCOUNT,
                "--key",
                key.arn(),
                "--json");
        assertEquals(0, json.exitCode(), json.err());
        assertTrue(json.out().contains("\"type\" : \"key\""), json.out());
        Run root = shell.run(
                new byte[0],
                "policy",
                "--task",
                "read",
                "--principal",
                "arn:aws:iam::444455556666:root",
                "--object",
                "s3://clean/a");
        assertEquals(2, root.exitCode());
        assertTrue(root.err().contains("user or role"), root.err());
    }
}
