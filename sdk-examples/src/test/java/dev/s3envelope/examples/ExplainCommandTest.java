package dev.s3envelope.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.examples.Shell.Run;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalUser;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

class ExplainCommandTest {
    private final LocalAws aws = LocalAws.start();
    private final LocalAccount account = aws.account("111122223333");
    private final LocalUser alice = account.createUser("alice").allow("s3:*").allow("kms:*");
    private final LocalUser bob = account.createUser("bob").allow("s3:*");
    private final LocalUser stranger =
            aws.account("444455556666").createUser("stranger").allow("s3:*").allow("kms:*");
    private final LocalKey key = account.createKey();
    private final Shell shell = Shell.of(aws, Map.of("alice", alice, "bob", bob, "stranger", stranger));

    @BeforeEach
    void store() {
        aws.s3(alice).createBucket(b -> b.bucket("papers"));
        aws.s3(alice)
                .putObject(
                        b -> b.bucket("papers")
                                .key("a")
                                .serverSideEncryption("aws:kms")
                                .ssekmsKeyId(key.arn()),
                        RequestBody.fromString("x"));
        aws.s3(alice).putObject(b -> b.bucket("papers").key("plain"), RequestBody.fromString("x"));
        aws.s3(alice).putObject(b -> b.bucket("papers").key("empty"), RequestBody.empty());
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @Test
    void answers0_whenBothGatesAreOpen() {
        Run run = shell.as("alice", "explain", "s3://papers/a");
        assertEquals(0, run.exitCode(), run.out() + run.err());
        assertTrue(run.out().startsWith("GetObject s3://papers/a: both gates are open."), run.out());
        assertTrue(run.out().contains(key.arn() + " (enabled)"), run.out());
        assertTrue(run.out().contains(alice.arn()), run.out());
        for (String object : new String[] {"plain", "empty"}) {
            Run plain = shell.as("bob", "explain", "s3://papers/" + object);
            assertEquals(0, plain.exitCode(), plain.out() + plain.err());
            assertTrue(plain.out().contains("S3 asks KMS nothing for this object"), plain.out());
        }
    }

    @Test
    void answers3_withTheStatementThatHelps_whenKmsDenies() {
        Run run = shell.as("bob", "explain", "s3://papers/a");
        assertEquals(3, run.exitCode(), run.out() + run.err());
        assertTrue(run.out().contains("the KMS gate denied kms:Decrypt"), run.out());
        assertTrue(run.out().contains("Add to the identity policy of " + bob.arn()), run.out());
        Run json = shell.as("bob", "explain", "s3://papers/a", "--json");
        assertEquals(3, json.exitCode());
        assertTrue(json.out().contains("\"deniedBy\" : \"kms\""), json.out());
        key.disable();
        Run disabled = shell.as("alice", "explain", "s3://papers/a");
        assertEquals(3, disabled.exitCode());
        assertTrue(disabled.out().contains("Enable key " + key.arn()), disabled.out());
    }

    @Test
    void answers7_whenAwsDoesNotSayWhichGateItIs() {
        Run run = shell.as("stranger", "explain", "s3://papers/a");
        assertEquals(7, run.exitCode(), run.out() + run.err());
        assertTrue(run.out().contains(stranger.arn()), run.out());
    }

    @Test
    void answers1_whenThereIsNoSuchObject() {
        Run run = shell.as("alice", "explain", "s3://papers/none");
        assertEquals(1, run.exitCode(), run.out());
        assertTrue(run.err().contains("NoSuchKey"), run.err());
    }
}
