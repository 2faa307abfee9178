package dev.s3envelope.examples.cli;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.guard.BucketDirectory;
import dev.s3envelope.core.guard.CallerIdentity;
import dev.s3envelope.core.guard.WriteGuard;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.KeySources;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which mode and key an object gets, and whose bucket it goes to. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class PolicyOptions {
    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "Policy that gives each object its mode (JSON). Without it the bucket's default applies.")
    @Nullable
    Path file;

    @Option(
            names = "--account",
            paramLabel = "ID",
            description = "Account of the credentials. Without it STS is asked where a write needs to know.")
    @Nullable
    String account;

    @Option(
            names = "--owner",
            paramLabel = "BUCKET=ACCOUNT",
            description = "Who owns a bucket; may be repeated. Sent as expected bucket owner with every request.")
    Map<String, String> owners = new LinkedHashMap<>();

    @Option(
            names = "--resolve-aliases",
            description = "Within one account, take key aliases and ids and resolve them to ARNs with KMS.")
    boolean resolveAliases;

    @Option(
            names = "--require-client-side",
            description = "Refuse to read an object that is not encrypted on the client where the policy says it is.")
    boolean requireClientSide;

    @Mixin
    KeySourceOptions keySources;

    @Mixin
    KeyringOptions keyrings;

    /** A client that applies the policy over {@code connection}, set up further by {@code more}; closing it leaves the connection open. */
    EnvelopeS3Client client(Connection connection, Consumer<EnvelopeS3Client.Builder> more) throws IOException {
        Collection<SseCKeySource> sources = keySources.load(connection);
        KeySources known = KeySources.of(sources);
        Map<String, Keyring> named = keyrings.load(connection);
        for (Map.Entry<String, Keyring> each : named.entrySet()) {
            known = known.withKeyring(each.getKey(), each.getValue());
        }
        EnvelopeS3Client.Builder builder = EnvelopeS3Client.builder()
                .wrapping(connection.s3())
                .region(connection.region())
                .policy(policy(known))
                .writeGuard(guard(connection));
        builder.requireClientSide(requireClientSide);
        sources.forEach(builder::readKeySource);
        named.values().forEach(builder::readKeyring);
        keyrings.recovery().forEach(builder::readKeyring);
        more.accept(builder);
        return builder.build();
    }

    private EncryptionPolicy policy(KeySources sources) throws IOException {
        if (file == null) {
            return EncryptionPolicy.always(EncryptionMode.bucketDefault());
        }
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        try {
            return EncryptionPolicy.load(file, sources);
        } catch (EnvelopeException e) {
            throw new UsageProblem(String.valueOf(e.getMessage()), e);
        }
    }

    private WriteGuard guard(Connection connection) {
        BucketDirectory.Builder buckets = BucketDirectory.builder();
        CallerIdentity caller;
        try {
            owners.forEach((bucket, owner) -> buckets.bucket(bucket, AccountId.of(owner)));
            caller = account == null ? connection.caller() : CallerIdentity.of(AccountId.of(account));
        } catch (EnvelopeException e) {
            throw new UsageProblem(String.valueOf(e.getMessage()), e);
        }
        return WriteGuard.builder()
                .callerIdentity(caller)
                .bucketDirectory(buckets.build())
                .keyDirectory(connection.keys())
                .resolveSameAccountNames(resolveAliases)
                .build();
    }
}
