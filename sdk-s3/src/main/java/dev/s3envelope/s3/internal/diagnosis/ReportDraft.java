package dev.s3envelope.s3.internal.diagnosis;

import dev.s3envelope.core.access.AccessEvidence;
import dev.s3envelope.core.access.AccessReport;
import dev.s3envelope.core.access.ClassifiedFailure;
import dev.s3envelope.core.access.FailureKind;
import dev.s3envelope.core.access.GateVerdict;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.s3.internal.CopySource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of one failure, as it grows. Used by one thread at a time. */
final class ReportDraft {
    private final RequestFacts facts;
    private final ClassifiedFailure failure;
    private final Optional<String> region;
    private final Map<AccessGate, GateVerdict> gates = new EnumMap<>(AccessGate.class);
    private final List<String> notes = new ArrayList<>();
    private Optional<KeyArn> key;
    private Map<String, String> context;
    private @Nullable String principal;

    ReportDraft(RequestFacts facts, ClassifiedFailure failure, Optional<String> region) {
        this.facts = facts;
        this.failure = failure;
        this.region = region;
        this.key = failure.resource().flatMap(KeyArn::tryParse).or(facts::key);
        this.context = facts.context();
        this.principal = failure.principal().orElse(null);
        gates.put(AccessGate.S3, failure.s3());
        gates.put(AccessGate.KMS, failure.kms());
    }

    RequestFacts facts() {
        return facts;
    }

    FailureKind kind() {
        return failure.kind();
    }

    Verdict verdict(AccessGate gate) {
        return gate(gate).verdict();
    }

    Optional<KeyArn> key() {
        return key;
    }

    Map<String, String> context() {
        return context;
    }

    /** Whether the error itself says what it is about. */
    boolean isDetailed() {
        return failure.kind() != FailureKind.DENIED_UNATTRIBUTED
                && (failure.action().isPresent() || failure.keyState().isPresent());
    }

    boolean knowsPrincipal() {
        return principal != null;
    }

    void principal(String arn) {
        this.principal = arn;
    }

    /** The object is under this key, as was seen; an error that names another key keeps it. */
    void key(KeyArn seen, Map<String, String> seenContext) {
        if (key.isEmpty()) {
            key = Optional.of(seen);
        }
        if (key.equals(Optional.of(seen)) && context.isEmpty()) {
            context = Map.copyOf(seenContext);
        }
    }

    void note(String sentence) {
        notes.add(sentence);
    }

    /** Adds an observation; it decides a gate that was undecided, and no other. */
    void saw(AccessGate gate, Verdict verdict, AccessEvidence seen) {
        GateVerdict before = gate(gate);
        List<AccessEvidence> evidence = new ArrayList<>(before.evidence());
        evidence.add(seen);
        gates.put(
                gate,
                new GateVerdict(gate, before.verdict() == Verdict.UNKNOWN ? verdict : before.verdict(), evidence));
    }

    /** The object in question: of a copy, the source if reading it is what was denied. */
    Optional<ObjectAddress> object() {
        boolean reading = failure.action()
                .filter(action -> action.startsWith("s3:GetObject") || action.equals("kms:Decrypt"))
                .isPresent();
        return reading ? facts.source().map(CopySource::address).or(facts::object) : facts.object();
    }

    AccessReport report() {
        AccessReport.Builder report = AccessReport.builder(facts.operation()).failure(failure);
        object().ifPresent(report::object);
        gates.values().forEach(report::verdict);
        if (principal != null) {
            report.principal(principal);
        }
        key.ifPresent(report::key);
        region.ifPresent(report::region);
        facts.bucketOwner().ifPresent(report::bucketOwner);
        report.encryptionContext(context);
        boolean open = verdict(AccessGate.S3) == Verdict.UNKNOWN;
        if (open && failure.kind() == FailureKind.DENIED_UNATTRIBUTED) {
            facts.bucketOwner()
                    .ifPresent(owner -> report.note("The request expects account " + owner
                            + " to own the bucket; S3 answers the same way if another account does."));
        }
        notes.forEach(report::note);
        return report.build();
    }

    private GateVerdict gate(AccessGate gate) {
        return gates.getOrDefault(gate, GateVerdict.unasked(gate));
    }
}
