package dev.s3envelope.s3.internal.diagnosis;

import dev.s3envelope.core.access.AccessEvidence;
import dev.s3envelope.core.access.AccessEvidence.Source;
import dev.s3envelope.core.access.FailureKind;
import dev.s3envelope.core.access.KeyAccess;
import dev.s3envelope.core.access.KeyAnswer;
import dev.s3envelope.core.access.PrincipalLookup;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.s3.Diagnosis;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * Asks what an error leaves open: who asks, under which key the object is, whether the key can be used, and whether KMS would let the principal in. One question after
 * the other, each at most once; a question that fails leaves a note and no verdict. Questions that block are asked on the executor.
 */
final class ActiveQuestions {
    private final Diagnosis settings;
    private final Function<HeadObjectRequest, CompletionStage<HeadObjectResponse>> head;
    private final Executor blocking;

    /**
     * Questions of one client.
     *
     * @param head sends a HEAD through the wrapped client
     * @param blocking runs questions that block
     */
    ActiveQuestions(
            Diagnosis settings,
            Function<HeadObjectRequest, CompletionStage<HeadObjectResponse>> head,
            Executor blocking) {
        this.settings = settings;
        this.head = head;
        this.blocking = blocking;
    }

    /** The draft with what was found out. */
    CompletionStage<ReportDraft> ask(S3Request request, ReportDraft draft) {
        if (!isWorthAsking(draft.kind())) {
            return CompletableFuture.completedFuture(draft);
        }
        RequestCredentials credentials = RequestCredentials.of(request);
        return lookAt(request, draft)
                .thenCompose(done -> askState(credentials, draft))
                .thenCompose(done -> askPermission(credentials, draft))
                .thenCompose(done -> askPrincipal(credentials, draft))
                .thenApply(done -> draft);
    }

    /** Throttling, and SSE-C keys, are no matter of permissions. */
    private static boolean isWorthAsking(FailureKind kind) {
        return switch (kind) {
            case S3_DENIED, KMS_DENIED, KEY_DISABLED, KEY_NOT_USABLE, DENIED_UNATTRIBUTED -> true;
            default -> false;
        };
    }

    private CompletionStage<Void> lookAt(S3Request request, ReportDraft draft) {
        Optional<HeadObjectRequest> look = HeadOf.read(request, draft.facts());
        Optional<ObjectAddress> object = draft.object();
        if (look.isEmpty() || object.isEmpty() || draft.verdict(AccessGate.S3) != Verdict.UNKNOWN) {
            return done();
        }
        return attempt(() -> head.apply(look.get())).handle((answer, failure) -> {
            if (failure == null) {
                seen(draft, object.get(), answer);
            } else if (StageFailures.unwrap(failure) instanceof S3Exception refusal) {
                draft.saw(
                        AccessGate.S3,
                        Verdict.UNKNOWN,
                        new AccessEvidence(
                                Source.HEAD,
                                "HEAD of the object was answered with " + refusal.statusCode()
                                        + " too, which has no text."));
            } else {
                draft.note("HEAD of the object failed: " + text(failure));
            }
            return null;
        });
    }

    private static void seen(ReportDraft draft, ObjectAddress object, HeadObjectResponse answer) {
        String mode = String.valueOf(answer.serverSideEncryptionAsString());
        boolean kms = mode.startsWith("aws:kms");
        // HEAD passes the S3 gate by s3:GetObject and asks KMS nothing.
        boolean sameAction = draft.facts().actions().s3().equals(List.of("s3:GetObject"));
        draft.saw(
                AccessGate.S3,
                sameAction ? Verdict.ALLOWED : Verdict.UNKNOWN,
                new AccessEvidence(
                        Source.HEAD, "HEAD of the object succeeded, which takes s3:GetObject and no KMS permission."));
        Optional<KeyArn> key = Optional.ofNullable(answer.ssekmsKeyId()).flatMap(KeyArn::tryParse);
        if (!kms) {
            draft.note("The object is not under a KMS key, by HEAD: its mode is "
                    + (answer.sseCustomerAlgorithm() == null ? mode : "SSE-C") + ".");
            return;
        }
        key.ifPresent(arn ->
                draft.key(arn, RequestFacts.contextOf(object, arn, Boolean.TRUE.equals(answer.bucketKeyEnabled()))));
        if (sameAction && draft.kind() == FailureKind.DENIED_UNATTRIBUTED) {
            draft.saw(
                    AccessGate.KMS,
                    Verdict.DENIED,
                    new AccessEvidence(
                            Source.HEAD,
                            "S3 lets this principal HEAD the object, by the same s3:GetObject, so what refused to read it is KMS."));
        }
    }

    private CompletionStage<Void> askState(RequestCredentials credentials, ReportDraft draft) {
        return askKms(credentials, draft, (access, key) -> access.state(key));
    }

    private CompletionStage<Void> askPermission(RequestCredentials credentials, ReportDraft draft) {
        List<String> actions = draft.facts().actions().kms();
        boolean settled = draft.verdict(AccessGate.KMS) == Verdict.DENIED && draft.isDetailed();
        if (draft.context().isEmpty() || actions.isEmpty() || settled) {
            return done();
        }
        EncryptionContext context = EncryptionContext.of(draft.context());
        return askKms(
                credentials,
                draft,
                (access, key) -> actions.get(0).equals("kms:Decrypt")
                        ? access.mayDecrypt(key, context)
                        : access.mayGenerateDataKey(key, context));
    }

    /** One question to KMS about the key, if there are a key and somebody to ask. */
    private interface KeyQuestion {
        CompletionStage<KeyAnswer> ask(KeyAccess access, KeyArn key);
    }

    private CompletionStage<Void> askKms(RequestCredentials credentials, ReportDraft draft, KeyQuestion question) {
        Optional<KeyAccess> access = settings.keyAccess().map(known -> known.onBehalfOf(credentials));
        Optional<KeyArn> key = draft.key();
        if (access.isEmpty() || key.isEmpty()) {
            return done();
        }
        return asked(access.get().blocking(), () -> question.ask(access.get(), key.get()))
                .handle((answer, failure) -> {
                    if (failure == null) {
                        answer.verdict()
                                .evidence()
                                .forEach(seen -> draft.saw(
                                        AccessGate.KMS, answer.verdict().verdict(), seen));
                    } else {
                        draft.note("KMS could not be asked: " + text(failure));
                    }
                    return null;
                });
    }

    private CompletionStage<Void> askPrincipal(RequestCredentials credentials, ReportDraft draft) {
        Optional<PrincipalLookup> lookup = settings.principals();
        if (lookup.isEmpty() || draft.knowsPrincipal()) {
            return done();
        }
        return asked(lookup.get().blocking(), () -> lookup.get().arn(credentials))
                .handle((arn, failure) -> {
                    if (failure == null) {
                        draft.principal(arn);
                    } else {
                        draft.note("STS could not be asked who signs: " + text(failure));
                    }
                    return null;
                });
    }

    private <V> CompletionStage<V> asked(boolean blocks, Supplier<CompletionStage<V>> question) {
        return blocks
                ? CompletableFuture.supplyAsync(() -> attempt(question), blocking)
                        .thenCompose(Function.identity())
                : attempt(question);
    }

    private static <V> CompletionStage<V> attempt(Supplier<CompletionStage<V>> question) {
        try {
            return question.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static String text(Throwable failure) {
        Throwable cause = StageFailures.unwrap(failure);
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    private static CompletionStage<Void> done() {
        return CompletableFuture.completedFuture(null);
    }
}
