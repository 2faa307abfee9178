package dev.s3envelope.leaks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** That a leak is seen, which no test that passes would tell. */
class NettyLeaksTest {
    @Test
    void aBufferThatNobodyGivesBack_isReported() {
        assertEquals(ResourceLeakDetector.Level.PARANOID, ResourceLeakDetector.getLevel(), "set by the build");
        NettyLeaks.DETECTOR.setUseParentHandlers(false);
        try (NettyLeaks.Watch watch = new NettyLeaks.Watch()) {
            leak(NettyLeaks.PLANTED);
            assertTrue(watch.collect().stream().anyMatch(report -> report.contains(NettyLeaks.PLANTED)));
        } finally {
            NettyLeaks.DETECTOR.setUseParentHandlers(true);
        }
    }

    @Test
    void theRunFails_ifALeakWasReported() {
        NettyLeaks.Watch watch = new NettyLeaks.Watch();
        watch.publish(new LogRecord(Level.SEVERE, "LEAK: somewhere"));
        assertThrows(AssertionError.class, watch::close);
    }

    private static void leak(String mark) {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.buffer(64);
        buffer.writeLong(1);
        buffer.touch(mark);
    }
}
