package dev.s3envelope.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Arrays;
import java.util.List;

/**
 * What this process used between two moments.
 *
 * @param cpuNanos CPU time of all threads, those of the JVM included
 * @param allocated bytes allocated by threads that live at the end
 * @param peakHeap the largest sum of the heap's pools, in bytes, garbage included
 */
record Usage(long cpuNanos, long allocated, long peakHeap) {
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
        return now();
    }

    private static Usage now() {
        long[] bytes = THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds());
        return new Usage(
                OS.getProcessCpuTime(),
                Arrays.stream(bytes).filter(count -> count > 0).sum(),
                HEAP.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum());
    }

    /** What was used since this was taken. */
    Usage since() {
        Usage now = now();
        return new Usage(now.cpuNanos - cpuNanos, now.allocated - allocated, now.peakHeap);
    }
}
