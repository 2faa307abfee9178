package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.message.ByteSpan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.http.AbortableInputStream;

/**
 * Writes an object into a new file: its beginning on the caller's thread, for as long as nobody else has the next piece, and pieces on other threads to their places beside it. When the
 * beginning is written, the caller's thread takes pieces too, and then waits for those under way. What fails deletes the file. For one call.
 */
final class FilePieces {
    private static final int STEP = 64 * 1024;

    private final AbortableInputStream first;
    private final Pieces pieces;
    private final PieceSource source;
    private final Helpers helpers;
    private @Nullable FileChannel channel;
    private @Nullable Throwable failure;

    FilePieces(AbortableInputStream first, Pieces pieces, int most, PieceSource source, Executor executor) {
        this.first = first;
        this.pieces = pieces;
        this.source = source;
        this.helpers = new Helpers(executor, pieces, most, this::help);
    }

    /** Writes all of it, or leaves no file. */
    void write(Path file) throws IOException {
        FileChannel created;
        try {
            created = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            end();
            throw new IOException("Failed to read response into file: " + file, e);
        }
        boolean whole = false;
        try (created) {
            channel = created;
            helpers.call();
            front(created);
            rest();
            if (created.size() != pieces.length()) {
                throw new EnvelopeException(
                        "The file has " + created.size() + " bytes instead of the object's " + pieces.length() + ".");
            }
            whole = true;
        } finally {
            end();
            if (!whole) {
                created.close();
                Files.deleteIfExists(file);
            }
        }
    }

    private void end() {
        pieces.end();
        helpers.close();
        source.close();
    }

    private void front(FileChannel to) throws IOException {
        byte[] step = new byte[STEP];
        long position = 0;
        int piece = 0;
        while (position < pieces.length()) {
            long end = pieces.span(piece).end();
            int count;
            try {
                count = first.read(step, 0, (int) Math.min(step.length, end - position));
                if (count < 0) {
                    throw new IOException("The body of the object ended after " + position + " bytes.");
                }
            } catch (IOException broken) {
                if (Thread.currentThread().isInterrupted()) {
                    throw broken;
                }
                first.abort();
                pieces.frontReplaced();
                rest(new ByteSpan(position, end - position));
                return;
            }
            put(to, step, count, position);
            position += count;
            if (position == end && ++piece < pieces.count() && !pieces.frontGoesOn(piece)) {
                first.abort();
                return;
            }
            if (failed() != null) {
                first.abort();
                return;
            }
        }
        // To its end, where the whole is verified.
        if (first.read() >= 0) {
            throw new EnvelopeException("The body of the object has more than its " + pieces.length() + " bytes.");
        }
        pieces.frontIsOver();
    }

    private void rest(ByteSpan span) {
        try {
            source.get(span, body -> copied(body, span));
        } finally {
            pieces.fetched();
        }
    }

    private void help(int piece) {
        Throwable broken = null;
        try {
            ByteSpan span = pieces.span(piece);
            source.get(span, body -> copied(body, span));
        } catch (RuntimeException | Error e) {
            broken = e;
        }
        synchronized (this) {
            pieces.fetched();
            if (broken != null && failure == null) {
                failure = broken;
                pieces.end();
            }
            notifyAll();
        }
    }

    private synchronized @Nullable Throwable failed() {
        return failure;
    }

    /** Gets what nobody else has, and waits for the pieces under way, or for a failure. */
    private void rest() {
        while (failed() == null && !pieces.settled()) {
            OptionalInt next = pieces.take();
            if (next.isPresent()) {
                help(next.getAsInt());
            } else {
                await();
            }
        }
        Throwable broken = failed();
        if (broken instanceof RuntimeException thrown) {
            throw thrown;
        }
        if (broken instanceof Error error) {
            throw error;
        }
    }

    private synchronized void await() {
        try {
            while (failure == null && !pieces.settled() && !pieces.mayTake()) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AbortedException.create("The thread was interrupted while it waited for pieces of the object.", e);
        }
    }

    private Boolean copied(InputStream body, ByteSpan span) throws IOException {
        FileChannel to = Objects.requireNonNull(channel);
        byte[] step = new byte[STEP];
        long position = span.offset();
        for (int count = body.read(step); count >= 0; count = body.read(step)) {
            if (position + count > span.end()) {
                throw new IOException("A piece of the object has more than its " + span.length() + " bytes.");
            }
            put(to, step, count, position);
            position += count;
        }
        if (position != span.end()) {
            throw new IOException("A piece of the object has not its " + span.length() + " bytes.");
        }
        return true;
    }

    private static void put(FileChannel to, byte[] bytes, int count, long position) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
        while (buffer.hasRemaining()) {
            to.write(buffer, position + buffer.position());
        }
    }
}
