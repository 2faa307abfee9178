package dev.s3envelope.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.CryptoInputStream;
import com.amazonaws.encryptionsdk.CryptoOutputStream;
import com.amazonaws.encryptionsdk.kmssdkv2.KmsMasterKeyProvider;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.HeaderLimits;
import dev.s3envelope.core.message.HeaderParser;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.local.Event;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalUser;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Client-side encryption from the command line, as processes: what {@code envelope put} stores under a KMS key, fetched with a plain client, is read by
 * aws-encryption-sdk-java; what that library wrote is read by {@code envelope get}; and a range at the end costs the frames it lies in. The size of the file
 * is the system property {@code acceptance.size}, in bytes.
 */
class AcceptanceTest {
    private static final long SEED = 20_261_121;
    private static final long SIZE = Long.getLong("acceptance.size", 24L << 20);
    /** As bytes=1073741000- of 1 GiB. */
    private static final long TAIL = 824;

    private static final String BUCKET = "acceptance";

    @TempDir
    Path folder;

    private Path source;
    private String digest;

    @BeforeEach
    void writeSource() throws IOException {
        source = folder.resolve("source");
        MessageDigest sha = sha256();
        Random random = new Random(SEED);
        byte[] block = new byte[1 << 20];
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(source), sha)) {
            for (long left = SIZE; left > 0; left -= block.length) {
                random.nextBytes(block);
                out.write(block, 0, (int) Math.min(left, block.length));
            }
        }
        digest = HexFormat.of().formatHex(sha.digest());
    }

    @Test
    void filesAreExchangedWithAnotherEncryptionSdk_andARangeCostsItsFrames() throws IOException, InterruptedException {
        Path data = folder.resolve("data");
        String key;
        try (Cli.Server server = new Cli.Server("--dir", data.toString());
                S3Client plain =
                        client(S3Client.builder(), server).forcePathStyle(true).build();
                KmsClient kms = client(KmsClient.builder(), server).build()) {
            key = server.printed("# key alias/envelope: ");
            plain.createBucket(b -> b.bucket(BUCKET));
            KmsMasterKeyProvider peer = KmsMasterKeyProvider.builder()
                    .customRegionalClientSupplier(region -> kms)
                    .buildStrict(key);

            envelope(
                    server.environment(),
                    "put",
                    source.toString(),
                    "s3://" + BUCKET + "/ours",
                    "--policy",
                    policy("key"),
                    "--keyring",
                    "documents=" + key);
            assertEquals(digest, peersDigest(plain, peer), "what the peer reads, seed " + SEED);

            putTheirs(plain, peer);
            Path read = folder.resolve("read");
            envelope(
                    server.environment(),
                    "get",
                    "s3://" + BUCKET + "/theirs",
                    read.toString(),
                    "--policy",
                    policy("off"),
                    "--keyring",
                    "documents=" + key);
            assertEquals(digest, digest(read), "what we read, seed " + SEED);
            Files.delete(read);
        }
        try (LocalAws aws = LocalAws.builder().directory(data).build()) {
            rangeCostsItsFrames(aws, key);
        }
    }

    /** On the same objects, served by this process, whose event log can be read. */
    private void rangeCostsItsFrames(LocalAws aws, String key) throws IOException, InterruptedException {
        LocalUser alice = aws.account("111122223333").user("alice");
        EventLog.Mark before = aws.events().mark();
        Path tail = folder.resolve("tail");
        long start = SIZE - TAIL;
        envelope(
                Map.of(
                        "AWS_ENDPOINT_URL",
                        aws.endpoint().toString(),
                        "AWS_REGION",
                        aws.region(),
                        "AWS_ACCESS_KEY_ID",
                        alice.credentials().accessKeyId(),
                        "AWS_SECRET_ACCESS_KEY",
                        alice.credentials().secretAccessKey()),
                "get",
                "s3://" + BUCKET + "/ours",
                tail.toString(),
                "--range",
                "bytes=" + start + "-",
                "--policy",
                policy("key"),
                "--keyring",
                "documents=" + key);
        long sent = aws.events().since(before).service("s3").operation("GetObject").list().stream()
                .map(Event::details)
                .mapToLong(details -> Long.parseLong(details.getOrDefault("bytesTransferredOut", "0")))
                .sum();
        byte[] bytes = Files.readAllBytes(tail);
        byte[] expected = new byte[(int) TAIL];
        try (InputStream in = Files.newInputStream(source)) {
            in.skipNBytes(start);
            in.readNBytes(expected, 0, expected.length);
        }
        assertEquals(HexFormat.of().formatHex(expected), HexFormat.of().formatHex(bytes), "seed " + SEED);
        MessageHeader header = header(aws.s3(alice));
        long stored =
                aws.s3(alice).headObject(b -> b.bucket(BUCKET).key("ours")).contentLength();
        ByteSpan frames = FrameLayout.ofCiphertext(header.length(), header.frameLength(), stored)
                .ciphertextSpan(new ByteSpan(start, TAIL));
        assertEquals(
                header.length() + frames.length(), sent, "bytes sent by S3: the header and the frames of the range");
        System.out.println("range of " + TAIL + " bytes at the end of " + SIZE + ": S3 sent " + sent + " bytes, header "
                + header.length() + ", frames " + frames.length());
    }

    private static MessageHeader header(S3Client plain) {
        return HeaderParser.parse(
                plain.getObjectAsBytes(b -> b.bucket(BUCKET).key("ours").range("bytes=0-9999"))
                        .asByteArray(),
                HeaderLimits.DEFAULT);
    }

    /** The peer holds a stream's header and frames to their tags, and the end of it to be there. */
    private static String peersDigest(S3Client plain, KmsMasterKeyProvider peer) throws IOException {
        AwsCrypto crypto = AwsCrypto.standard();
        try (InputStream stored = plain.getObject(b -> b.bucket(BUCKET).key("ours"));
                CryptoInputStream<?> read = crypto.createDecryptingStream(peer, stored)) {
            return digest(read);
        }
    }

    private void putTheirs(S3Client plain, KmsMasterKeyProvider peer) throws IOException {
        AwsCrypto crypto = AwsCrypto.builder()
                .withEncryptionAlgorithm(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY)
                .withEncryptionFrameSize(1 << 16)
                .build();
        Path theirs = folder.resolve("theirs");
        try (OutputStream file = Files.newOutputStream(theirs);
                CryptoOutputStream<?> out = crypto.createEncryptingStream(peer, file, Map.of("tenant", "7"))) {
            Files.copy(source, out);
        }
        byte[] first = new byte[10_000];
        int count;
        try (InputStream in = Files.newInputStream(theirs)) {
            count = in.readNBytes(first, 0, first.length);
        }
        MessageHeader header = HeaderParser.parse(Arrays.copyOf(first, count), HeaderLimits.DEFAULT);
        plain.putObject(
                b -> b.bucket(BUCKET)
                        .key("theirs")
                        .metadata(Map.of(
                                LayoutHint.METADATA_NAME,
                                LayoutHint.of(header, OptionalLong.empty()).text())),
                RequestBody.fromFile(theirs));
        Files.delete(theirs);
    }

    /** A message of another Encryption SDK names no object, so a reader of such objects asks for none. */
    private String policy(String identity) throws IOException {
        return Files.writeString(folder.resolve(identity + ".json"), """
                        {"version": 1, "rules": [{"name": "all", "strength": "enforce",
                          "mode": {"type": "client-side", "keyring": "documents", "identity": "%s"}}]}
                        """.formatted(identity))
                .toString();
    }

    private static void envelope(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        long started = System.nanoTime();
        Process process = Cli.start(environment, arguments);
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        System.out.printf(
                "envelope %s of %,d bytes: %.1f s%n", arguments[0], SIZE, (System.nanoTime() - started) / 1e9);
    }

    private static <B extends AwsClientBuilder<B, ?>> B client(B builder, Cli.Server server) {
        return builder.endpointOverride(URI.create(server.exported("AWS_ENDPOINT_URL")))
                .region(Region.of(server.exported("AWS_REGION")))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(
                        server.exported("AWS_ACCESS_KEY_ID"), server.exported("AWS_SECRET_ACCESS_KEY"))));
    }

    private static String digest(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return digest(in);
        }
    }

    private static String digest(InputStream in) throws IOException {
        MessageDigest sha = sha256();
        try (DigestInputStream digesting = new DigestInputStream(in, sha)) {
            digesting.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
