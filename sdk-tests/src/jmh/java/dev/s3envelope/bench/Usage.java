package dev.s3envelope.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What this process used between two moments.
 *
 * @param cpuNanos CPU time of all threads, those of the JVM included
 * @param allocated bytes allocated by threads that live at the end
 * @param peakHeap the largest sum of the heap's pools, in bytes, garbage included
 * @param peakRss the largest resident set of the process, in bytes, where Linux tells it; a heap that has grown for one client stays for the next
 */
record Usage(long cpuNanos, long allocated, long peakHeap, long peakRss) {
    private static final OperatingSystemMXBean OS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final List<MemoryPoolMXBean> HEAP = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();

    /** Collects garbage and starts the peak anew; the counters now. */
    static Usage start() {
        System.gc();
        HEAP.forEach(MemoryPoolMXBean::resetPeakUsage);
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // the peak begins anew
        } catch (IOException e) {
            // Not Linux, or not allowed: then the peak is that of the process.
        }
        return now();
    }

    private static Usage now() {
        long[] bytes = THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds());
        return new Usage(
                OS.getProcessCpuTime(),
                Arrays.stream(bytes).filter(count -> count > 0).sum(),
                HEAP.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum(),
                rss());
    }

    private static long rss() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** What was used since this was taken. */
    Usage since() {
        Usage now = now();
        return new Usage(now.cpuNanos - cpuNanos, now.allocated - allocated, now.peakHeap, now.peakRss);
    }
}
