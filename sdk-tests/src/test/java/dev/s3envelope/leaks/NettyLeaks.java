package dev.s3envelope.leaks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBufAllocator;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes the run fail at its end if Netty found a buffer that was given back by nobody. The build sets Netty's detector to look at every buffer; it tells of a leak through its
 * log when a buffer was collected as garbage and another one is made.
 */
public final class NettyLeaks implements BeforeAllCallback {
    /** Where peers are used, whose leaks are not ours: the S3 Encryption Client leaves bodies of answers unread. */
    private static final String PEERS = "dev.s3envelope.interop";

    /** What a buffer is marked with that is leaked on purpose. */
    static final String PLANTED = "leaked on purpose";

    static final Logger DETECTOR = Logger.getLogger("io.netty.util.ResourceLeakDetector");

    @Override
    public void beforeAll(ExtensionContext context) {
        if (ofPeers(context)) {
            watch(context).peersBegin();
        } else {
            watch(context).peersEnd();
        }
    }

    private static boolean ofPeers(ExtensionContext context) {
        return context.getRequiredTestClass().getPackageName().equals(PEERS);
    }

    /** One for all classes of the run. */
    private static Watch watch(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(NettyLeaks.class))
                .computeIfAbsent(Watch.class, key -> new Watch(), Watch.class);
    }

    /** Hears what the detector reports while it is open; the end of the run closes it. */
    static final class Watch extends Handler implements AutoCloseable {
        private static final int ROUNDS = 3;
        private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

        private final List<String> reports = new ArrayList<>();
        private @Nullable Peers peers;

        /** What there was when peers began to be used. */
        private record Peers(int reports, Set<Thread> eventLoops) {}

        Watch() {
            DETECTOR.addHandler(this);
        }

        @Override
        public synchronized void publish(LogRecord record) {
            if (record.getMessage().contains("LEAK")) {
                reports.add(record.getMessage());
            }
        }

        /** What was reported up to now, of buffers that are garbage already. */
        List<String> collect() {
            for (int round = 0; round < ROUNDS; round++) {
                awaitCollection();
                for (int i = 0; i < 100; i++) {
                    ByteBufAllocator.DEFAULT.buffer().release();
                }
            }
            synchronized (this) {
                return List.copyOf(reports);
            }
        }

        /** Until a reference of this collection was queued, and with it those of all collections before. */
        private static void awaitCollection() {
            ReferenceQueue<Object> queue = new ReferenceQueue<>();
            WeakReference<Object> garbage = new WeakReference<>(new Object(), queue);
            try {
                do {
                    System.gc();
                } while (queue.remove(1_000) != garbage);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** From now on leaks are those of peers. */
        void peersBegin() {
            if (peers == null) {
                peers = new Peers(collect().size(), eventLoops());
            }
        }

        /** Forgets the leaks of peers. They show up when the connections of the peers' clients are closed, which event loops do some time after the clients. */
        void peersEnd() {
            Peers before = peers;
            if (before == null) {
                return;
            }
            peers = null;
            long deadline = System.nanoTime() + PATIENCE;
            while (!before.eventLoops().containsAll(eventLoops()) && System.nanoTime() < deadline) {
                LockSupport.parkNanos(1_000_000);
            }
            collect();
            synchronized (this) {
                reports.subList(before.reports(), reports.size()).clear();
            }
        }

        private static Set<Thread> eventLoops() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().contains("NettyEventLoop"))
                    .collect(Collectors.toSet());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            peersEnd();
            List<String> leaks = collect().stream()
                    .filter(report -> !report.contains(PLANTED))
                    .toList();
            DETECTOR.removeHandler(this);
            assertEquals(List.of(), leaks, "buffers that nobody gave back");
        }
    }
}
