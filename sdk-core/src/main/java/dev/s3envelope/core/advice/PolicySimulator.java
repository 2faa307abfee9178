package dev.s3envelope.core.advice;

import dev.s3envelope.core.advice.AccessDocuments.DefaultEncryption;
import dev.s3envelope.core.advice.AccessDocuments.OfBucket;
import dev.s3envelope.core.advice.AccessDocuments.OfKey;
import dev.s3envelope.core.advice.AccessDocuments.OfPrincipal;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.AccessRequest;
import dev.s3envelope.core.iam.ContextKeys;
import dev.s3envelope.core.iam.Explanation;
import dev.s3envelope.core.iam.KmsGate;
import dev.s3envelope.core.iam.S3Gate;
import dev.s3envelope.core.iam.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Would this principal be let through both gates, given these documents: every action of the task, statement by statement. Nothing is asked of
 * AWS. What the documents do not hold, a bucket, a key or its policy, makes the verdict {@link Verdict#UNKNOWN}, never a guess; a key
 * that is out of use keeps everybody out, whatever the policies say.
 */
public final class PolicySimulator {
    private final AccessDocuments documents;

    private PolicySimulator(AccessDocuments documents) {
        this.documents = documents;
    }

    /** A simulator over these documents. */
    public static PolicySimulator of(AccessDocuments documents) {
        return new PolicySimulator(documents);
    }

    /**
     * Simulates one request.
     *
     * @throws IllegalArgumentException if the documents have no entry for the principal
     */
    public Simulation simulate(AccessCase request) {
        OfPrincipal principal = documents
                .principal(request.principal())
                .orElseThrow(() -> new IllegalArgumentException("The documents have no principal " + request.principal()
                        + "; add it, with its identity policies"));
        Optional<OfBucket> bucket = documents.bucket(request.object().bucket());
        ObjectScope object = ObjectScope.of(request.object());
        List<Simulation.Step> steps = new ArrayList<>();
        Optional<List<KeyUse>> uses = request.keys().or(() -> bucket.flatMap(this::defaultUses));
        AccessNeed.Place place =
                new AccessNeed.Place(object, bucket.flatMap(OfBucket::account), uses.orElse(List.of()), false);
        for (AccessRequest question : GateQuestions.of(
                request.task(), principal.principal(), place, builder -> conditions(builder, request))) {
            steps.add(
                    question.service().equals("s3")
                            ? s3(question, principal, bucket.orElse(null))
                            : kms(question, principal));
        }
        if (uses.isEmpty()) {
            steps.add(Simulation.Step.unknown(
                    AccessGate.KMS, "the key of the object", "it is not known which key the object is under"));
        }
        uses.orElse(List.of()).forEach(use -> state(use).ifPresent(steps::add));
        return new Simulation(request, steps);
    }

    private static void conditions(AccessRequest.Builder builder, AccessCase request) {
        builder.objectOwner(request.objectOwner().orElse(null));
        boolean writes = request.task() == AccessTask.WRITE || request.task() == AccessTask.WRITE_MULTIPART;
        if (writes) {
            request.keys().ifPresent(uses -> headers(builder, uses));
        }
        request.conditions().forEach(builder::context);
    }

    /** What a write that names its encryption puts into the request, and policies ask for. */
    private static void headers(AccessRequest.Builder builder, List<KeyUse> uses) {
        for (KeyUse use : uses) {
            if (use.route() == KeyRoute.THROUGH_S3) {
                builder.context(ContextKeys.S3_X_AMZ_SERVER_SIDE_ENCRYPTION, "aws:kms")
                        .context(
                                ContextKeys.S3_X_AMZ_SERVER_SIDE_ENCRYPTION_AWS_KMS_KEY_ID,
                                use.key().text());
            }
        }
    }

    /** The uses that follow from a bucket's default encryption; empty if the key cannot be told. */
    private Optional<List<KeyUse>> defaultUses(OfBucket bucket) {
        Optional<DefaultEncryption> preset = bucket.encryption();
        if (preset.isEmpty()) {
            return Optional.empty();
        }
        if (!preset.get().usesKms()) {
            return Optional.of(List.of());
        }
        Optional<KeyArn> key = preset.get().usesManagedKey()
                ? managedKey(bucket)
                : preset.get().key().flatMap(KeyArn::tryParse);
        boolean bucketKey = preset.get().bucketKey() && preset.get().algorithm().equals("aws:kms");
        return key.map(k -> List.of(bucketKey ? KeyUse.sseKmsWithBucketKey(k) : KeyUse.sseKms(k)));
    }

    private Optional<KeyArn> managedKey(OfBucket bucket) {
        return documents.keys().stream()
                .filter(OfKey::isAwsManaged)
                .map(OfKey::arn)
                .filter(arn -> bucket.account().equals(Optional.of(arn.account()))
                        && bucket.region().equals(Optional.of(arn.region())))
                .findFirst();
    }

    private static Simulation.Step s3(AccessRequest question, OfPrincipal principal, @Nullable OfBucket bucket) {
        if (bucket == null) {
            return Simulation.Step.unknown(
                    AccessGate.S3, question.action(), "the documents have no bucket of that name");
        }
        Explanation explanation = S3Gate.create().explain(question, AccessDocuments.forS3(principal, bucket));
        return Simulation.Step.of(AccessGate.S3, explanation);
    }

    private Simulation.Step kms(AccessRequest question, OfPrincipal principal) {
        OfKey key = documents.key(question.resource()).orElse(null);
        if (key == null || key.policy().isEmpty()) {
            return Simulation.Step.unknown(
                    AccessGate.KMS,
                    question.action(),
                    "the documents have no " + (key == null ? "key " : "policy of key ") + question.resource());
        }
        return Simulation.Step.of(
                AccessGate.KMS, KmsGate.create().explain(question, AccessDocuments.forKms(principal, key)));
    }

    private Optional<Simulation.Step> state(KeyUse use) {
        return documents
                .key(use.key().text())
                .filter(key -> !key.facts().state().isUsable())
                .map(key -> new Simulation.Step(
                        AccessGate.KMS,
                        "state of the key",
                        Verdict.DENIED,
                        "key " + key.arn() + " is " + key.facts().state() + ": KMS refuses to use it for anybody",
                        Optional.empty()));
    }
}
