package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.transfer.s3.progress.TransferListener;

/** Keeps what the Transfer Manager tells of one transfer. */
final class TransferProgress implements TransferListener {
    private final List<Long> transferred = new CopyOnWriteArrayList<>();
    private final List<OptionalLong> totals = new CopyOnWriteArrayList<>();
    private final AtomicInteger ended = new AtomicInteger();
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    @Override
    public void bytesTransferred(Context.BytesTransferred context) {
        transferred.add(context.progressSnapshot().transferredBytes());
        totals.add(context.progressSnapshot().totalBytes());
    }

    @Override
    public void transferComplete(Context.TransferComplete context) {
        transferred.add(context.progressSnapshot().transferredBytes());
        totals.add(context.progressSnapshot().totalBytes());
        ended.incrementAndGet();
        end.complete(null);
    }

    @Override
    public void transferFailed(Context.TransferFailed context) {
        ended.incrementAndGet();
        end.completeExceptionally(context.exception());
    }

    /** It ended well, once, and counted the bytes of the plaintext and no others. */
    void assertCounted(long length) {
        // The Transfer Manager tells its listeners after it completes the future of the transfer.
        end.orTimeout(60, TimeUnit.SECONDS).join();
        assertEquals(1, ended.get(), "ends");
        assertTrue(
                transferred.stream().allMatch(bytes -> bytes <= length), () -> "beyond " + length + ": " + transferred);
        assertEquals(length, transferred.get(transferred.size() - 1), "bytes transferred");
        assertTrue(
                totals.stream().allMatch(total -> total.isEmpty() || total.getAsLong() == length),
                () -> "totals other than " + length + ": " + totals);
    }

    /** The same, of a transfer whose length is told from its beginning. */
    void assertAnnounced(long length) {
        assertCounted(length);
        assertTrue(totals.stream().allMatch(OptionalLong::isPresent), "totals are told");
    }
}
