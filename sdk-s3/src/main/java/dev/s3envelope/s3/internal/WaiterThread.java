package dev.s3envelope.s3.internal;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** One daemon thread for the waiters of a client, started when the first waiter is asked for. */
public final class WaiterThread implements AutoCloseable {
    private @Nullable ScheduledExecutorService executor;
    private boolean closed;

    /** The executor; of a closed client, one that takes no more work. */
    public synchronized ScheduledExecutorService executor() {
        if (executor == null) {
            executor = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "s3-envelope-waiter");
                thread.setDaemon(true);
                return thread;
            });
        }
        if (closed) {
            executor.shutdownNow();
        }
        return executor;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (executor != null) {
            executor.shutdownNow();
        }
    }
}
