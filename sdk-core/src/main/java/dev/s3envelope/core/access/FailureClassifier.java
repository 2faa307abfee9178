package dev.s3envelope.core.access;

import dev.s3envelope.core.access.AccessEvidence.Source;
import dev.s3envelope.core.access.ServiceError.KmsUse;
import dev.s3envelope.core.guard.KeyFacts;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.DenialReason;
import dev.s3envelope.core.iam.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says which gate an error of S3 or KMS comes from, as far as the error itself tells. What it does not tell stays
 * {@link Verdict#UNKNOWN}: in particular a bare "Access Denied", every error of HEAD (it has no text), and the other gate of a denial, since AWS names one
 * reason even where several apply. Words that AWS may change are matched loosely, by few of them; a text that is not recognised is unknown.
 *
 * <p>Sources: Amazon S3 User Guide, "Troubleshoot access denied (403 Forbidden) errors"; Amazon S3 API Reference, "Error responses"; AWS KMS Developer Guide,
 * "Key states of AWS KMS keys".
 */
public final class FailureClassifier {
    private static final String KMS_PREFIX = "kms.";

    private FailureClassifier() {}

    /** What an error says of the gates. */
    public static ClassifiedFailure classify(ServiceError error) {
        if (error.service() == AccessGate.KMS) {
            return kms(error, error.code().orElse(""));
        }
        String code = error.code().orElse("");
        if (code.toLowerCase(Locale.ROOT).startsWith(KMS_PREFIX)) {
            return kms(error, code.substring(KMS_PREFIX.length()));
        }
        if (error.isHead()) {
            return head(error);
        }
        return switch (code.toLowerCase(Locale.ROOT)) {
            case "accessdenied", "accessdeniedexception" -> denied(error);
            case "slowdown" -> says(error, "kms") ? of(error, FailureKind.KMS_THROTTLED) : unrelated(error);
            case "invalidrequest" -> rejected(error);
            default -> unrelated(error);
        };
    }

    /** HEAD needs no KMS permission and has no text: whatever stopped it, the answer does not say. */
    private static ClassifiedFailure head(ServiceError error) {
        return switch (error.status()) {
            case 403 -> of(error, FailureKind.DENIED_UNATTRIBUTED);
            case 400 -> of(error, FailureKind.HEAD_REJECTED);
            default -> unrelated(error);
        };
    }

    private static ClassifiedFailure denied(ServiceError error) {
        String message = error.message().orElse("");
        Optional<DenialText> text = DenialText.parse(message);
        if (text.isPresent()) {
            return denied(error, text.get());
        }
        if (startsWith(message, "the ciphertext refers")) {
            return of(error, FailureKind.KMS_DENIED);
        }
        if (says(error, "correct secret key")) {
            return of(error, FailureKind.CUSTOMER_KEY_WRONG);
        }
        if (says(error, "blocked upload requests")) {
            return of(error, FailureKind.CUSTOMER_KEYS_BLOCKED);
        }
        // S3 alone can have refused what takes no KMS key.
        boolean onlyS3 = error.kmsUse() == KmsUse.NOT_NEEDED && !error.customerKeySent();
        return of(error, onlyS3 ? FailureKind.S3_DENIED : FailureKind.DENIED_UNATTRIBUTED);
    }

    private static ClassifiedFailure denied(ServiceError error, DenialText text) {
        String service = text.action().substring(0, text.action().indexOf(':'));
        FailureKind kind = switch (service) {
            case "kms" -> FailureKind.KMS_DENIED;
            case "s3", "s3express", "s3-object-lambda" ->
                text.reason().isEmpty() && says(error, "blocked upload requests")
                        ? FailureKind.CUSTOMER_KEYS_BLOCKED
                        : FailureKind.S3_DENIED;
            default -> FailureKind.DENIED_UNATTRIBUTED;
        };
        return of(error, kind, text, null);
    }

    private static ClassifiedFailure rejected(ServiceError error) {
        if (says(error, "stored using a form of server side encryption")) {
            return of(error, FailureKind.CUSTOMER_KEY_NEEDED);
        }
        return says(error, "not applicable to this object")
                ? of(error, FailureKind.CUSTOMER_KEY_NOT_WANTED)
                : unrelated(error);
    }

    /** An error of KMS, passed on by S3 or its own. */
    private static ClassifiedFailure kms(ServiceError error, String code) {
        return switch (code.toLowerCase(Locale.ROOT)) {
            case "accessdeniedexception", "accessdenied" -> of(error, FailureKind.KMS_DENIED, kmsText(error), null);
            case "disabledexception" ->
                state(error).filter(state -> state != KeyFacts.State.DISABLED).isPresent()
                        ? notUsable(error)
                        : of(error, FailureKind.KEY_DISABLED, null, KeyFacts.State.DISABLED);
            case "kmsinvalidstateexception", "invalidstateexception" ->
                state(error).filter(state -> state == KeyFacts.State.DISABLED).isPresent()
                        ? of(error, FailureKind.KEY_DISABLED, null, KeyFacts.State.DISABLED)
                        : notUsable(error);
            case "notfoundexception", "invalidarnexception" -> of(error, FailureKind.KEY_NOT_FOUND);
            case "invalidkeyusageexception", "unsupportedoperationexception" -> of(error, FailureKind.KEY_UNSUITABLE);
            case "invalidciphertextexception", "incorrectkeyexception" -> of(error, FailureKind.WRAPPED_KEY_MISMATCH);
            case "throttlingexception", "limitexceededexception" -> of(error, FailureKind.KMS_THROTTLED);
            case "keyunavailableexception", "dependencytimeoutexception", "kmsinternalexception" ->
                of(error, FailureKind.KMS_UNAVAILABLE);
            case "dryrunoperationexception" -> of(error, FailureKind.PASSED);
            default -> unrelated(error);
        };
    }

    private static @Nullable DenialText kmsText(ServiceError error) {
        return error.message()
                .flatMap(DenialText::parse)
                .filter(text -> text.action().startsWith("kms:"))
                .orElse(null);
    }

    private static ClassifiedFailure notUsable(ServiceError error) {
        return of(error, FailureKind.KEY_NOT_USABLE, null, state(error).orElse(null));
    }

    /** The state a message of KMS ends with, as in "... is pending deletion." */
    private static Optional<KeyFacts.State> state(ServiceError error) {
        String text = error.message().orElse("").toLowerCase(Locale.ROOT).replaceAll("[\\s_]+", " ");
        if (text.contains("pending replica deletion")) {
            return Optional.of(KeyFacts.State.PENDING_REPLICA_DELETION);
        }
        if (text.contains("pending deletion")) {
            return Optional.of(KeyFacts.State.PENDING_DELETION);
        }
        if (text.contains("pending import")) {
            return Optional.of(KeyFacts.State.PENDING_IMPORT);
        }
        if (text.contains("is unavailable")) {
            return Optional.of(KeyFacts.State.UNAVAILABLE);
        }
        if (text.contains("is creating")) {
            return Optional.of(KeyFacts.State.CREATING);
        }
        return text.contains("is disabled") ? Optional.of(KeyFacts.State.DISABLED) : Optional.empty();
    }

    private static ClassifiedFailure unrelated(ServiceError error) {
        return of(error, FailureKind.UNRELATED);
    }

    private static ClassifiedFailure of(ServiceError error, FailureKind kind) {
        return of(error, kind, null, null);
    }

    private static ClassifiedFailure of(
            ServiceError error, FailureKind kind, @Nullable DenialText text, KeyFacts.@Nullable State state) {
        return new ClassifiedFailure(
                error,
                kind,
                verdict(error, AccessGate.S3, s3(kind), kind, state),
                verdict(error, AccessGate.KMS, kms(kind), kind, state),
                text == null ? Optional.empty() : text.principal(),
                text == null ? Optional.empty() : Optional.of(text.action()),
                text == null ? Optional.empty() : text.resource(),
                text == null ? Optional.<DenialReason>empty() : text.reason(),
                Optional.ofNullable(state));
    }

    private static Verdict s3(FailureKind kind) {
        return switch (kind) {
            case S3_DENIED, CUSTOMER_KEYS_BLOCKED -> Verdict.DENIED;
            default -> Verdict.UNKNOWN;
        };
    }

    private static Verdict kms(FailureKind kind) {
        return switch (kind) {
            case KMS_DENIED, KEY_DISABLED, KEY_NOT_USABLE, KEY_NOT_FOUND, KEY_UNSUITABLE -> Verdict.DENIED;
            case PASSED -> Verdict.ALLOWED;
            default -> Verdict.UNKNOWN;
        };
    }

    private static GateVerdict verdict(
            ServiceError error, AccessGate gate, Verdict verdict, FailureKind kind, KeyFacts.@Nullable State state) {
        if (verdict == Verdict.UNKNOWN) {
            return GateVerdict.unasked(gate);
        }
        Source source = verdict == Verdict.ALLOWED ? Source.DRY_RUN : Source.ERROR_MESSAGE;
        return new GateVerdict(
                gate,
                verdict,
                List.of(new AccessEvidence(
                        source,
                        error.text(),
                        Optional.of(kind).filter(FailureKind::isAboutAccess),
                        Optional.ofNullable(state),
                        Optional.empty())));
    }

    private static boolean says(ServiceError error, String words) {
        return error.message().orElse("").toLowerCase(Locale.ROOT).contains(words);
    }

    private static boolean startsWith(String message, String words) {
        return message.strip().toLowerCase(Locale.ROOT).startsWith(words);
    }
}
