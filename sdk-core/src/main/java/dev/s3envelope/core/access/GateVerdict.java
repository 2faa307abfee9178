package dev.s3envelope.core.access;

import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.Verdict;
import java.util.List;
import java.util.Objects;

/**
 * The verdict on one gate, and what it rests on.
 *
 * @param gate which gate
 * @param verdict what is known of its answer
 * @param evidence what the verdict rests on, in the order it was gathered; empty only where nothing was asked
 */
public record GateVerdict(AccessGate gate, Verdict verdict, List<AccessEvidence> evidence) {
    public GateVerdict {
        Objects.requireNonNull(gate, "gate");
        Objects.requireNonNull(verdict, "verdict");
        evidence = List.copyOf(evidence);
    }

    /** A verdict that rests on one observation. */
    public static GateVerdict of(AccessGate gate, Verdict verdict, AccessEvidence.Source source, String detail) {
        return new GateVerdict(gate, verdict, List.of(new AccessEvidence(source, detail)));
    }

    /** The verdict on a gate nobody asked. */
    public static GateVerdict unasked(AccessGate gate) {
        return new GateVerdict(gate, Verdict.UNKNOWN, List.of());
    }
}
