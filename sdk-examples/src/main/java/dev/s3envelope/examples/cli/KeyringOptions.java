package dev.s3envelope.examples.cli;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.MultiKeyring;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.keyring.RawRsaKeyring;
import dev.s3envelope.core.keyring.RsaKeys;
import dev.s3envelope.kms.KmsKeyring;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Keyrings for client-side encryption by the name a policy file gives them, and a recovery key for all of them. */
public final class KeyringOptions {
    /** Where local keys are said to come from in what is stored beside a message; not secret. */
    private static final String NAMESPACE = "s3-envelope";

    private static final int AES_256 = 32;

    @Option(
            names = "--keyring",
            paramLabel = "NAME=KEY_ARN",
            description = "KMS key of the keyring a policy calls NAME, for client-side encryption; may be repeated.")
    Map<String, String> kms = new LinkedHashMap<>();

    @Option(
            names = "--key-file",
            paramLabel = "NAME=FILE",
            description = "File with the AES-256 key of the keyring a policy calls NAME: 32 bytes, or their base64."
                    + " KMS is not asked; AWS sees neither key nor plaintext.")
    Map<String, Path> files = new LinkedHashMap<>();

    @Option(
            names = "--recovery-public-key",
            paramLabel = "FILE",
            description = "RSA public key (PEM); what is written can also be read with its private key.")
    @Nullable
    Path recoveryPublic;

    @Option(
            names = "--recovery-private-key",
            paramLabel = "FILE",
            description = "RSA private key (PEM, not encrypted), to read when the other keys are gone.")
    @Nullable
    Path recoveryPrivate;

    /** The keyrings by name. */
    Map<String, Keyring> load(Connection connection) throws IOException {
        CryptoProvider crypto = CryptoProvider.detect();
        Map<String, Keyring> keyrings = new LinkedHashMap<>();
        DataKeyCache cache = connection.kept(DataKeyCache.builder().build());
        for (Map.Entry<String, String> each : kms.entrySet()) {
            keyrings.put(
                    each.getKey(),
                    cache.over(KmsKeyring.builder()
                            .client(connection.kms())
                            .generator(KeyArn.parse(each.getValue()))
                            .build()));
        }
        for (Map.Entry<String, Path> each : files.entrySet()) {
            if (keyrings.put(each.getKey(), aes(crypto, each.getKey(), each.getValue())) != null) {
                throw new UsageProblem("--keyring and --key-file both name " + each.getKey());
            }
        }
        if (recoveryPublic != null) {
            Keyring recovery = rsa(crypto, recoveryPublic);
            keyrings.replaceAll((name, keyring) -> new MultiKeyring(keyring, List.of(recovery)));
        }
        return keyrings;
    }

    /** The recovery key for reading; none unless asked for. */
    List<Keyring> recovery() throws IOException {
        return recoveryPrivate == null ? List.of() : List.of(rsa(CryptoProvider.detect(), recoveryPrivate));
    }

    private static Keyring rsa(CryptoProvider crypto, Path pem) throws IOException {
        try (var reader = Files.newBufferedReader(pem, StandardCharsets.US_ASCII)) {
            return new RawRsaKeyring(
                    crypto, new SecureRandom(), NAMESPACE, "recovery", RsaKeys.fromPem(reader, new char[0]));
        }
    }

    private static Keyring aes(CryptoProvider crypto, String name, Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        byte[] key = content;
        try {
            if (content.length != AES_256) {
                key = Base64.getDecoder().decode(new String(content, StandardCharsets.US_ASCII).strip());
            }
            if (key.length != AES_256) {
                throw new UsageProblem("--key-file " + file + " holds no 32-byte key");
            }
            return new RawAesKeyring(crypto, new SecureRandom(), NAMESPACE, name, key);
        } catch (IllegalArgumentException e) {
            // The decoder's message may quote the key, so it is not passed on.
            throw new UsageProblem("--key-file " + file + " holds neither 32 bytes nor their base64");
        } finally {
            Arrays.fill(content, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }
}
