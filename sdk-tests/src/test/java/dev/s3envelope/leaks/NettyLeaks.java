package dev.s3envelope.leaks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBufAllocator;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes the run fail at its end if Netty found a buffer that was given back by nobody. The build sets Netty's detector to look at every buffer; it tells of a leak through its
 * log when a buffer was collected as garbage and another one is made.
 */
public final class NettyLeaks implements BeforeAllCallback, AfterAllCallback {
    /** Where peers are used, whose leaks are not ours: the S3 Encryption Client leaves bodies of answers unread. */
    private static final String PEERS = "dev.s3envelope.interop";

    /** What a buffer is marked with that is leaked on purpose. */
    static final String PLANTED = "leaked on purpose";

    static final Logger DETECTOR = Logger.getLogger("io.netty.util.ResourceLeakDetector");

    @Override
    public void beforeAll(ExtensionContext context) {
        Watch watch = watch(context);
        if (ofPeers(context)) {
            watch.collect();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (ofPeers(context)) {
            watch(context).forgetSince();
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
        private final List<String> reports = new ArrayList<>();
        private int collected;

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
            for (int round = 0; round < 3; round++) {
                WeakReference<Object> garbage = new WeakReference<>(new Object());
                while (garbage.get() != null) {
                    System.gc();
                }
                for (int i = 0; i < 100; i++) {
                    ByteBufAllocator.DEFAULT.buffer().release();
                }
            }
            synchronized (this) {
                collected = reports.size();
                return List.copyOf(reports);
            }
        }

        /** Forgets what was leaked since it was last collected. */
        void forgetSince() {
            int before;
            synchronized (this) {
                before = collected;
            }
            collect();
            synchronized (this) {
                reports.subList(before, reports.size()).clear();
                collected = before;
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            List<String> leaks = collect().stream()
                    .filter(report -> !report.contains(PLANTED))
                    .toList();
            DETECTOR.removeHandler(this);
            assertEquals(List.of(), leaks, "buffers that nobody gave back");
        }
    }
}
