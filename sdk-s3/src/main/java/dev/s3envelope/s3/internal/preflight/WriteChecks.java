package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.s3.PreflightOverride;
import dev.s3envelope.s3.PreflightStrategy;
import dev.s3envelope.s3.internal.ObjectVersion;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * Checks writes under a KMS key by dry runs before they are sent: GenerateDataKey, and for an upload in parts Decrypt too, which S3 needs to put them together (Amazon
 * S3 User Guide, "Uploading and copying objects using multipart upload", permissions). Nothing is asked where the request does not name its key: under the bucket's
 * default and under {@code aws/s3}. Safe for use by several threads.
 */
final class WriteChecks {
    private final ObjectKeys keys;
    private final Asker asker;
    private final Callers callers;

    WriteChecks(ObjectKeys keys, Asker asker, Callers callers) {
        this.keys = keys;
        this.asker = asker;
        this.callers = callers;
    }

    /** The request; the stage fails with the refusal. */
    <T extends S3Request> CompletionStage<T> check(T request) {
        Optional<ObjectVersion> object = written(request);
        boolean off = PreflightOverride.of(request)
                .filter(override -> override.strategy() == PreflightStrategy.OFF)
                .isPresent();
        if (object.isEmpty() || off) {
            return CompletableFuture.completedFuture(request);
        }
        List<StoredUnder.Key> possible = keys.ofWrite(request, object.get().address());
        if (possible.isEmpty()) {
            return CompletableFuture.completedFuture(request);
        }
        return callers.of(request)
                .handle((caller, failure) -> failure == null
                        ? new Write(request, object.get(), caller, possible)
                                .check(request instanceof CreateMultipartUploadRequest)
                                .thenApply(done -> request)
                        // Without credentials the request itself says what is wrong.
                        : CompletableFuture.completedFuture(request))
                .thenCompose(Function.identity());
    }

    /** The object a request writes; empty for requests that are not checked. */
    static Optional<ObjectVersion> written(S3Request request) {
        if (request instanceof PutObjectRequest || request instanceof CreateMultipartUploadRequest) {
            return ReadTarget.named(request);
        }
        return request instanceof CopyObjectRequest copy
                ? ObjectVersion.of(copy.destinationBucket(), copy.destinationKey(), null)
                : Optional.empty();
    }

    /** One write that is being checked, under a key in each context S3 may use: two where the bucket's default decides about a Bucket Key. */
    private final class Write {
        private final S3Request request;
        private final ObjectVersion object;
        private final Callers.Caller caller;
        private final List<StoredUnder.Key> possible;

        Write(S3Request request, ObjectVersion object, Callers.Caller caller, List<StoredUnder.Key> possible) {
            this.request = request;
            this.object = object;
            this.caller = caller;
            this.possible = possible;
        }

        CompletionStage<Void> check(boolean inParts) {
            CompletionStage<Void> made =
                    ask("kms:GenerateDataKey", key -> asker.mayGenerateDataKey(object.address(), caller, key), 0);
            return inParts
                    ? made.thenCompose(
                            done -> ask("kms:Decrypt", key -> asker.mayDecrypt(object.address(), caller, key), 0))
                    : made;
        }

        /** Refuses if no context that S3 may use is open. */
        private CompletionStage<Void> ask(
                String action, Function<StoredUnder.Key, CompletionStage<KeyVerdict>> question, int index) {
            StoredUnder.Key key = possible.get(index);
            return question.apply(key).thenCompose(verdict -> {
                if (verdict.verdict() != Verdict.DENIED) {
                    return CompletableFuture.completedFuture(null);
                }
                return index + 1 < possible.size()
                        ? ask(action, question, index + 1)
                        : CompletableFuture.failedFuture(Refusals.denied(
                                "Writing " + object.address(), request, object.address(), action, key, verdict));
            });
        }
    }
}
