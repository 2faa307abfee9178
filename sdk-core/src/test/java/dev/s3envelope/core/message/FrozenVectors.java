package dev.s3envelope.core.message;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CommitmentPolicy;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.MasterKeyProvider;
import com.amazonaws.encryptionsdk.jce.JceMasterKey;
import dev.s3envelope.core.keyring.RsaKeys;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import javax.crypto.spec.SecretKeySpec;

/**
 * Messages written once and kept, so that a later version of ours is held to what earlier ones and other writers wrote. {@link #main} wrote them, with
 * aws-encryption-sdk-java for what we do not write; running it again gives others, since keys and ids are random.
 */
final class FrozenVectors {
    /** One line: name, keyring ({@code aes} or {@code rsa}), plaintext in hexadecimal or {@code refused}, message in Base64. */
    record Vector(String name, String keyring, String expected, byte[] message) {
        @Override
        public String toString() {
            return name;
        }
    }

    private FrozenVectors() {}

    static List<Vector> read() {
        return resource("frozen-messages.txt")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(";", -1))
                .map(f -> new Vector(f[0], f[1], f[2], Base64.getDecoder().decode(f[3])))
                .toList();
    }

    static RsaKeys rsa() {
        return RsaKeys.fromPem(new StringReader(resource("frozen-rsa-test-key.pem")), new char[0]);
    }

    static String resource(String name) {
        try (var in = Objects.requireNonNull(FrozenVectors.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a new file to the path given. */
    public static void main(String[] args) throws IOException {
        Random random = new Random(478);
        List<String> lines = new ArrayList<>();
        lines.add(
                "# name;keyring;plaintext or refused;message. Written by FrozenVectors. AES wrapping key: java.util.Random(1).nextBytes(32).");
        for (CryptoAlgorithm suite : CryptoAlgorithm.values()) {
            for (int frame : new int[] {0, 32}) {
                for (int size : new int[] {0, 32, 80}) {
                    byte[] plaintext = Fixture.bytes(random, size);
                    String id = String.format("%04x", suite.getValue());
                    byte[] message = peer(suite, frame, aes(), plaintext);
                    String name = "peer-" + id + (frame == 0 ? "-unframed-" : "-framed-") + size;
                    add(lines, name, "aes", plaintext, message);
                    if (size == 80) {
                        negatives(lines, name, "aes", message);
                    }
                }
            }
        }
        byte[] text = Fixture.bytes(random, 50);
        add(
                lines,
                "peer-0478-rsa",
                "rsa",
                text,
                peer(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY, 32, rsaMaster(), text));
        for (int size : new int[] {0, 1, 32, 33, 64, 100}) {
            try (OpenMessage message = Fixture.create(32)) {
                byte[] plaintext = Fixture.bytes(random, size);
                byte[] ours = Fixture.encrypt(message, plaintext);
                add(lines, "ours-0478-framed-" + size, "aes", plaintext, ours);
                if (size == 100) {
                    negatives(lines, "ours-0478-framed-" + size, "aes", ours);
                }
            }
        }
        Files.write(Path.of(args[0]), lines);
    }

    private static void negatives(List<String> lines, String name, String keyring, byte[] message) {
        byte[] bit = message.clone();
        bit[bit.length - 40] ^= 16;
        refuse(lines, name + "-changed-body", keyring, bit);
        byte[] header = message.clone();
        header[10] ^= 1;
        refuse(lines, name + "-changed-message-id", keyring, header);
        refuse(lines, name + "-truncated", keyring, Arrays.copyOf(message, message.length - 1));
        refuse(lines, name + "-appended", keyring, Arrays.copyOf(message, message.length + 1));
    }

    private static void add(List<String> lines, String name, String keyring, byte[] plaintext, byte[] message) {
        lines.add(String.join(
                ";",
                name,
                keyring,
                HexFormat.of().formatHex(plaintext),
                Base64.getEncoder().encodeToString(message)));
    }

    private static void refuse(List<String> lines, String name, String keyring, byte[] message) {
        lines.add(String.join(";", name, keyring, "refused", Base64.getEncoder().encodeToString(message)));
    }

    private static byte[] peer(
            CryptoAlgorithm suite, int frame, MasterKeyProvider<JceMasterKey> key, byte[] plaintext) {
        return AwsCrypto.builder()
                .withEncryptionAlgorithm(suite)
                .withEncryptionFrameSize(frame)
                .withCommitmentPolicy(
                        suite.isCommitting()
                                ? CommitmentPolicy.RequireEncryptRequireDecrypt
                                : CommitmentPolicy.ForbidEncryptAllowDecrypt)
                .build()
                .encryptData(key, plaintext, Map.of("tenant", "7", "tést", "ü"))
                .getResult();
    }

    private static MasterKeyProvider<JceMasterKey> aes() {
        return JceMasterKey.getInstance(
                new SecretKeySpec(Fixture.WRAPPING_KEY, "AES"), "local", "backup-2026", "AES/GCM/NoPadding");
    }

    private static MasterKeyProvider<JceMasterKey> rsaMaster() {
        return JceMasterKey.getInstance(
                rsa().publicKey().orElseThrow(),
                rsa().privateKey().orElseThrow(),
                "offline",
                "safe",
                "RSA/ECB/OAEPWithSHA-256AndMGF1Padding");
    }
}
