package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.s3.internal.clientside.FailureNote;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.http.AbortableInputStream;

/**
 * The bytes of an object in their order, for one reader: those of the first answer as far as it is needed, then pieces that were got on other threads and wait in memory. The reader gets
 * a piece itself where nobody else has begun it, so that it waits only for requests that are under way. For one thread, except that it may be closed by another.
 */
final class OrderedStream extends InputStream {
    private final AbortableInputStream first;
    private final Pieces pieces;
    private final PieceSource source;
    private final Helpers helpers;
    private final FailureNote note;
    private final Map<Integer, CompletableFuture<byte[]>> slots = new ConcurrentHashMap<>();
    private byte @Nullable [] current;
    private int taken;
    private boolean fromFront = true;
    private boolean begun;
    private long position;
    private int piece;
    private volatile boolean closed;

    /**
     * A stream.
     *
     * @param most threads beside the reader's
     * @param note of failures, which the AWS SDK wraps
     */
    OrderedStream(
            AbortableInputStream first,
            Pieces pieces,
            int most,
            PieceSource source,
            Executor executor,
            FailureNote note) {
        this.first = first;
        this.pieces = pieces;
        this.source = source;
        this.note = note;
        this.helpers = new Helpers(executor, pieces, most, this::help);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (closed) {
            throw new IOException("The stream is closed.");
        }
        if (length == 0) {
            return 0;
        }
        if (position == pieces.length()) {
            // To the end of the first answer, where the whole is verified.
            if (fromFront && first.read(target, offset, length) >= 0) {
                throw new IOException(
                        "The body of the object has more than the " + pieces.length() + " bytes that were announced.");
            }
            return -1;
        }
        if (!begun) {
            begun = true;
            helpers.call();
        }
        int most = (int) Math.min(length, pieces.span(piece).end() - position);
        int count;
        try {
            count = fromFront ? ofFront(target, offset, most) : ofPiece(target, offset, most);
        } catch (RuntimeException e) {
            note.note(e);
            throw e;
        }
        position += count;
        if (position == pieces.span(piece).end()) {
            turn();
        }
        return count;
    }

    private int ofFront(byte[] target, int offset, int most) throws IOException {
        IOException broken;
        try {
            int count = first.read(target, offset, most);
            if (count >= 0) {
                return count;
            }
            broken = new IOException(
                    "The body of the object ended after " + position + " of its " + pieces.length() + " bytes.");
        } catch (IOException e) {
            broken = e;
        }
        if (closed || Thread.currentThread().isInterrupted()) {
            throw broken;
        }
        // The rest of the piece the front was in becomes a piece.
        fromFront = false;
        first.abort();
        pieces.frontReplaced();
        current = got(new ByteSpan(position, pieces.span(piece).end() - position));
        return ofPiece(target, offset, most);
    }

    private byte[] got(ByteSpan span) {
        try {
            return source.bytes(span);
        } finally {
            pieces.fetched();
        }
    }

    private int ofPiece(byte[] target, int offset, int most) {
        byte[] from = current;
        if (from == null) {
            from = pieces.takeForReader(piece) ? got(pieces.span(piece)) : waited();
            current = from;
        }
        int count = Math.min(most, from.length - taken);
        System.arraycopy(from, taken, target, offset, count);
        taken += count;
        return count;
    }

    private byte[] waited() {
        try {
            return slot(piece).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AbortedException.create("The thread was interrupted while it waited for a piece of the object.", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("cannot happen: a piece failed with a checked exception", e.getCause());
        }
    }

    private CompletableFuture<byte[]> slot(int which) {
        CompletableFuture<byte[]> slot = slots.computeIfAbsent(which, unused -> new CompletableFuture<>());
        if (closed) {
            closed(slot);
        }
        return slot;
    }

    private static void closed(CompletableFuture<byte[]> slot) {
        slot.completeExceptionally(AbortedException.create("The stream was closed."));
    }

    private void help(int which) {
        CompletableFuture<byte[]> slot = slot(which);
        try {
            slot.complete(source.bytes(pieces.span(which)));
        } catch (RuntimeException | Error e) {
            pieces.end();
            slot.completeExceptionally(e);
        } finally {
            pieces.fetched();
        }
    }

    /** On to the next piece, which is the front's if nobody else has it. */
    private void turn() {
        current = null;
        taken = 0;
        slots.remove(piece);
        pieces.read(piece);
        piece++;
        if (piece < pieces.count()) {
            if (fromFront && !pieces.frontGoesOn(piece)) {
                fromFront = false;
                first.abort();
            }
            helpers.call();
        }
    }

    @Override
    public int available() throws IOException {
        byte[] from = current;
        return from == null ? 0 : from.length - taken;
    }

    /** Ends all requests under way; they are given up rather than read to their end. */
    @Override
    public void close() throws IOException {
        boolean wholeFront = fromFront && position == pieces.length();
        if (wholeFront) {
            end();
            first.close();
        } else {
            abort();
        }
    }

    /** As {@link #close}, whatever was read. */
    void abort() {
        end();
        first.abort();
    }

    private void end() {
        closed = true;
        pieces.end();
        helpers.close();
        source.close();
        slots.values().forEach(OrderedStream::closed);
        slots.clear();
    }
}
