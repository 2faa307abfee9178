package dev.s3envelope.s3.internal.transfer;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tasks on the executor of the synchronous client, each of which takes a piece when it begins and gets it. A task that waits in the executor's queue has taken nothing, so that nobody
 * waits for it; what the executor does not take is left to the reader. Safe for use by several threads.
 */
final class Helpers {
    /** Gets a piece; it keeps failures to itself. */
    interface Work {
        void get(int piece);
    }

    private final Executor executor;
    private final Pieces pieces;
    private final int most;
    private final Work work;
    private final Set<FutureTask<?>> tasks = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean closed;

    /** @param most tasks at once */
    Helpers(Executor executor, Pieces pieces, int most, Work work) {
        this.executor = executor;
        this.pieces = pieces;
        this.most = most;
        this.work = work;
    }

    /** Sees to it that there are as many tasks as there is work for. */
    void call() {
        while (!closed && pieces.mayTake()) {
            if (count.incrementAndGet() > most) {
                count.decrementAndGet();
                return;
            }
            FutureTask<?> task = new FutureTask<>(this::run, null) {
                @Override
                protected void done() {
                    tasks.remove(this);
                }
            };
            tasks.add(task);
            try {
                executor.execute(task);
            } catch (RejectedExecutionException e) {
                task.cancel(false);
                count.decrementAndGet();
                return;
            }
        }
    }

    private void run() {
        try {
            pieces.take().ifPresent(work::get);
        } finally {
            count.decrementAndGet();
        }
        call();
    }

    /** Interrupts tasks under way; those that have not begun do nothing any more. */
    void close() {
        closed = true;
        tasks.forEach(task -> task.cancel(true));
    }
}
