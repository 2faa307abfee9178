package dev.s3envelope.core.access;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Carries a report as a suppressed exception, without a stack trace of its own. The report does not survive serialization; its summary does. */
final class AttachedReport extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable AccessReport report;

    AttachedReport(AccessReport report) {
        super(report.summary() + " AccessReport.of(exception) has the details.", null, false, false);
        this.report = report;
    }

    /** The report nearest to an exception: breadth first through what it suppresses and its causes. */
    static Optional<AccessReport> find(Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Queue<Throwable> next = new ArrayDeque<>(List.of(failure));
        while (!next.isEmpty()) {
            Throwable current = next.remove();
            if (!seen.add(current)) {
                continue;
            }
            if (current instanceof AttachedReport attached && attached.report != null) {
                return Optional.of(attached.report);
            }
            next.addAll(List.of(current.getSuppressed()));
            if (current.getCause() != null) {
                next.add(current.getCause());
            }
        }
        return Optional.empty();
    }

    /** Attaches a report unless there is one, and says whether there is one now. */
    static boolean attach(AccessReport report, Throwable failure) {
        // Calls that share one flight share its exception.
        synchronized (failure) {
            if (find(failure).isEmpty()) {
                failure.addSuppressed(new AttachedReport(report));
            }
            return find(failure).isPresent();
        }
    }
}
