package dev.s3envelope.s3.internal.diagnosis;

import dev.s3envelope.core.access.AccessReport;
import dev.s3envelope.core.access.ClassifiedFailure;
import dev.s3envelope.core.access.FailureClassifier;
import dev.s3envelope.core.access.ServiceError;
import dev.s3envelope.core.iam.AccessGate;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Request;

/** Lets the failures of requests carry a report. Safe for use by several threads; an instance belongs to one client. */
final class FailureReporter {
    private static final Logger LOG = LoggerFactory.getLogger(FailureReporter.class);

    /** Not modified, not found, a condition that did not hold, nothing in the range: part of ordinary use, and never about access. */
    private static final Set<Integer> COMMON = Set.of(304, 404, 412, 416);

    private final Optional<String> region;
    private final @Nullable ActiveQuestions questions;

    /**
     * A reporter.
     *
     * @param region where the client sends requests
     * @param questions what else is asked; null for nothing
     */
    FailureReporter(Optional<String> region, @Nullable ActiveQuestions questions) {
        this.region = region;
        this.questions = questions;
    }

    /**
     * The failure, which from then on carries what was found out. The stage never fails, whatever goes wrong on the way: the failure is the caller's to
     * see.
     */
    CompletionStage<Throwable> explained(S3Request request, Throwable failure) {
        try {
            Optional<ReportDraft> draft = draft(request, failure);
            if (draft.isEmpty()) {
                return CompletableFuture.completedFuture(failure);
            }
            CompletionStage<ReportDraft> complete = questions == null
                    ? CompletableFuture.completedFuture(draft.get())
                    : questions.ask(request, draft.get());
            return complete.thenAccept(known -> attach(known.report(), failure)).handle((done, broken) -> {
                if (broken != null) {
                    LOG.debug("No report on a failure", broken);
                }
                return failure;
            });
        } catch (RuntimeException e) {
            LOG.debug("No report on a failure", e);
            return CompletableFuture.completedFuture(failure);
        }
    }

    private Optional<ReportDraft> draft(S3Request request, Throwable failure) {
        if (!(failure instanceof S3Exception answer)
                || COMMON.contains(answer.statusCode())
                || AccessReport.of(failure).isPresent()) {
            return Optional.empty();
        }
        return RequestFacts.of(request).flatMap(facts -> {
            ServiceError error =
                    ServiceError.of(AccessGate.S3, facts.operation(), answer).withKmsUse(facts.kmsUse());
            ClassifiedFailure classified =
                    FailureClassifier.classify(facts.customerKey() ? error.withCustomerKey() : error);
            return classified.kind().isAboutAccess()
                    ? Optional.of(new ReportDraft(facts, classified, region))
                    : Optional.empty();
        });
    }

    private static void attach(AccessReport report, Throwable failure) {
        if (!report.attachTo(failure)) {
            LOG.info("{}", report.summary());
        }
    }
}
