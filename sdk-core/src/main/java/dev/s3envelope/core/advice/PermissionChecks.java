package dev.s3envelope.core.advice;

import dev.s3envelope.core.advice.AccessDocuments.DefaultEncryption;
import dev.s3envelope.core.advice.AccessDocuments.OfBucket;
import dev.s3envelope.core.advice.AccessDocuments.OfKey;
import dev.s3envelope.core.advice.AccessDocuments.OfPrincipal;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.iam.AccessRequest;
import dev.s3envelope.core.iam.Evaluation;
import dev.s3envelope.core.iam.KmsGate;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.core.iam.S3Gate;
import dev.s3envelope.core.iam.StatementRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import software.amazon.awssdk.policybuilder.iam.IamResource;
import software.amazon.awssdk.policybuilder.iam.IamStatement;

/**
 * Principals that pass the S3 gate of a bucket under a KMS key and not the KMS gate. Each Allow on objects is tried on an object made from its
 * resource pattern; what the S3 gate would not let through there, for example for a condition on the request, is left alone.
 */
final class PermissionChecks {
    private final AccessDocuments documents;
    private final Consumer<LintFinding> found;

    PermissionChecks(AccessDocuments documents, Consumer<LintFinding> found) {
        this.documents = documents;
        this.found = found;
    }

    /** A bucket and the key its objects are under by default. */
    private record Store(OfBucket bucket, OfKey key, KeyUse use) {}

    void run() {
        for (OfBucket bucket : documents.buckets()) {
            Optional<Store> store = store(bucket);
            if (store.isPresent()) {
                documents.principals().forEach(principal -> check(store.get(), principal));
            }
        }
    }

    private Optional<Store> store(OfBucket bucket) {
        Optional<DefaultEncryption> preset = bucket.encryption().filter(DefaultEncryption::usesKms);
        Optional<KeyArn> arn = preset.flatMap(DefaultEncryption::key).flatMap(KeyArn::tryParse);
        Optional<OfKey> key =
                arn.flatMap(a -> documents.key(a.text())).filter(k -> k.policy().isPresent());
        return key.map(k -> new Store(
                bucket,
                k,
                preset.orElseThrow().bucketKey()
                                && preset.orElseThrow().algorithm().equals("aws:kms")
                        ? KeyUse.sseKmsWithBucketKey(k.arn())
                        : KeyUse.sseKms(k.arn())));
    }

    private void check(Store store, OfPrincipal principal) {
        if (principal.principal().account().isEmpty()) {
            return;
        }
        for (String key : objects(store, principal)) {
            ObjectScope object = ObjectScope.object(store.bucket().name(), key);
            passes(store, principal, "s3:GetObject", object)
                    .filter(at -> !opens(store, principal, "kms:Decrypt", object))
                    .ifPresent(at -> report(
                            LintRule.READER_WITHOUT_DECRYPT, AccessTask.READ, "kms:Decrypt", store, principal, at));
            passes(store, principal, "s3:PutObject", object).ifPresent(at -> writer(store, principal, object, at));
        }
    }

    private void writer(Store store, OfPrincipal principal, ObjectScope object, StatementRef at) {
        if (!opens(store, principal, "kms:GenerateDataKey", object)) {
            report(
                    LintRule.WRITER_WITHOUT_GENERATE_DATA_KEY,
                    AccessTask.WRITE,
                    "kms:GenerateDataKey",
                    store,
                    principal,
                    at);
        } else if (!opens(store, principal, "kms:Decrypt", object)) {
            report(LintRule.MULTIPART_WITHOUT_DECRYPT, AccessTask.WRITE_MULTIPART, "kms:Decrypt", store, principal, at);
        }
    }

    /** The statement that lets the principal through the S3 gate, if it is let through. */
    private static Optional<StatementRef> passes(
            Store store, OfPrincipal principal, String action, ObjectScope object) {
        AccessRequest request = AccessRequest.builder(
                        principal.principal(),
                        action,
                        object.sampleArn(store.key().arn().partition()))
                .resourceAccount(store.bucket().account().map(AccountId::digits).orElse(null))
                .secureTransport(true)
                .build();
        Evaluation answer = S3Gate.create().evaluate(request, AccessDocuments.forS3(principal, store.bucket()));
        return answer.allowed() ? answer.evidence().statements().stream().findFirst() : Optional.empty();
    }

    private static boolean opens(Store store, OfPrincipal principal, String action, ObjectScope object) {
        AccessRequest request = GateQuestions.kms(principal.principal(), action, store.use(), object)
                .build();
        return KmsGate.create()
                .evaluate(request, AccessDocuments.forKms(principal, store.key()))
                .allowed();
    }

    private void report(
            LintRule rule, AccessTask task, String action, Store store, OfPrincipal principal, StatementRef at) {
        LintFinding finding = LintFinding.at(
                rule,
                principal.principal() + " at bucket " + store.bucket().name(),
                at,
                "the S3 gate lets it through, but KMS would not allow " + action + " on "
                        + store.key().arn());
        Principal.Kind kind = principal.principal().kind();
        found.accept(
                kind == Principal.Kind.ROOT ? finding : finding.withRemedy(remedy(task, store, principal.principal())));
    }

    private static PolicyAdvice remedy(AccessTask task, Store store, Principal principal) {
        PolicyAdvice whole = KeyPolicyAdvisor.advise(AccessNeed.builder(
                        task, principal, ObjectScope.wholeBucket(store.bucket().name()))
                .bucketAccount(store.bucket().account().orElse(null))
                .keys(store.use())
                .build());
        return whole.onlyKeys();
    }

    /** Keys of objects that the principal's Allow statements, or the bucket policy's, are about. */
    private static Set<String> objects(Store store, OfPrincipal principal) {
        List<PolicyDocument> policies = new ArrayList<>(principal.identity());
        store.bucket().policy().ifPresent(policies::add);
        String prefix = store.bucket().arn(store.key().arn().partition()) + "/";
        Set<String> keys = new LinkedHashSet<>();
        policies.stream()
                .flatMap(policy -> policy.policy().statements().stream())
                .filter(Audience::isAllow)
                .filter(s -> Audience.covers(s, "s3:GetObject") || Audience.covers(s, "s3:PutObject"))
                .flatMap(PermissionChecks::resources)
                .forEach(resource -> {
                    if (resource.startsWith(prefix) && resource.length() > prefix.length()) {
                        keys.add(resource.substring(prefix.length())
                                .replace("*", "any")
                                .replace('?', 'x'));
                    } else if (resource.indexOf('*') >= 0) {
                        keys.add("any");
                    }
                });
        return keys;
    }

    private static Stream<String> resources(IamStatement statement) {
        return statement.resources().isEmpty()
                ? Stream.of("*")
                : statement.resources().stream().map(IamResource::value);
    }
}
