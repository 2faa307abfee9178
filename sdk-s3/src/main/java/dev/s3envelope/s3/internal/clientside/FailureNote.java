package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.CodingStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what went wrong within the body of one call. The SDK wraps such failures, or rebuilds them as exceptions of its own, and the caller is to see the
 * one that was thrown.
 */
public final class FailureNote {
    private volatile @Nullable Throwable noted;

    /** Nothing is noted yet. */
    public FailureNote() {}

    /** Forgets: another attempt begins. */
    public void clear() {
        noted = null;
    }

    /** Notes a failure, unless it is of the transport. */
    public void note(Throwable failure) {
        if (!(failure instanceof IOException)) {
            noted = failure;
        }
    }

    /** A coder whose failures are noted. */
    Coder watch(Coder coder) {
        return new Coder() {
            @Override
            public CodingStatus code(ByteBuffer in, ByteBuffer out) throws IOException {
                try {
                    return coder.code(in, out);
                } catch (RuntimeException e) {
                    note(e);
                    throw e;
                }
            }

            @Override
            public CodingStatus finish(ByteBuffer out) throws IOException {
                try {
                    return coder.finish(out);
                } catch (RuntimeException e) {
                    note(e);
                    throw e;
                }
            }

            @Override
            public int inputSize() {
                return coder.inputSize();
            }

            @Override
            public boolean takesPlaintext() {
                return coder.takesPlaintext();
            }

            @Override
            public int outputSize() {
                return coder.outputSize();
            }

            @Override
            public void close() {
                coder.close();
            }
        };
    }

    /** A call on the caller's thread that fails with what was noted, if anything. */
    public <V> V call(Supplier<V> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw noted instanceof RuntimeException failure ? failure : e;
        }
    }

    /** A call under way that fails with what was noted, if anything. */
    public <V> CompletableFuture<V> call(CompletableFuture<V> call) {
        return Stages.translated(call, failure -> {
            Throwable thrown = noted;
            return thrown == null ? failure : thrown;
        });
    }
}
