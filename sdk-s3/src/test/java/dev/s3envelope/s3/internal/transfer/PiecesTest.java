package dev.s3envelope.s3.internal.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.message.ByteSpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who fetches what, in any order of events: every byte once, in bounds, and always somebody who can go on. */
class PiecesTest {
    @ParameterizedTest
    @CsvSource({
        "99, 1, 0, 0", // below the threshold
        "100, 1, 10, 10",
        "101, 1, 11, 10",
        "100, 4, 13, 8", // ten bytes are two frames of four
        "100, 10, 10, 10",
        "200, 16, 13, 16", // a frame is longer than a piece should be
        "100, 100, 0, 0", // all of it is one frame
    })
    void piecesBeginOnFrames(long length, int grain, int count, long pieceLength) {
        Optional<Pieces> cut = new PieceSizes(10, 100, 4).cut(length, grain, true);
        assertEquals(count, cut.map(Pieces::count).orElse(0));
        cut.ifPresent(pieces -> {
            long end = 0;
            for (int i = 0; i < pieces.count(); i++) {
                assertEquals(end, pieces.span(i).offset());
                assertEquals(0, end % grain);
                end = pieces.span(i).end();
            }
            assertEquals(length, end);
            assertEquals(pieceLength, pieces.span(0).length());
        });
    }

    @Test
    void oneRequestAtATimeIsOneRequest() {
        assertTrue(new PieceSizes(10, 100, 1).cut(1_000, 1, true).isEmpty());
    }

    @Test
    void nothingIsTaken_afterTheEnd() {
        Pieces pieces = new Pieces(100, 10, 3, true);
        assertEquals(1, pieces.take().orElseThrow());
        pieces.end();
        assertTrue(pieces.take().isEmpty());
        assertFalse(pieces.takeForReader(2));
        assertFalse(pieces.frontGoesOn(2));
    }

    @Test
    void aReaderThatStandsStill_stopsTheRequests() {
        Pieces pieces = new Pieces(100, 10, 3, true);
        assertEquals(OptionalInt.of(1), pieces.take());
        assertEquals(OptionalInt.of(2), pieces.take());
        assertEquals(OptionalInt.empty(), pieces.take());
        pieces.fetched();
        pieces.fetched();
        assertEquals(OptionalInt.empty(), pieces.take(), "they wait in memory");
        pieces.read(0);
        assertFalse(pieces.frontGoesOn(1));
        assertEquals(OptionalInt.of(3), pieces.take());
        assertEquals(OptionalInt.empty(), pieces.take());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyByteIsFetchedOnce_inAnyOrderOfEvents(long seed) {
        for (int round = 0; round < 2_000; round++) {
            long drawn = seed * 1_000_003 + round;
            try {
                new Run(new Random(drawn)).go();
            } catch (AssertionError e) {
                throw new AssertionError("with the generator of seed " + drawn, e);
            }
        }
    }

    /** One read, its events in an order that a generator decides. */
    private static final class Run {
        private final Random random;
        private final boolean inOrder;
        private final int atATime;
        private final Pieces pieces;
        private final byte[] fetchedTimes;
        private final boolean[] whole;
        private final List<ByteSpan> underWay = new ArrayList<>();
        private boolean front = true;
        private int frontIn;
        private int reader;

        Run(Random random) {
            this.random = random;
            this.inOrder = random.nextBoolean();
            this.atATime = 2 + random.nextInt(4);
            int length = 2 + random.nextInt(60);
            this.pieces = new Pieces(length, 1 + random.nextInt(length - 1), atATime, inOrder);
            this.fetchedTimes = new byte[length];
            this.whole = new boolean[pieces.count()];
        }

        void go() {
            for (int idle = 0; reader < pieces.count() || !underWay.isEmpty(); idle++) {
                assertTrue(idle < 10_000, "somebody can always go on");
                switch (random.nextInt(4)) {
                    case 0 -> take();
                    case 1 -> finish();
                    case 2 -> frontReads();
                    default -> read();
                }
                assertTrue(underWay.size() + (front ? 1 : 0) <= atATime, "no more requests than may be");
            }
            byte[] once = new byte[fetchedTimes.length];
            Arrays.fill(once, (byte) 1);
            assertEquals(Arrays.toString(once), Arrays.toString(fetchedTimes));
            assertTrue(front || pieces.settled());
        }

        private void take() {
            boolean may = pieces.mayTake();
            OptionalInt taken = pieces.take();
            assertEquals(may, taken.isPresent());
            taken.ifPresent(piece -> {
                assertTrue(!inOrder || piece < reader + atATime, "within the window");
                underWay.add(pieces.span(piece));
            });
        }

        private void finish() {
            if (!underWay.isEmpty()) {
                ByteSpan span = underWay.remove(random.nextInt(underWay.size()));
                fetched(span);
                pieces.fetched();
            }
        }

        private void fetched(ByteSpan span) {
            for (long at = span.offset(); at < span.end(); at++) {
                fetchedTimes[(int) at]++;
            }
            for (int piece = 0; piece < pieces.count(); piece++) {
                if (pieces.span(piece).end() == span.end()) {
                    whole[piece] = true;
                }
            }
        }

        /** The front has all of its piece, or breaks within it. In order, it is the reader who takes from it. */
        private void frontReads() {
            if (!front || (inOrder && frontIn != reader)) {
                return;
            }
            ByteSpan span = pieces.span(frontIn);
            if (random.nextInt(8) == 0) {
                long got = random.nextInt((int) span.length());
                for (long at = span.offset(); at < span.offset() + got; at++) {
                    fetchedTimes[(int) at]++;
                }
                front = false;
                pieces.frontReplaced();
                underWay.add(new ByteSpan(span.offset() + got, span.length() - got));
                return;
            }
            fetched(span);
            if (frontIn + 1 == pieces.count()) {
                front = false;
                pieces.frontIsOver();
            } else {
                front = pieces.frontGoesOn(frontIn + 1);
                frontIn++;
            }
        }

        /** The reader takes a piece that is there, or, in order, gets one that nobody has. */
        private void read() {
            if (reader == pieces.count()) {
                return;
            }
            if (whole[reader]) {
                pieces.read(reader);
                reader++;
            } else if (inOrder && !front && pieces.takeForReader(reader)) {
                underWay.add(pieces.span(reader));
            }
        }
    }
}
