package dev.s3envelope.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Runs numbered operations on a fixed number of threads; whoever is free takes the next. */
final class Load implements AutoCloseable {
    private final ExecutorService threads;
    private final int concurrency;

    Load(int concurrency) {
        this.concurrency = concurrency;
        this.threads = Executors.newFixedThreadPool(concurrency);
    }

    /**
     * Runs operations {@code from} to {@code to}, the latter excluded.
     *
     * @return operations a second
     */
    double run(int from, int to, IntConsumer operation) throws InterruptedException {
        AtomicInteger next = new AtomicInteger(from);
        List<Future<?>> workers = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < concurrency; i++) {
            workers.add(threads.submit(() -> {
                for (int number = next.getAndIncrement(); number < to; number = next.getAndIncrement()) {
                    operation.accept(number);
                }
            }));
        }
        for (Future<?> worker : workers) {
            try {
                worker.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("an operation failed", e.getCause());
            }
        }
        return (to - from) / ((System.nanoTime() - start) / 1e9);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
