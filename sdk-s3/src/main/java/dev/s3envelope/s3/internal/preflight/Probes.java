package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.core.access.AccessEvidence;
import dev.s3envelope.core.access.AccessEvidence.Source;
import dev.s3envelope.core.access.ClassifiedFailure;
import dev.s3envelope.core.access.FailureClassifier;
import dev.s3envelope.core.access.GateVerdict;
import dev.s3envelope.core.access.ServiceError;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.s3.internal.clientside.ReadPort;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Reads one byte of an object through S3, which asks both gates as it would for all of it. */
final class Probes {
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int FORBIDDEN = 403;

    private final ReadPort port;
    private final ObjectKeys keys;

    Probes(ReadPort port, ObjectKeys keys) {
        this.port = port;
        this.keys = keys;
    }

    /** What was learned, and what it says of the key the object turned out to be under. */
    record Seen(StoredUnder under, KeyVerdict verdict) {}

    /**
     * Reads the first byte. S3 does not say which key it was refused, so that a HEAD tells after a denial.
     *
     * @param known the key, where it was seen just now
     */
    CompletionStage<Seen> read(ReadTarget target, Optional<StoredUnder.Key> known) {
        return read(target)
                .thenCompose(seen -> seen.verdict().verdict() == Verdict.DENIED
                        ? attributed(target, seen, known)
                        : CompletableFuture.completedFuture(seen));
    }

    private CompletionStage<Seen> attributed(ReadTarget target, Seen denied, Optional<StoredUnder.Key> known) {
        CompletionStage<StoredUnder> under = known.isPresent()
                ? CompletableFuture.completedFuture(known.get())
                : port.head(target.head())
                        .handle((answer, failure) -> failure == null
                                ? keys.learn(target.object(), answer, Optional.empty())
                                : new StoredUnder.Unknown());
        return under.thenApply(found -> new Seen(found, denied.verdict()));
    }

    private CompletionStage<Seen> read(ReadTarget target) {
        return port.bytes(target.firstByte())
                .handle((bytes, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(opened(target, bytes.response()));
                    }
                    Throwable cause = StageFailures.unwrap(failure);
                    boolean empty = cause instanceof S3Exception s3 && s3.statusCode() == RANGE_NOT_SATISFIABLE;
                    return empty ? whole(target) : CompletableFuture.completedFuture(refused(target, cause));
                })
                .thenCompose(Function.identity());
    }

    private CompletionStage<Seen> whole(ReadTarget target) {
        return port.bytes(target.whole())
                .handle((bytes, failure) -> failure == null
                        ? opened(target, bytes.response())
                        : refused(target, StageFailures.unwrap(failure)));
    }

    private Seen opened(ReadTarget target, GetObjectResponse answer) {
        StoredUnder under = keys.learn(target.object(), answer, Optional.empty());
        return new Seen(
                under,
                verdict(
                        target,
                        Verdict.ALLOWED,
                        new AccessEvidence(
                                Source.PROBE,
                                "S3 gave out the first byte of "
                                        + target.object().address() + "."),
                        true,
                        Optional.empty()));
    }

    /** What S3's refusal says of the KMS gate. */
    private static Seen refused(ReadTarget target, Throwable failure) {
        Optional<ClassifiedFailure> said = failure instanceof S3Exception s3
                ? Optional.of(FailureClassifier.classify(ServiceError.of(AccessGate.S3, "GetObject", s3)))
                : Optional.empty();
        boolean byKms =
                said.filter(known -> known.kms().verdict() == Verdict.DENIED).isPresent();
        Optional<S3Exception> refusal = failure instanceof S3Exception s3 && (byKms || s3.statusCode() == FORBIDDEN)
                ? Optional.of(s3)
                : Optional.empty();
        String detail = "Asked for one byte of " + target.object().address() + ", "
                + said.map(known -> known.error().text()).orElseGet(() -> "S3 did not answer: " + failure.getMessage());
        return new Seen(
                new StoredUnder.Unknown(),
                verdict(
                        target,
                        byKms ? Verdict.DENIED : Verdict.UNKNOWN,
                        said.map(known -> AccessEvidence.of(Source.PROBE, detail, known))
                                .orElseGet(() -> new AccessEvidence(Source.PROBE, detail)),
                        false,
                        refusal));
    }

    private static KeyVerdict verdict(
            ReadTarget target,
            Verdict verdict,
            AccessEvidence evidence,
            boolean settled,
            Optional<S3Exception> refusal) {
        return new KeyVerdict(
                new GateVerdict(AccessGate.KMS, verdict, List.of(evidence)),
                settled,
                Optional.of(new KeyVerdict.Probed(target.object(), refusal)));
    }
}
