package dev.s3envelope.s3.internal;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Threads for keyrings that block, and for what else takes long: made when the first is needed, daemons, gone after a minute without work. */
public final class KeyThreads implements Executor, AutoCloseable {
    private @Nullable ExecutorService threads;
    private boolean closed;

    /** None yet. */
    public KeyThreads() {}

    @Override
    public void execute(Runnable task) {
        service().execute(task);
    }

    private synchronized ExecutorService service() {
        if (closed) {
            throw new RejectedExecutionException("The client is closed.");
        }
        ExecutorService made = threads;
        if (made == null) {
            made = Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task, "s3-envelope-keys");
                thread.setDaemon(true);
                return thread;
            });
            threads = made;
        }
        return made;
    }

    @Override
    public synchronized void close() {
        closed = true;
        ExecutorService made = threads;
        if (made != null) {
            made.shutdown();
        }
    }
}
