package dev.s3envelope.examples.cli;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.advice.AccessNeed;
import dev.s3envelope.core.advice.AccessTask;
import dev.s3envelope.core.advice.KeyPolicyAdvisor;
import dev.s3envelope.core.advice.KeyUse;
import dev.s3envelope.core.advice.ObjectScope;
import dev.s3envelope.core.advice.PolicyAdvice;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.core.mode.ContextScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code envelope policy}. */
@Command(
        name = "policy",
        description = {
            "Print the least-privilege statements that let a principal do a task: identity, bucket and key policy.",
            "Offline: nothing is asked of AWS. A key ends in * for a prefix: s3://bucket/2026/*, s3://bucket/*."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class PolicyCommand implements Callable<Integer> {
    @ParentCommand
    HasSurroundings parent;

    @Option(
            names = "--task",
            required = true,
            paramLabel = "TASK",
            description = "read, read-version, read-attributes, write, write-multipart, replicate or audit.")
    String task;

    @Option(names = "--principal", required = true, paramLabel = "ARN", description = "The user or role.")
    String principal;

    @Option(names = "--object", required = true, paramLabel = "S3_URI", description = "The objects.")
    String object;

    @Option(
            names = "--bucket-account",
            paramLabel = "ID",
            description = "Whose bucket it is; without it another account's than the principal's is assumed.")
    @Nullable
    String bucketAccount;

    @Option(
            names = "--key",
            paramLabel = "KEY_ARN",
            description = "The key S3 encrypts under; none for SSE-S3 and SSE-C.")
    @Nullable
    String key;

    @Option(names = "--bucket-key", description = "The objects use a Bucket Key.")
    boolean bucketKey;

    @Option(
            names = "--client-side-key",
            paramLabel = "KEY_ARN",
            description = "The key a client-side mode encrypts under.")
    @Nullable
    String clientSideKey;

    @Option(
            names = "--context-scope",
            paramLabel = "SCOPE",
            description = "Of the client-side mode: bucket (default) or object.")
    ContextScope scope = ContextScope.BUCKET;

    @Option(names = "--context", paramLabel = "NAME=VALUE", description = "Encryption context of the objects.")
    Map<String, String> context = Map.of();

    @Option(names = "--key-policy-only", description = "The keys of the principal's account do not delegate to IAM.")
    boolean keyPolicyOnly;

    @Option(names = "--destination", paramLabel = "S3_URI", description = "Where replicas go.")
    @Nullable
    String destination;

    @Option(names = "--destination-account", paramLabel = "ID", description = "Whose bucket that is.")
    @Nullable
    String destinationAccount;

    @Option(names = "--destination-key", paramLabel = "KEY_ARN", description = "The key of the replicas.")
    @Nullable
    String destinationKey;

    @Option(names = "--destination-bucket-key", description = "The replicas use a Bucket Key.")
    boolean destinationBucketKey;

    @Option(names = "--json", description = "For programs.")
    boolean json;

    @Override
    public Integer call() {
        PolicyAdvice advice;
        try {
            advice = KeyPolicyAdvisor.advise(need());
        } catch (EnvelopeException | IllegalArgumentException e) {
            throw new UsageProblem(String.valueOf(e.getMessage()), e);
        }
        if (json) {
            parent.surroundings().out().println(advice.json());
        } else {
            parent.surroundings().out().print(advice.text());
        }
        return ExitCode.OK;
    }

    private AccessNeed need() {
        AccessTask chosen = SimulateCommand.Tasks.of(task);
        List<KeyUse> uses = new ArrayList<>();
        if (clientSideKey != null) {
            uses.add(KeyUse.clientSide(KeyArn.parse(clientSideKey), scope).withContext(context));
        }
        throughS3(key, bucketKey).ifPresent(use -> uses.add(clientSideKey == null ? use.withContext(context) : use));
        AccessNeed.Builder need = AccessNeed.builder(chosen, Principal.fromArn(principal), scope(object))
                .bucketAccount(bucketAccount == null ? null : AccountId.of(bucketAccount))
                .keys(uses.toArray(KeyUse[]::new))
                .keysDelegate(!keyPolicyOnly);
        if (destination != null) {
            need.destination(new AccessNeed.Place(
                    scope(destination),
                    Optional.ofNullable(destinationAccount).map(AccountId::of),
                    throughS3(destinationKey, destinationBucketKey).stream().toList(),
                    false));
        }
        return need.build();
    }

    private static Optional<KeyUse> throughS3(@Nullable String key, boolean bucketKey) {
        return Optional.ofNullable(key)
                .map(KeyArn::parse)
                .map(arn -> bucketKey ? KeyUse.sseKmsWithBucketKey(arn) : KeyUse.sseKms(arn));
    }

    private static ObjectScope scope(String uri) {
        S3Location location = S3Location.parse(uri);
        String key = location.key();
        return location.isBucket()
                ? ObjectScope.wholeBucket(location.bucket())
                : key.endsWith("*")
                        ? ObjectScope.prefix(location.bucket(), key.substring(0, key.length() - 1))
                        : ObjectScope.object(location.bucket(), key);
    }
}
