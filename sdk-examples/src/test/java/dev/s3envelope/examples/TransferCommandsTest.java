package dev.s3envelope.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.examples.Shell.Run;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.S3Client;

class TransferCommandsTest {
    private static final String ACCOUNT = "111122223333";
    private static LocalAws aws;
    private static Shell shell;
    private static S3Client s3;
    private static String key;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        aws = LocalAws.builder().region("eu-west-1").build();
        LocalAccount account = aws.account(ACCOUNT);
        LocalUser alice = account.createUser("alice").allow("s3:*").allow("kms:*");
        LocalUser bob = account.createUser("bob").allow("s3:*");
        shell = Shell.of(aws, Map.of("alice", alice, "bob", bob));
        s3 = aws.s3(alice);
        key = account.createKey().alias("alias/cli").arn();
        s3.createBucket(request -> request.bucket("cli-bucket"));
    }

    @AfterAll
    static void stop() {
        aws.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 70_000})
    void bringsAFileThereAndBack(int size) throws IOException {
        Path file = file("in.bin", size);
        Run put = shell.as("alice", "put", file.toString(), "s3://cli-bucket/there-" + size);
        assertEquals(0, put.exitCode(), put.err());
        Path back = folder.resolve("sub/back.bin");
        Run get = shell.as("alice", "get", "s3://cli-bucket/there-" + size, back.toString());
        assertEquals(0, get.exitCode(), get.err());
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(back));
        try (Stream<Path> left = Files.list(back.getParent())) {
            assertEquals(List.of(back), left.toList());
        }
    }

    @Test
    void streamsStandardInputAndOutput() {
        byte[] bytes = "piped through".getBytes(StandardCharsets.UTF_8);
        assertEquals(
                0, shell.as("alice", bytes, "put", "-", "s3://cli-bucket/piped").exitCode());
        Run get = shell.as("alice", "get", "s3://cli-bucket/piped", "-");
        assertArrayEquals(bytes, get.bytes());
    }

    @Test
    void goesInParts_whenLargerThanOne() throws IOException {
        Path file = file("large.bin", (12 << 20) + 17);
        Run put = shell.as(
                "alice",
                "put",
                file.toString(),
                "s3://cli-bucket/large",
                "--part-size",
                "5",
                "--sse",
                "aws:kms",
                "--sse-kms-key-id",
                key);
        assertEquals(0, put.exitCode(), put.err());
        assertTrue(put.out().contains("in 3 parts"), put.out());
        assertTrue(s3.headObject(request -> request.bucket("cli-bucket").key("large"))
                .eTag()
                .endsWith("-3\""));
        assertEquals(
                key, s3.headObject(r -> r.bucket("cli-bucket").key("large")).ssekmsKeyId());
        Run get = shell.as("alice", "get", "s3://cli-bucket/large", "-");
        assertArrayEquals(Files.readAllBytes(file), get.bytes());
    }

    @Test
    void goesInParts_whenStandardInputIsLong() {
        byte[] bytes = random((10 << 20) + 1);
        Run put = shell.as("alice", bytes, "put", "-", "s3://cli-bucket/long", "--part-size", "5");
        assertTrue(put.out().contains("in 3 parts"), put.out() + put.err());
        assertArrayEquals(
                bytes, shell.as("alice", "get", "s3://cli-bucket/long", "-").bytes());
    }

    @Test
    void leavesNoUploadBehind_whenAPartIsRefused() throws IOException {
        Path file = file("large.bin", 11 << 20);
        aws.faults().on("s3", "UploadPart").times(1).fail(400, "InvalidRequest", "made up");
        Run put = shell.as("alice", "put", file.toString(), "s3://cli-bucket/never", "--part-size", "5");
        assertEquals(1, put.exitCode());
        assertTrue(put.err().contains("made up"), put.err());
        assertEquals(
                List.of(),
                s3.listMultipartUploads(request -> request.bucket("cli-bucket")).uploads());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=2-5", "bytes=95-", "bytes=-7", "bytes=0-1000"})
    void readsARange(String range) throws IOException {
        byte[] bytes = Files.readAllBytes(file("r.bin", 100));
        shell.as("alice", "put", folder.resolve("r.bin").toString(), "s3://cli-bucket/r");
        byte[] expected = switch (range) {
            case "bytes=2-5" -> Arrays.copyOfRange(bytes, 2, 6);
            case "bytes=95-" -> Arrays.copyOfRange(bytes, 95, 100);
            case "bytes=-7" -> Arrays.copyOfRange(bytes, 93, 100);
            default -> bytes;
        };
        Run get = shell.as("alice", "get", "s3://cli-bucket/r", "-", "--range", range);
        assertArrayEquals(expected, get.bytes(), get.err());
    }

    @Test
    void followsThePolicyFile() throws IOException {
        Path policy = folder.resolve("policy.json");
        Files.writeString(policy, """
                {"version": 1, "rules": [
                  {"name": "kms", "match": {"keyPrefix": "kms/"}, "strength": "enforce",
                   "mode": {"type": "sse-kms", "key": "%s"}},
                  {"name": "mine", "match": {"keyPrefix": "mine/"}, "strength": "enforce",
                   "mode": {"type": "sse-c", "keySource": "mine"}},
                  {"name": "rest", "strength": "default", "mode": {"type": "sse-s3"}}]}
                """.formatted(key));
        Path customerKey = folder.resolve("mine.key");
        Files.writeString(customerKey, Base64.getEncoder().encodeToString(random(32)));
        String[] options = {"--policy", policy.toString(), "--key-source", "mine=" + customerKey};
        String file = file("p.bin", 10).toString();
        for (String prefix : List.of("kms/", "mine/", "rest/")) {
            Run put = shell.as("alice", with(options, "put", file, "s3://cli-bucket/" + prefix));
            assertEquals(0, put.exitCode(), put.err());
        }
        Run head = shell.as("alice", with(options, "head", "s3://cli-bucket/kms/p.bin"));
        assertTrue(head.out().contains(key), head.out());
        Run ls = shell.as("alice", with(options, "ls", "s3://cli-bucket/", "--recursive", "--modes"));
        assertTrue(ls.out().contains("mine/p.bin  [SSE-C]"), ls.out() + ls.err());
        assertTrue(ls.out().contains("rest/p.bin  [AES256]"), ls.out());

        Run other = shell.as("alice", with(options, "put", file, "s3://cli-bucket/kms/", "--sse", "AES256"));
        assertEquals(1, other.exitCode());
        assertTrue(other.err().contains("refused by this SDK"), other.err());

        Run copy = shell.as("alice", with(options, "cp", "s3://cli-bucket/mine/p.bin", "s3://cli-bucket/kms/copy"));
        assertEquals(0, copy.exitCode(), copy.err());
        Run get = shell.as("alice", with(options, "get", "s3://cli-bucket/kms/copy", "-"));
        assertArrayEquals(Files.readAllBytes(Path.of(file)), get.bytes());
    }

    @Test
    void encryptsHere_whenThePolicySaysClientSide() throws IOException {
        Path policy = Files.writeString(folder.resolve("client-side.json"), """
                {"version": 1, "rules": [
                  {"name": "kms", "match": {"keyPrefix": "cse-kms/"}, "strength": "enforce",
                   "mode": {"type": "client-side", "keyring": "kms"}},
                  {"name": "local", "match": {"keyPrefix": "cse-local/"}, "strength": "enforce",
                   "mode": {"type": "client-side", "keyring": "local"}},
                  {"name": "rest", "strength": "default", "mode": {"type": "sse-s3"}}]}
                """);
        Path local = Files.write(folder.resolve("local.key"), random(32));
        String[] options = {"--policy", policy.toString(), "--keyring", "kms=" + key, "--key-file", "local=" + local};
        Path file = file("cse.bin", 200_000);
        for (String prefix : List.of("cse-kms/", "cse-local/")) {
            Run put = shell.as("alice", with(options, "put", file.toString(), "s3://cli-bucket/" + prefix));
            assertEquals(0, put.exitCode(), put.err());
            Run get = shell.as("alice", with(options, "get", "s3://cli-bucket/" + prefix + "cse.bin", "-"));
            assertArrayEquals(Files.readAllBytes(file), get.bytes(), get.err());
        }
        Path large = file("large.bin", (11 << 20) + 5);
        Run parts = shell.as(
                "alice", with(options, "put", large.toString(), "s3://cli-bucket/cse-kms/", "--part-size", "5"));
        assertTrue(parts.out().contains("in 3 parts"), parts.out() + parts.err());
        Run whole = shell.as("alice", with(options, "get", "s3://cli-bucket/cse-kms/large.bin", "-"));
        assertArrayEquals(Files.readAllBytes(large), whole.bytes(), whole.err());
        Run end = shell.as(
                "alice", with(options, "get", "s3://cli-bucket/cse-kms/large.bin", "-", "--range", "bytes=-7"));
        assertArrayEquals(
                Arrays.copyOfRange(Files.readAllBytes(large), (11 << 20) - 2, (11 << 20) + 5), end.bytes(), end.err());
        Run head = shell.as("alice", with(options, "head", "s3://cli-bucket/cse-local/cse.bin"));
        assertTrue(head.out().contains("encryption-sdk"), head.out() + head.err());
        byte[] stored = s3.getObjectAsBytes(r -> r.bucket("cli-bucket").key("cse-local/cse.bin"))
                .asByteArray();
        assertTrue(stored.length > 200_000, "stored " + stored.length);
        Run denied = shell.as("bob", with(options, "get", "s3://cli-bucket/cse-kms/cse.bin", "-"));
        assertEquals(3, denied.exitCode(), denied.err());
        assertEquals(0, denied.bytes().length);
    }

    @Test
    void readsWithTheRecoveryKey_whenNothingElseOpens() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        Path open = pem("PUBLIC KEY", pair.getPublic().getEncoded());
        Path secret = pem("PRIVATE KEY", pair.getPrivate().getEncoded());
        Path policy = Files.writeString(
                folder.resolve("p.json"),
                "{\"version\": 1, \"rules\": [{\"name\": \"all\", \"strength\": \"enforce\","
                        + " \"mode\": {\"type\": \"client-side\", \"keyring\": \"local\"}}]}");
        Path local = Files.write(folder.resolve("l.key"), random(32));
        Path file = file("rec.bin", 1000);
        Run put = shell.as(
                "alice",
                "put",
                file.toString(),
                "s3://cli-bucket/rec",
                "--policy",
                policy.toString(),
                "--key-file",
                "local=" + local,
                "--recovery-public-key",
                open.toString());
        assertEquals(0, put.exitCode(), put.err());
        Run without = shell.as("alice", "get", "s3://cli-bucket/rec", "-");
        assertEquals(1, without.exitCode(), without.err());
        assertTrue(without.err().contains("--keyring"), without.err());
        assertEquals(0, without.bytes().length);
        Run get = shell.as("alice", "get", "s3://cli-bucket/rec", "-", "--recovery-private-key", secret.toString());
        assertArrayEquals(Files.readAllBytes(file), get.bytes(), get.err());
    }

    private Path pem(String kind, byte[] der) throws IOException {
        return Files.writeString(
                folder.resolve(kind + ".pem"),
                "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + kind
                        + "-----\n");
    }

    @Test
    void saysWhichRightIsMissing_whenAGateDenies() throws IOException {
        shell.as(
                "alice",
                "put",
                file("d.bin", 3).toString(),
                "s3://cli-bucket/denied",
                "--sse",
                "aws:kms",
                "--sse-kms-key-id",
                key);
        Run get = shell.as("bob", "get", "s3://cli-bucket/denied", "-");
        assertEquals(3, get.exitCode());
        assertTrue(get.err().contains("kms:Decrypt"), get.err());
        assertFalse(get.err().contains("\tat "), get.err());
        assertEquals(0, get.bytes().length);
    }

    @Test
    void refusesAnAlias_unlessAskedToResolveIt() throws IOException {
        String file = file("a.bin", 3).toString();
        String[] put = {"put", file, "s3://cli-bucket/alias", "--sse", "aws:kms", "--sse-kms-key-id", "alias/cli"};
        Run refused = shell.as("alice", put);
        assertEquals(1, refused.exitCode());
        assertTrue(refused.err().contains("alias/cli"), refused.err());
        Run resolved =
                shell.as("alice", with(new String[] {"--resolve-aliases", "--owner", "cli-bucket=" + ACCOUNT}, put));
        assertEquals(0, resolved.exitCode(), resolved.err());
        assertEquals(
                key, s3.headObject(r -> r.bucket("cli-bucket").key("alias")).ssekmsKeyId());
    }

    @Test
    void deletesOneAndAllBelow() throws IOException {
        String file = file("x.bin", 1).toString();
        for (String name : List.of("del/1", "del/2", "del-not")) {
            shell.as("alice", "put", file, "s3://cli-bucket/" + name);
        }
        assertEquals(0, shell.as("bob", "rm", "s3://cli-bucket/del/1").exitCode());
        Run all = shell.as("bob", "rm", "--recursive", "s3://cli-bucket/del/");
        assertTrue(all.out().contains("1 deleted"), all.out() + all.err());
        assertTrue(shell.as("alice", "ls", "s3://cli-bucket/del").out().contains("del-not"));
        assertEquals(1, shell.as("alice", "get", "s3://cli-bucket/del/2", "-").exitCode());
    }

    @Test
    void derivesSseCKeysFromAnHmacKey() throws IOException {
        String hmac = aws.account(ACCOUNT).createHmacKey("eu-west-1").arn();
        Path file = file("derived.bin", 70_000);
        String[] options = {"--sse-c-mac-key", "backup=" + hmac};
        Run put = shell.as("alice", with(options, "put", file.toString(), "s3://cli-bucket/derived", "--sse", "SSE-C"));
        assertEquals(0, put.exitCode(), put.err());
        assertNotEquals(
                0, shell.as("alice", "get", "s3://cli-bucket/derived", "-").exitCode());
        Run get = shell.as("alice", with(options, "get", "s3://cli-bucket/derived", "-"));
        assertArrayEquals(Files.readAllBytes(file), get.bytes(), get.err());
        Run denied = shell.as("bob", with(options, "get", "s3://cli-bucket/derived", "-"));
        assertTrue(denied.err().contains("kms:GenerateMac is not permitted"), denied.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "put - s3://cli-bucket/x --sse SSE-C --sse-c-mac-key a=arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                "put nowhere.bin",
                "put",
                "get nothing",
                "get s3://cli-bucket",
                "get s3://cli-bucket/x - --range 1-2",
                "put - s3://cli-bucket",
                "put - s3://cli-bucket/x --part-size 1",
                "put - s3://cli-bucket/x --sse rot13",
                "put - s3://cli-bucket/x --bucket-key",
                "put - s3://cli-bucket/x --sse SSE-C",
                "put - s3://cli-bucket/x --owner cli-bucket=12",
                "ls --account none",
                "ls --endpoint-url ftp://x",
                "rm s3://cli-bucket",
                "steal s3://cli-bucket/x"
            })
    void answersUsageError_whenTheCommandLineIsWrong(String line) {
        Run run = shell.run(
                new byte[0], with(new String[] {"--region", "eu-west-1", "--profile", "alice"}, line.split(" ")));
        assertEquals(2, run.exitCode(), line + ": " + run.err());
        assertTrue(run.err().startsWith("envelope: "), run.err());
        assertFalse(run.err().contains("\tat "), run.err());
    }

    private static String[] with(String[] options, String... arguments) {
        return Stream.concat(Stream.of(arguments), Stream.of(options)).toArray(String[]::new);
    }

    private Path file(String name, int size) throws IOException {
        return Files.write(folder.resolve(name), random(size));
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
