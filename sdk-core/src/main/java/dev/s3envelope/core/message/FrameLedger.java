package dev.s3envelope.core.message;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.BitSet;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was encrypted under each frame number of a multipart upload, so that a part that is sent again can be proved to be the same.
 *
 * <p>A part that is retried must repeat its frame numbers, and AES-GCM must never encrypt two plaintexts under one number. The ledger keeps the tag of
 * each frame of the first attempt, which is a digest of its plaintext, length and place under the content key, and costs nothing to make.
 * A frame of a later attempt is released only if its tag is the same; otherwise the part is refused before any byte of that frame leaves.
 *
 * <p>One ledger for one upload, shared by all its parts; safe for use by several threads. It takes 16 bytes per frame (256 bytes per MiB with frames of
 * 64 KiB); {@link #retire} gives memory back for parts that will not be sent again. Nothing in it is secret.
 */
public final class FrameLedger {
    private static final int TAG = AlgorithmSuite.TAG_LENGTH;
    private static final int CHUNK_BITS = 8;
    private static final int CHUNK = 1 << CHUNK_BITS;
    private static final int BITS = CHUNK / Byte.SIZE;

    private static final byte VERSION = 1;

    private final ConcurrentHashMap<Long, Chunk> chunks = new ConcurrentHashMap<>();

    /** Creates an empty ledger. */
    public FrameLedger() {}

    /**
     * Forgets the tags of whole runs of frames, which can then not be encrypted again at all, even with equal plaintext.
     *
     * @param firstFrame sequence number of the first
     * @param frames how many
     */
    public void retire(long firstFrame, long frames) {
        for (long sequence = firstFrame; sequence < firstFrame + frames; sequence++) {
            chunk(sequence).retire((int) (sequence & (CHUNK - 1)));
        }
    }

    /** Returns the ledger as bytes, for {@link #restore} in another process. */
    public byte[] export() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(VERSION);
        new TreeMap<>(chunks).forEach((number, chunk) -> {
            out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
            chunk.export(out);
        });
        return out.toByteArray();
    }

    /**
     * Returns the ledger that was exported.
     *
     * @throws IllegalArgumentException if these are not the bytes of a ledger
     */
    public static FrameLedger restore(byte[] exported) {
        ByteBuffer in = ByteBuffer.wrap(exported);
        FrameLedger ledger = new FrameLedger();
        try {
            if (in.get() != VERSION) {
                throw new IllegalArgumentException("Not the bytes of a frame ledger of this version");
            }
            while (in.hasRemaining()) {
                ledger.chunks.put(in.getLong(), Chunk.restore(in));
            }
            return ledger;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("The bytes of the frame ledger are cut short", e);
        }
    }

    /**
     * Enters a frame, or compares it with the one entered before.
     *
     * @throws OperationRefusedException if another frame was entered under this number, or the number is retired
     */
    void enter(long sequence, byte[] frame, int tagOffset) {
        if (!chunk(sequence).enter((int) (sequence & (CHUNK - 1)), frame, tagOffset)) {
            throw new OperationRefusedException(
                    "The part was sent before with other content (frame " + sequence
                            + " of the message differs, or its record was retired). "
                            + "A part number can be sent again only with the same bytes; abort the upload and start a new one to change them.");
        }
    }

    private Chunk chunk(long sequence) {
        return chunks.computeIfAbsent(sequence >>> CHUNK_BITS, number -> new Chunk());
    }

    private static final class Chunk {
        private final BitSet known = new BitSet(CHUNK);
        private final BitSet retired = new BitSet(CHUNK);
        private byte[] tags = new byte[0];

        synchronized boolean enter(int index, byte[] frame, int tagOffset) {
            if (retired.get(index)) {
                return false;
            }
            if (tags.length == 0) {
                tags = new byte[CHUNK * TAG];
            }
            if (known.get(index)) {
                byte[] before = Arrays.copyOfRange(tags, index * TAG, (index + 1) * TAG);
                return MessageDigest.isEqual(before, Arrays.copyOfRange(frame, tagOffset, tagOffset + TAG));
            }
            System.arraycopy(frame, tagOffset, tags, index * TAG, TAG);
            known.set(index);
            return true;
        }

        synchronized void retire(int index) {
            retired.set(index);
            if (retired.cardinality() == CHUNK) {
                tags = new byte[0];
            }
        }

        /** Which are known, which are retired, then the tags of the known ones. */
        synchronized void export(ByteArrayOutputStream out) {
            out.writeBytes(Arrays.copyOf(known.toByteArray(), BITS));
            out.writeBytes(Arrays.copyOf(retired.toByteArray(), BITS));
            if (tags.length > 0) {
                known.stream().forEach(index -> out.write(tags, index * TAG, TAG));
            }
        }

        static Chunk restore(ByteBuffer in) {
            Chunk chunk = new Chunk();
            byte[] bits = new byte[BITS];
            in.get(bits);
            chunk.known.or(BitSet.valueOf(bits));
            in.get(bits);
            chunk.retired.or(BitSet.valueOf(bits));
            if (chunk.retired.cardinality() < CHUNK && !chunk.known.isEmpty()) {
                chunk.tags = new byte[CHUNK * TAG];
                chunk.known.stream().forEach(index -> in.get(chunk.tags, index * TAG, TAG));
            }
            return chunk;
        }
    }
}
