package dev.s3envelope.core.access;

import dev.s3envelope.core.access.AccessEvidence.Source;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.guard.KeyFacts;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.DenialReason;
import dev.s3envelope.core.iam.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was denied: the verdict on each gate and what it rests on, who asked for what, and what would open the gate.
 *
 * <p>A report rides along with the exception that AWS or this SDK threw, whose type and identity stay as they are:
 *
 * <pre>{@code
 * try {
 *     s3.getObject(...);
 * } catch (S3Exception e) {
 *     AccessReport.of(e).ifPresent(report -> System.err.println(report.toText()));
 *     throw e;
 * }
 * }</pre>
 *
 * <p>What nobody knows is empty, or {@link Verdict#UNKNOWN}; nothing is guessed. Nothing in a report is secret: no credentials, no keys, no signed URLs. It does
 * name principals, accounts, keys and objects. Immutable.
 */
public final class AccessReport {
    private final String operation;
    private final Optional<ObjectAddress> object;
    private final GateVerdict s3;
    private final GateVerdict kms;
    private final FailureKind kind;
    private final Optional<ServiceError> error;
    private final List<String> s3Actions;
    private final List<String> kmsActions;
    private final Optional<String> principal;
    private final Optional<AccountId> account;
    private final Optional<DenialReason> reason;
    private final Optional<KeyArn> key;
    private final Optional<KeyFacts.State> keyState;
    private final Optional<String> region;
    private final Optional<AccountId> bucketOwner;
    private final Map<String, String> encryptionContext;
    private final List<String> notes;

    private AccessReport(Builder from) {
        this.operation = from.operation;
        this.object = Optional.ofNullable(from.object);
        this.s3 = from.s3;
        this.kms = from.kms;
        this.kind = kind(from);
        this.error = Optional.ofNullable(from.error);
        this.s3Actions = List.copyOf(from.s3Actions);
        this.kmsActions = List.copyOf(from.kmsActions);
        this.principal = Optional.ofNullable(from.principal);
        this.account = Optional.ofNullable(from.account).or(() -> principal.flatMap(AccessReport::accountOf));
        this.reason = Optional.ofNullable(from.reason);
        this.key = Optional.ofNullable(from.key);
        this.keyState = Optional.ofNullable(from.keyState);
        this.region = Optional.ofNullable(from.region).or(() -> key.map(KeyArn::region));
        this.bucketOwner = Optional.ofNullable(from.bucketOwner);
        this.encryptionContext = Collections.unmodifiableMap(new TreeMap<>(from.encryptionContext));
        this.notes = List.copyOf(from.notes);
    }

    /**
     * Starts a report that knows nothing yet.
     *
     * @param operation the API operation that was asked for, such as {@code GetObject}
     */
    public static Builder builder(String operation) {
        return new Builder(operation);
    }

    /**
     * The report that an exception carries: as a suppressed exception of its own, or of one of its causes or of those it suppresses.
     *
     * @return the one nearest to the exception; empty if there is none
     */
    public static Optional<AccessReport> of(Throwable failure) {
        return AttachedReport.find(failure);
    }

    /**
     * Lets an exception carry this report. One that carries a report already keeps it.
     *
     * @return whether {@link #of} now finds a report: an exception that was made without suppression cannot carry one
     */
    public boolean attachTo(Throwable failure) {
        return AttachedReport.attach(this, failure);
    }

    /** The API operation that was asked for. */
    public String operation() {
        return operation;
    }

    /** The object that was asked for; of a copy, its destination. */
    public Optional<ObjectAddress> object() {
        return object;
    }

    /** The verdict on the S3 gate. */
    public GateVerdict s3() {
        return s3;
    }

    /** The verdict on the KMS gate. */
    public GateVerdict kms() {
        return kms;
    }

    /** What the failure means. */
    public FailureKind kind() {
        return kind;
    }

    /** The error that AWS answered with; empty where no request was sent. */
    public Optional<ServiceError> error() {
        return error;
    }

    /** The actions asked of S3: the one that an error names, else those the operation needs. */
    public List<String> s3Actions() {
        return s3Actions;
    }

    /** The actions asked of KMS: the one that an error names, else those the operation needs. */
    public List<String> kmsActions() {
        return kmsActions;
    }

    /** The ARN of the principal that asked. */
    public Optional<String> principal() {
        return principal;
    }

    /** The account of the principal. */
    public Optional<AccountId> account() {
        return account;
    }

    /** Which kind of policy denied, or was silent, where an error says so. */
    public Optional<DenialReason> reason() {
        return reason;
    }

    /** The KMS key in question. */
    public Optional<KeyArn> key() {
        return key;
    }

    /** The state of the key when it was last learned. */
    public Optional<KeyFacts.State> keyState() {
        return keyState;
    }

    /** The Region of the request. */
    public Optional<String> region() {
        return region;
    }

    /** The account that owns the bucket. */
    public Optional<AccountId> bucketOwner() {
        return bucketOwner;
    }

    /** The encryption context that KMS was, or would be, asked with, sorted by name; empty if it is not known. */
    public Map<String, String> encryptionContext() {
        return encryptionContext;
    }

    /** What else there is to know, in sentences. */
    public List<String> notes() {
        return notes;
    }

    /** What would open the gate; worked out from what the report knows. */
    public Remedy remedy() {
        return Remedies.of(this);
    }

    /** The gate that is known to have denied; empty if none is. */
    public Optional<AccessGate> deniedBy() {
        return Stream.of(s3, kms)
                .filter(gate -> gate.verdict() == Verdict.DENIED)
                .map(GateVerdict::gate)
                .findFirst();
    }

    /** How it was found out which gate denied; empty if that is not known. */
    public Optional<Source> decidedBy() {
        return Stream.of(s3, kms)
                .filter(gate -> gate.verdict() == Verdict.DENIED)
                .flatMap(gate -> gate.evidence().stream())
                .map(AccessEvidence::source)
                .findFirst();
    }

    /** Who was denied what by which gate, in one line. */
    public String summary() {
        return ReportText.summary(this);
    }

    /** The report as lines for a terminal. */
    public String toText() {
        return ReportText.text(this);
    }

    /** The report as one JSON object with stable field names; they are listed in {@code docs/access-reports.md}. */
    public String toJson() {
        return ReportJson.write(this);
    }

    @Override
    public String toString() {
        return summary();
    }

    /** A denial whose gate is known is one of that gate; where both gates are open there is none. */
    private static FailureKind kind(Builder from) {
        if (from.kind != FailureKind.DENIED_UNATTRIBUTED) {
            return from.kind;
        }
        if (from.s3.verdict() == Verdict.DENIED) {
            return FailureKind.S3_DENIED;
        }
        if (from.kms.verdict() == Verdict.DENIED) {
            return FailureKind.KMS_DENIED;
        }
        boolean open = from.s3.verdict() == Verdict.ALLOWED && from.kms.verdict() == Verdict.ALLOWED;
        return open ? FailureKind.PASSED : from.kind;
    }

    private static Optional<AccountId> accountOf(String principalArn) {
        String[] parts = principalArn.split(":", 6);
        return parts.length == 6 ? AccountId.tryParse(parts[4]) : Optional.empty();
    }

    /** Builds an {@link AccessReport}; not safe for use by several threads. */
    public static final class Builder {
        private final String operation;
        private @Nullable ObjectAddress object;
        private GateVerdict s3 = GateVerdict.unasked(AccessGate.S3);
        private GateVerdict kms = GateVerdict.unasked(AccessGate.KMS);
        private FailureKind kind = FailureKind.DENIED_UNATTRIBUTED;
        private @Nullable ServiceError error;
        private List<String> s3Actions;
        private List<String> kmsActions;
        private @Nullable String principal;
        private @Nullable AccountId account;
        private @Nullable DenialReason reason;
        private @Nullable KeyArn key;
        private KeyFacts.@Nullable State keyState;
        private @Nullable String region;
        private @Nullable AccountId bucketOwner;
        private Map<String, String> encryptionContext = Map.of();
        private final List<String> notes = new ArrayList<>();

        private Builder(String operation) {
            this.operation = Objects.requireNonNull(operation, "operation");
            Optional<OperationActions> needed = OperationActions.of(operation);
            this.s3Actions = needed.map(OperationActions::s3).orElse(List.of());
            this.kmsActions = needed.map(OperationActions::kms).orElse(List.of());
        }

        /** Takes over what an error says: kind, verdicts, and the principal, action, key and state its message names. */
        public Builder failure(ClassifiedFailure failure) {
            this.error = failure.error();
            this.kind = failure.kind();
            this.s3 = failure.s3();
            this.kms = failure.kms();
            failure.principal().ifPresent(this::principal);
            failure.keyState().ifPresent(this::keyState);
            if (failure.error().service() == AccessGate.KMS) {
                kmsActions = List.of("kms:" + operation);
            }
            failure.action().ifPresent(action -> {
                if (action.startsWith("kms:")) {
                    kmsActions = List.of(action);
                    failure.resource().flatMap(KeyArn::tryParse).ifPresent(this::key);
                } else if (action.startsWith("s3:")) {
                    s3Actions = List.of(action);
                }
            });
            this.reason = failure.reason().orElse(null);
            return this;
        }

        /** Sets the object that was asked for. */
        public Builder object(ObjectAddress address) {
            this.object = Objects.requireNonNull(address, "address");
            return this;
        }

        /** Sets the verdict on a gate. Evidence that knows the kind of a denial, its reason, the principal or the state of the key sets them too. */
        public Builder verdict(GateVerdict verdict) {
            if (verdict.gate() == AccessGate.S3) {
                this.s3 = verdict;
            } else {
                this.kms = verdict;
            }
            for (AccessEvidence seen : verdict.evidence()) {
                seen.keyState().ifPresent(this::keyState);
                seen.failure().flatMap(ClassifiedFailure::principal).ifPresent(this::principal);
                if (verdict.verdict() == Verdict.DENIED) {
                    seen.kind().ifPresent(this::kind);
                    this.reason =
                            seen.failure().flatMap(ClassifiedFailure::reason).orElse(reason);
                }
            }
            return this;
        }

        /** Sets what the failure means. {@link FailureKind#DENIED_UNATTRIBUTED} if nothing is said. */
        public Builder kind(FailureKind value) {
            this.kind = Objects.requireNonNull(value, "kind");
            return this;
        }

        /** Sets the principal that asked, by ARN. Its account follows, unless it is set. */
        public Builder principal(String arn) {
            this.principal = Objects.requireNonNull(arn, "arn");
            return this;
        }

        /** Sets the principal's account. */
        public Builder account(AccountId id) {
            this.account = Objects.requireNonNull(id, "id");
            return this;
        }

        /** Sets the key in question. Its Region stands for the request's, unless that is set. */
        public Builder key(KeyArn arn) {
            this.key = Objects.requireNonNull(arn, "arn");
            return this;
        }

        /** Sets the state of the key. */
        public Builder keyState(KeyFacts.State state) {
            this.keyState = Objects.requireNonNull(state, "state");
            return this;
        }

        /** Sets the Region of the request. */
        public Builder region(String id) {
            this.region = Objects.requireNonNull(id, "id");
            return this;
        }

        /** Sets the owner of the bucket. */
        public Builder bucketOwner(AccountId id) {
            this.bucketOwner = Objects.requireNonNull(id, "id");
            return this;
        }

        /** Sets the action asked of KMS, where it is one of those the operation needs. */
        public Builder kmsAction(String action) {
            this.kmsActions = List.of(action);
            return this;
        }

        /** Sets the encryption context KMS was, or would be, asked with. */
        public Builder encryptionContext(Map<String, String> context) {
            this.encryptionContext = Map.copyOf(context);
            return this;
        }

        /** Adds a sentence. */
        public Builder note(String sentence) {
            this.notes.add(Objects.requireNonNull(sentence, "sentence"));
            return this;
        }

        /** The report. */
        public AccessReport build() {
            return new AccessReport(this);
        }
    }
}
