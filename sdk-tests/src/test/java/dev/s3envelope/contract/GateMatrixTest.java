package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.contract.GateWorld.Cell;
import dev.s3envelope.contract.GateWorld.Owner;
import dev.s3envelope.core.access.AccessReport;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.local.Event;
import dev.s3envelope.local.EventLog;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Every way S3 and KMS can allow and deny, times every mode and state of a key: the report names the gate that really denied, as the server's event log has it, for a
 * client that asks nothing, one that asks after a denial, and one that asks before it reads. UNKNOWN is taken only where AWS tells a caller nothing: a denial by S3
 * across accounts, "Access Denied" and no more.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GateMatrixTest {
    private final GateWorld world = new GateWorld();
    private final Map<Asking, Integer> cells = new EnumMap<>(Asking.class);
    private final Map<Asking, Map<String, Integer>> outcomes = new EnumMap<>(Asking.class);
    private final Map<String, Integer> unknown = new TreeMap<>();

    /** How far a client goes. */
    enum Asking {
        NOTHING,
        AFTERWARDS,
        BEFORE
    }

    @AfterAll
    void closeAndCount() {
        world.close();
        System.out.println("GateMatrixTest: cells " + cells + ", outcomes " + outcomes + ", UNKNOWN " + unknown);
        for (Asking asking : Asking.values()) {
            assertEquals((int) Cell.all().count(), cells.getOrDefault(asking, 0));
            assertEquals(Map.of("ALLOWED", 46, "KMS", 210, "S3", 256), outcomes.get(asking));
        }
        // Half of the denials by S3: those of the other account.
        assertEquals(Map.of("ANOTHER_ACCOUNT with S3 rights NONE", 3 * 128), unknown);
    }

    @ParameterizedTest
    @MethodSource("dev.s3envelope.contract.GateWorld$Cell#all")
    void namesTheGateThatDenied(Cell cell) {
        Optional<AccessGate> plain = Optional.empty();
        for (Asking asking : Asking.values()) {
            EventLog.Mark before = world.events().mark();
            Optional<SdkException> failure = attempt(cell, asking);
            Optional<AccessGate> truth = truth(world.events().since(before));
            if (asking == Asking.NOTHING) {
                plain = truth;
                assertEquals(truth.isPresent(), failure.isPresent(), () -> cell + ": " + failure);
            }
            assertEquals(
                    plain.isPresent(),
                    failure.isPresent(),
                    () -> asking + " of " + cell + " ends as the plain read: " + failure);
            count(asking, plain);
            if (failure.isPresent()) {
                AccessReport report = AccessReport.of(failure.get())
                        .orElseThrow(() -> new AssertionError(cell + ": no report", failure.get()));
                check(cell, asking, plain.orElseThrow(), report);
            }
        }
    }

    private Optional<SdkException> attempt(Cell cell, Asking asking) {
        try {
            assertArrayEquals(world.body(cell), world.use(cell, asking));
            return Optional.empty();
        } catch (SdkException e) {
            return Optional.of(e);
        }
    }

    private void check(Cell cell, Asking asking, AccessGate truth, AccessReport report) {
        AccessGate other = truth == AccessGate.S3 ? AccessGate.KMS : AccessGate.S3;
        assertNotEquals(Verdict.DENIED, verdict(report, other), () -> asking + " of " + cell + ":\n" + report.toText());
        assertNotEquals(
                Verdict.ALLOWED, verdict(report, truth), () -> asking + " of " + cell + ":\n" + report.toText());
        if (report.deniedBy().isEmpty()) {
            assertTrue(
                    truth == AccessGate.S3 && cell.owner() == Owner.ANOTHER_ACCOUNT,
                    () -> asking + " of " + cell + " may not stay unknown:\n" + report.toText());
            unknown.merge(cell.owner() + " with S3 rights " + cell.s3(), 1, Integer::sum);
        } else {
            assertEquals(Optional.of(truth), report.deniedBy(), () -> asking + " of " + cell + ":\n" + report.toText());
        }
    }

    private static Verdict verdict(AccessReport report, AccessGate gate) {
        return (gate == AccessGate.S3 ? report.s3() : report.kms()).verdict();
    }

    /** Which gate the server denied at: KMS if a call to it failed that was no dry run, else S3 if a request failed; empty if all passed. */
    private static Optional<AccessGate> truth(EventLog.Query events) {
        List<Event> failed = events.failed()
                .where(event -> !event.details().containsKey("dryRun"))
                .list();
        if (failed.stream().anyMatch(event -> event.service().equals("kms"))) {
            return Optional.of(AccessGate.KMS);
        }
        return failed.isEmpty() ? Optional.empty() : Optional.of(AccessGate.S3);
    }

    private void count(Asking asking, Optional<AccessGate> truth) {
        cells.merge(asking, 1, Integer::sum);
        outcomes.computeIfAbsent(asking, a -> new TreeMap<>())
                .merge(truth.map(AccessGate::name).orElse("ALLOWED"), 1, Integer::sum);
    }
}
