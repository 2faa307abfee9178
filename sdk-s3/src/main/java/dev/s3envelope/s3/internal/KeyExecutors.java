package dev.s3envelope.s3.internal;

import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.s3.internal.clientside.Stages;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Where the sources of SSE-C keys are asked.
 *
 * @param memory for sources that answer from memory
 * @param blocking for sources that may block; of a synchronous client the caller's own thread
 */
public record KeyExecutors(Executor memory, Executor blocking) {
    /** The caller's own thread for all of them. */
    public static final KeyExecutors CALLER = new KeyExecutors(Runnable::run, Runnable::run);

    Executor of(SseCKeySource source) {
        return source.blocking() ? blocking : memory;
    }

    /** Asks on the executor of the source; what the call throws, the stage fails with. */
    <V> CompletionStage<V> ask(SseCKeySource source, Supplier<CompletionStage<V>> call) {
        return Stages.on(of(source), call);
    }
}
