package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.core.access.AccessEvidence;
import dev.s3envelope.core.access.GateVerdict;
import dev.s3envelope.core.access.KeyAnswer;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.s3.internal.ObjectVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What is known of a key in one context.
 *
 * @param gate the verdict on the KMS gate
 * @param settled whether asking again soon would say nothing else; otherwise the verdict is kept for a moment only
 * @param probe the object that was read for it, if any
 */
record KeyVerdict(GateVerdict gate, boolean settled, Optional<Probed> probe) {
    /**
     * A read of one byte.
     *
     * @param object of what
     * @param refusal S3's answer, if it was a refusal
     */
    record Probed(ObjectVersion object, Optional<S3Exception> refusal) {}

    static KeyVerdict of(KeyAnswer answer) {
        return new KeyVerdict(
                answer.verdict(), answer.answered() && answer.verdict().verdict() != Verdict.DENIED, Optional.empty());
    }

    static KeyVerdict of(Verdict verdict, AccessEvidence.Source source, String detail) {
        return of(KeyAnswer.of(verdict, source, detail));
    }

    Verdict verdict() {
        return gate.verdict();
    }

    /** This verdict, which takes the place of an earlier one and keeps its evidence. */
    KeyVerdict after(KeyVerdict earlier) {
        List<AccessEvidence> evidence = new ArrayList<>(earlier.gate.evidence());
        evidence.addAll(gate.evidence());
        return new KeyVerdict(new GateVerdict(AccessGate.KMS, verdict(), evidence), settled, probe);
    }

    boolean isOf(ObjectVersion object) {
        return probe.filter(probed -> probed.object().equals(object)).isPresent();
    }

    /** A verdict on the key that says no more than which object was read. */
    KeyVerdict undecided(String why) {
        return new KeyVerdict(
                GateVerdict.of(AccessGate.KMS, Verdict.UNKNOWN, AccessEvidence.Source.PROBE, why), false, probe);
    }

    /** S3's refusal of an object that was read, of which the KMS gate is not proven to be the cause. */
    Optional<S3Exception> refusalOf(ObjectVersion object) {
        return verdict() == Verdict.DENIED
                ? Optional.empty()
                : probe.filter(probed -> probed.object().equals(object)).flatMap(Probed::refusal);
    }
}
