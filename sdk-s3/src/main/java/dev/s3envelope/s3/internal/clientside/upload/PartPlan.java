package dev.s3envelope.s3.internal.clientside.upload;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.message.FrameLayout;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the parts of one upload lie in its message. No I/O, no waiting; guarded by the upload it belongs to.
 *
 * <p>All parts but the last have one plaintext size S, so that part k starts at (k - 1) * S. What tells S:
 *
 * <pre>{@code
 * the caller, by a request attribute
 * part 1                                 it is the first of several, or the only one
 * two parts of different numbers         the lower is not the last, so S is its size
 * one part k > 1, nothing else           it may be the last: the caller waits for one of the above; then S is its size if it can be,
 *                                        else it is refused
 * }</pre>
 *
 * <p>A part 1 that cannot be followed by another (smaller than S3 lets parts be that are not the last, marked as the last, or of a size that no frame
 * length divides) is the whole message; a part after it is refused.
 */
final class PartPlan {
    /** S3's highest part number (Amazon S3 User Guide, "Amazon S3 multipart upload limits"). */
    static final int MOST_PARTS = 10_000;

    /** The least S3 accepts of a part that is not the last. */
    static final long LEAST_PART = 5L << 20;

    /** The most S3 accepts of a part, in ciphertext. */
    static final long MOST_PART = 5L << 30;

    /**
     * A part's place in the message.
     *
     * @param firstFrame number of its first frame, from 1
     * @param last whether the final frame is in it
     */
    record Placement(int number, long length, long firstFrame, boolean last) {}

    private record Candidate(long length, boolean markedLast) {}

    private final String object;
    private final int preferredFrame;
    private final TreeMap<Integer, Long> placed = new TreeMap<>();
    private final TreeMap<Integer, Candidate> candidates = new TreeMap<>();
    private long partSize;
    private int frameLength;
    private int lastPart;
    private boolean finalPartAdded;
    private String learnedFrom = "";
    private String whyLast = "";

    PartPlan(String object, int preferredFrame) {
        this.object = object;
        this.preferredFrame = preferredFrame;
    }

    /** Takes the part size as the caller's word. */
    void expect(long size) {
        settle(size, "the request's part size");
    }

    /** Goes on where another process stopped. */
    void resume(long size, int frames, SortedMap<Integer, Long> sent, int last) {
        partSize = size;
        frameLength = frames;
        learnedFrom = "the upload's exported state";
        lastPart = last;
        whyLast = "the upload's exported state says so";
        placed.putAll(sent);
    }

    /** Bytes of plaintext in a frame; 0 until it is known. */
    int frameLength() {
        return frameLength;
    }

    /** S; 0 until it is known, or if there is one part only. */
    long partSize() {
        return partSize;
    }

    /** The number of the part with the final frame; 0 until it is known. */
    int lastPart() {
        return lastPart;
    }

    /** Plaintext bytes of every part that was placed, by number. */
    SortedMap<Integer, Long> sizes() {
        return new TreeMap<>(placed);
    }

    /** Whether this part was added at the end, so that the caller does not know of it. */
    boolean isAdded(int number) {
        return finalPartAdded && number == lastPart;
    }

    /**
     * Places a part, which may be sent from then on.
     *
     * @param markedLast whether the caller says that it is the last
     * @return empty if it may be the last of parts whose size is not known yet
     * @throws OperationRefusedException if the upload has no place for it
     */
    Optional<Placement> place(int number, long length, boolean markedLast) {
        check(number, length);
        Long before = placed.get(number);
        if (before != null) {
            if (before != length) {
                throw refused(
                        number,
                        "it was sent before with " + before + " bytes and has " + length
                                + " now; a part number can be sent again only with the same bytes");
            }
            return Optional.of(placement(number, length));
        }
        if (lastPart != 0 && number > lastPart) {
            throw refused(number, "part " + lastPart + " is the last, as " + whyLast);
        }
        if (frameLength == 0) {
            learn(number, length, markedLast);
        }
        return frameLength == 0 ? Optional.empty() : Optional.of(fit(number, length, markedLast));
    }

    /** Places a part that has waited long enough: its own size is taken for S if it can be. */
    Placement placeNow(int number, long length, boolean markedLast) {
        if (frameLength == 0) {
            if (markedLast || length < LEAST_PART) {
                throw refused(
                        number,
                        "it is the last, came before all others, and nothing told how large those are, which decides where it lies. "
                                + "Upload another part first or at the same time, or give the part size with ClientSideUpload.partSize");
            }
            settle(length, "part " + number);
        }
        return place(number, length, markedLast).orElseThrow();
    }

    /**
     * Checks the list of parts an upload is completed with.
     *
     * @return the empty part to be added, which holds the final frame; empty if the last part has it
     */
    Optional<Placement> finish(List<Integer> numbers) {
        int count = numbers.size();
        for (int i = 0; i < count; i++) {
            int number = numbers.get(i);
            if (number != i + 1) {
                throw refusedEnd("its list of parts has part " + number + " in place " + (i + 1)
                        + "; the parts of an encrypted upload are numbered from 1 without gaps");
            }
            if (!placed.containsKey(number)) {
                throw refusedEnd("part " + number + " was not sent");
            }
        }
        if (count == lastPart) {
            return Optional.empty();
        }
        if (finalPartAdded && count == lastPart - 1) {
            return Optional.of(placement(lastPart, 0));
        }
        Collection<Integer> beyond = placed.tailMap(count + 1).keySet();
        if (!beyond.isEmpty()) {
            throw refusedEnd("it lists " + count + " parts, but part "
                    + beyond.iterator().next() + " was sent as well; the message would be cut short");
        }
        lastPart = count + 1;
        whyLast = "the upload was completed with it";
        finalPartAdded = true;
        placed.put(lastPart, 0L);
        return Optional.of(placement(lastPart, 0));
    }

    private void check(int number, long length) {
        if (number < 1 || number > MOST_PARTS) {
            throw refused(number, "part numbers go from 1 to " + MOST_PARTS);
        }
        if (length < 0 || length > MOST_PART) {
            throw refused(number, "it has " + length + " bytes, and S3 takes parts of up to " + MOST_PART);
        }
    }

    private void learn(int number, long length, boolean markedLast) {
        if (number == 1) {
            if (!candidates.isEmpty()) {
                refuseLast(1, candidates.lastKey(), markedLast);
                settle(length, "part 1");
            } else if (!mayBeFollowed(length, markedLast)) {
                frameLength = preferredFrame;
                lastPart = 1;
            } else {
                settle(length, "part 1");
            }
            return;
        }
        candidates.put(number, new Candidate(length, markedLast));
        if (candidates.size() > 1) {
            int lower = candidates.firstKey();
            Candidate known = candidates.firstEntry().getValue();
            refuseLast(lower, candidates.lastKey(), known.markedLast());
            settle(known.length(), "part " + lower);
        }
    }

    private boolean mayBeFollowed(long length, boolean markedLast) {
        if (markedLast) {
            whyLast = "it was marked as the last";
        } else if (length < LEAST_PART) {
            whyLast = "it has " + length + " bytes, and S3 takes less than " + LEAST_PART + " only as the last part";
        } else if (FrameLengths.forParts(length, preferredFrame).isEmpty()) {
            whyLast = "its " + length + " bytes are no whole number of frames (" + unusable() + ")";
        } else {
            return true;
        }
        return false;
    }

    private void refuseLast(int number, int higher, boolean markedLast) {
        if (markedLast) {
            throw refused(number, "it is marked as the last, and there is a part " + higher);
        }
    }

    private void settle(long size, String from) {
        if (size < LEAST_PART) {
            throw new OperationRefusedException("The upload of " + object + " cannot have parts of " + size + " bytes ("
                    + from + "): S3 takes less than " + LEAST_PART + " only as the last part.");
        }
        OptionalInt frames = FrameLengths.forParts(size, preferredFrame);
        if (frames.isEmpty()) {
            throw new OperationRefusedException("The upload of " + object + " cannot have parts of " + size + " bytes ("
                    + from + "): " + unusable() + ". Use a multiple of 64 KiB.");
        }
        long sealed = size + size / frames.getAsInt() * FrameLayout.REGULAR_OVERHEAD;
        if (sealed > MOST_PART) {
            throw new OperationRefusedException("The upload of " + object + " cannot have parts of " + size + " bytes ("
                    + from + "): encrypted they have " + sealed + ", and S3 takes up to " + MOST_PART + ".");
        }
        partSize = size;
        frameLength = frames.getAsInt();
        learnedFrom = from;
    }

    private String unusable() {
        return "no frame length from 4 KiB to " + Math.min(preferredFrame, 64 * 1024) + " bytes divides it";
    }

    private Placement fit(int number, long length, boolean markedLast) {
        boolean last = markedLast || partSize == 0 || length < partSize;
        if (partSize != 0 && length > partSize) {
            throw refused(
                    number,
                    "it has " + length + " bytes, but all parts except the last have " + partSize + ", as "
                            + learnedFrom
                            + " told. If that was the last part, it came too early: upload another first, or give the part size with ClientSideUpload.partSize");
        }
        if (last) {
            int highest = placed.isEmpty() ? 0 : placed.lastKey();
            if (lastPart != 0 && lastPart != number) {
                throw refused(
                        number,
                        "it has " + length + " bytes, so it would be the last, but part " + lastPart
                                + " is; all others have " + partSize);
            }
            if (highest > number) {
                throw refused(
                        number,
                        (markedLast
                                        ? "it is marked as the last"
                                        : "it has " + length + " bytes where all parts but the last have " + partSize)
                                + ", and part " + highest + " was sent already");
            }
        } else if (number == MOST_PARTS) {
            throw refused(
                    number,
                    "it is full, so the final frame would need one more part, and S3 has no more numbers. Mark it as the last"
                            + " (sdkPartType LAST), or use larger parts");
        }
        if (last && lastPart == 0) {
            whyLast = markedLast
                    ? "it was marked as the last"
                    : "it has " + length + " bytes and all others have " + partSize;
        }
        long first = firstFrame(number);
        FrameLayout layout = FrameLayout.ofPlaintext(0, frameLength, length);
        if (layout.ciphertextLength() > MOST_PART) {
            throw refused(
                    number,
                    "encrypted it has " + layout.ciphertextLength() + " bytes, and S3 takes parts of up to "
                            + MOST_PART);
        }
        long frames = layout.frames();
        if (first > FrameLayout.MAX_FRAMES - frames) {
            throw refused(
                    number,
                    "the message would have more than " + FrameLayout.MAX_FRAMES + " frames of " + frameLength
                            + " bytes; use a part size that is a multiple of 64 KiB");
        }
        if (last) {
            lastPart = number;
        }
        placed.put(number, length);
        return placement(number, length);
    }

    private Placement placement(int number, long length) {
        return new Placement(number, length, firstFrame(number), number == lastPart);
    }

    private long firstFrame(int number) {
        return number == 1 ? 1 : 1 + (number - 1) * (partSize / frameLength);
    }

    private OperationRefusedException refused(int number, String why) {
        return new OperationRefusedException(
                "Part " + number + " of the upload of " + object + " is refused: " + why + ".");
    }

    private OperationRefusedException refusedEnd(String why) {
        return new OperationRefusedException("The upload of " + object + " is not completed: " + why + ".");
    }
}
