package dev.s3envelope.s3.internal.clientside.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.s3.internal.clientside.upload.PartPlan.Placement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartPlanTest {
    private static final long S = 8L << 20;
    private static final int FRAME = 65_536;

    private final PartPlan plan = new PartPlan("bucket/key", FRAME);

    @ParameterizedTest
    @CsvSource({
        "8388608,65536,65536",
        "8388608,1048576,1048576",
        "5500000,65536,62500",
        "16000000,65536,64000",
        "12000000,1048576,62500",
        "10000000,8192,8000",
        "5242881,65536,60263",
        "5242883,65536,0",
        "0,65536,0"
    })
    void frameLengthDividesThePartSize(long partSize, int preferred, int expected) {
        assertEquals(
                expected == 0 ? OptionalInt.empty() : OptionalInt.of(expected),
                FrameLengths.forParts(partSize, preferred));
    }

    @Test
    void framesAreDisjointAndWithoutGaps_inWhateverOrderPartsCome() {
        long seed = 20_261_120;
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            PartPlan any = new PartPlan("bucket/key", FRAME);
            int count = 1 + random.nextInt(12);
            long lastLength = random.nextBoolean() ? S : random.nextInt((int) S);
            List<Integer> order =
                    new ArrayList<>(IntStream.rangeClosed(1, count).boxed().toList());
            Collections.shuffle(order, random);
            List<Placement> placed = new ArrayList<>();
            List<Integer> waiting = new ArrayList<>();
            for (int number : order) {
                Optional<Placement> now = any.place(number, number == count ? lastLength : S, false);
                now.ifPresentOrElse(placed::add, () -> waiting.add(number));
                if (any.frameLength() != 0) {
                    waiting.forEach(late -> placed.add(any.placeNow(late, late == count ? lastLength : S, false)));
                    waiting.clear();
                }
            }
            assertTrue(waiting.size() <= (count == 1 ? 0 : 1), "seed " + seed + " round " + round);
            any.finish(IntStream.rangeClosed(1, count).boxed().toList()).ifPresent(placed::add);
            placed.sort((a, b) -> Integer.compare(a.number(), b.number()));
            long next = 1;
            for (Placement part : placed) {
                assertEquals(next, part.firstFrame(), "seed " + seed + " round " + round);
                long frames =
                        Math.max(part.last() ? 1 : 0, (part.length() + any.frameLength() - 1) / any.frameLength());
                next += frames;
                assertEquals(part.number() == placed.size(), part.last(), "seed " + seed + " round " + round);
            }
        }
    }

    @Test
    void partThatMayBeTheLastWaits_untilAnotherTells() {
        assertEquals(Optional.empty(), plan.place(2, 100, false));
        assertEquals(0, plan.frameLength());
        assertEquals(new Placement(1, S, 1, false), plan.place(1, S, false).orElseThrow());
        assertEquals(
                new Placement(2, 100, 1 + S / FRAME, true),
                plan.place(2, 100, false).orElseThrow());
    }

    @Test
    void lowerOfTwoTellsTheSize() {
        assertEquals(Optional.empty(), plan.place(7, 100, false));
        assertEquals(
                new Placement(3, S, 1 + 2 * S / FRAME, false),
                plan.place(3, S, false).orElseThrow());
        assertEquals(S, plan.partSize());
    }

    @Test
    void ownSizeIsTaken_whenNothingElseTellsInTime() {
        assertEquals(Optional.empty(), plan.place(2, S, false));
        assertEquals(new Placement(2, S, 1 + S / FRAME, false), plan.placeNow(2, S, false));
        assertThrows(OperationRefusedException.class, () -> plan.place(1, S + FRAME, false));
        PartPlan small = new PartPlan("bucket/key", FRAME);
        assertEquals(Optional.empty(), small.place(2, 100, false));
        assertThrows(OperationRefusedException.class, () -> small.placeNow(2, 100, false));
        PartPlan marked = new PartPlan("bucket/key", FRAME);
        assertEquals(Optional.empty(), marked.place(2, S, true));
        assertThrows(OperationRefusedException.class, () -> marked.placeNow(2, S, true));
    }

    @Test
    void finalFrameNeedsAFreeNumber() {
        plan.expect(S);
        assertTrue(plan.place(9_999, S, false).isPresent());
        assertThrows(OperationRefusedException.class, () -> plan.place(10_000, S, false));
        assertTrue(plan.place(10_000, S, true).orElseThrow().last());
    }

    @Test
    void addedPartIsTheSameAgain_whenTheUploadIsCompletedTwice() {
        assertTrue(plan.place(1, S, false).isPresent());
        Optional<Placement> added = plan.finish(List.of(1));
        assertEquals(new Placement(2, 0, 1 + S / FRAME, true), added.orElseThrow());
        assertEquals(added, plan.finish(List.of(1)));
        assertEquals(Optional.empty(), plan.finish(List.of(1, 2)));
        assertThrows(OperationRefusedException.class, () -> plan.place(2, S, false));
        assertTrue(plan.isAdded(2));
    }

    @Test
    void framesBeyondTheFormat_areRefused() {
        // A part size that only 4 KiB divides: 2^32 - 1 frames are 16 TiB.
        long odd = 4_096L * 1_000_003;
        PartPlan narrow = new PartPlan("bucket/key", FRAME);
        narrow.expect(odd);
        assertEquals(4_096, narrow.frameLength());
        assertTrue(narrow.place(4_294, odd, false).isPresent());
        assertThrows(OperationRefusedException.class, () -> narrow.place(4_295, odd, false));
    }
}
