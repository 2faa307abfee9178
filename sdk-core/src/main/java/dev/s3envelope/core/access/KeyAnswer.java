package dev.s3envelope.core.access;

import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.Verdict;
import java.util.List;
import java.util.Objects;

/**
 * What KMS said about a key, or that it said nothing.
 *
 * @param verdict on the KMS gate
 * @param answered false where KMS was throttled, failed or was out of reach: the verdict is then {@link Verdict#UNKNOWN}, says nothing of the permission, and
 *     the same question can have another answer a moment later
 */
public record KeyAnswer(GateVerdict verdict, boolean answered) {
    public KeyAnswer {
        Objects.requireNonNull(verdict, "verdict");
    }

    /** An answer that rests on one observation. */
    public static KeyAnswer of(Verdict verdict, AccessEvidence.Source source, String detail) {
        return new KeyAnswer(GateVerdict.of(AccessGate.KMS, verdict, source, detail), true);
    }

    /** As {@link #of(Verdict, AccessEvidence.Source, String)}. */
    public static KeyAnswer of(Verdict verdict, AccessEvidence seen) {
        return new KeyAnswer(new GateVerdict(AccessGate.KMS, verdict, List.of(seen)), true);
    }

    /** No answer. */
    public static KeyAnswer none(AccessEvidence.Source source, String detail) {
        return new KeyAnswer(GateVerdict.of(AccessGate.KMS, Verdict.UNKNOWN, source, detail), false);
    }
}
