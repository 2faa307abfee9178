package dev.s3envelope.s3.internal.clientside.upload;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageEncryptor;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.core.message.OpenMessage;
import dev.s3envelope.s3.internal.clientside.ClientSideWrite;
import dev.s3envelope.s3.internal.clientside.PartBodies;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * One upload that is under way: its message, what was encrypted under each frame number, and where its parts lie.
 *
 * <p>The message is made when its frame length is known, which the header, in front of part 1, authenticates; until then the data key is kept, and no
 * part has been encrypted. The content key is destroyed when the upload has ended and no part is being encrypted any more.
 *
 * <p>Safe for use by several threads. A part that has to wait for another waits for {@code patience} and no longer, and holds no lock meanwhile.
 */
final class Upload {
    private final MessageEngine engine;
    private final ClientSideWrite how;
    private final Duration patience;
    private final @Nullable String checksumAlgorithm;
    private final PartPlan plan;
    private final CompletableFuture<Void> sizeKnown = new CompletableFuture<>();
    private @Nullable EncryptionMaterials materials;
    private @Nullable OpenMessage message;
    private @Nullable UploadPartResponse finalPart;
    private int users;
    private boolean ended;

    /** Begins an upload; the materials are its own from now on. */
    Upload(
            MessageEngine engine,
            ClientSideWrite how,
            EncryptionMaterials materials,
            OptionalLong partSize,
            @Nullable String checksumAlgorithm,
            Duration patience) {
        this(
                engine,
                how,
                checksumAlgorithm,
                patience,
                new PartPlan(how.object().toString(), how.mode().frameLength()));
        this.materials = materials;
        partSize.ifPresent(plan::expect);
    }

    /** Goes on with an upload of another process; the message is its own from now on. */
    Upload(
            MessageEngine engine,
            ClientSideWrite how,
            OpenMessage message,
            PartPlan plan,
            @Nullable String checksumAlgorithm,
            Duration patience) {
        this(engine, how, checksumAlgorithm, patience, plan);
        this.message = message;
    }

    private Upload(
            MessageEngine engine,
            ClientSideWrite how,
            @Nullable String checksumAlgorithm,
            Duration patience,
            PartPlan plan) {
        this.engine = engine;
        this.how = how;
        this.checksumAlgorithm = checksumAlgorithm;
        this.patience = patience;
        this.plan = plan;
    }

    /** The metadata value that marks the object: with its layout if the frame length is known. */
    synchronized String hint() {
        if (plan.frameLength() != 0) {
            return LayoutHint.of(message().header(), OptionalLong.empty()).text();
        }
        // The frame length has four bytes whatever it is.
        try (OpenMessage measured = engine.create(
                Objects.requireNonNull(materials), how.identity(), how.mode().frameLength())) {
            return LayoutHint.uploadText(measured.header().length());
        }
    }

    /** The checksum algorithm the upload was created with, for the part that is added. */
    Optional<String> checksumAlgorithm() {
        return Optional.ofNullable(checksumAlgorithm);
    }

    /**
     * A part to be sent; the receiver closes it when it was. The stage fails with the refusal, or completes later, where another part has to
     * tell the size of all.
     */
    CompletionStage<Part> part(int number, long length, boolean markedLast) {
        try {
            return admit(() -> plan.place(number, length, markedLast))
                    .<CompletionStage<Part>>map(CompletableFuture::completedFuture)
                    .orElseGet(() -> later(number, length, markedLast));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Checks the list of parts at the end; the part that holds the final frame, if it has to be added. */
    Optional<Part> finish(List<Integer> numbers) {
        return admit(() -> plan.finish(numbers));
    }

    /** What S3 answered to the part that was added; a second attempt to complete the upload uses it again. */
    synchronized Optional<UploadPartResponse> finalPart() {
        return Optional.ofNullable(finalPart);
    }

    synchronized void finalPart(UploadPartResponse answer) {
        finalPart = answer;
    }

    synchronized boolean isAdded(int number) {
        return plan.isAdded(number);
    }

    synchronized SortedMap<Integer, Long> sizes() {
        return plan.sizes();
    }

    /** Bytes of the object that parts 1 to this one make, all frames and the header counted. */
    synchronized long ciphertextLength(int parts) {
        long plaintext = sizes().headMap(parts + 1).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        MessageHeader header = message().header();
        int last = plan.lastPart();
        if (last != 0 && sizes().getOrDefault(last, -1L) == 0 && last > 1) {
            long regular = plaintext / header.frameLength();
            return new FrameLayout(header.length(), header.frameLength(), regular, 0).ciphertextLength();
        }
        return FrameLayout.ofPlaintext(header.length(), header.frameLength(), plaintext)
                .ciphertextLength();
    }

    /** The state another process needs; this one sends no more parts. */
    synchronized State handOver() {
        if (ended || users > 0) {
            throw new OperationRefusedException("The upload of " + how.object() + " cannot be handed over: "
                    + (ended ? "it has ended." : "parts of it are being sent. Wait for them first."));
        }
        if (plan.partSize() == 0) {
            throw new OperationRefusedException("The upload of " + how.object()
                    + " cannot be handed over: the size of its parts is not known, or it has one part only."
                    + " Give the part size with ClientSideUpload.partSize when it is created.");
        }
        OpenMessage kept = message();
        State state = new State(
                kept.header().encoded(),
                kept.ledger().export(),
                plan.partSize(),
                plan.sizes(),
                plan.lastPart(),
                checksumAlgorithm);
        end();
        return state;
    }

    /** What is kept of an upload outside this process. */
    @SuppressWarnings("ArrayRecordComponent") // handed on to ClientSideUpload, which copies
    record State(
            byte[] header,
            byte[] ledger,
            long partSize,
            SortedMap<Integer, Long> parts,
            int lastPart,
            @Nullable String checksumAlgorithm) {}

    /** No more parts; keys go when the last one in flight is done. */
    void end() {
        synchronized (this) {
            ended = true;
            if (users == 0) {
                destroy();
            }
        }
        sizeKnown.complete(null);
    }

    private Optional<Part> admit(Supplier<Optional<PartPlan.Placement>> place) {
        boolean known = false;
        try {
            synchronized (this) {
                if (ended) {
                    throw new OperationRefusedException("The upload of " + how.object() + " has ended.");
                }
                try {
                    return place.get().map(this::lease);
                } finally {
                    known = plan.frameLength() != 0;
                }
            }
        } finally {
            if (known) {
                sizeKnown.complete(null);
            }
        }
    }

    private CompletableFuture<Part> later(int number, long length, boolean markedLast) {
        CompletableFuture<Part> result = new CompletableFuture<>();
        AtomicBoolean once = new AtomicBoolean();
        Runnable settle = () -> {
            if (!once.compareAndSet(false, true) || result.isDone()) {
                return;
            }
            try {
                Part part = admit(() -> Optional.of(plan.placeNow(number, length, markedLast)))
                        .orElseThrow();
                if (!result.complete(part)) {
                    part.close();
                }
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        };
        var unused = sizeKnown.whenComplete((nothing, failure) -> settle.run());
        CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS)
                .execute(settle);
        return result;
    }

    private Part lease(PartPlan.Placement placement) {
        Part part = new Part(message(), placement);
        users++;
        return part;
    }

    private OpenMessage message() {
        OpenMessage made = message;
        if (made == null) {
            EncryptionMaterials taken = Objects.requireNonNull(materials, "materials");
            made = engine.create(taken, how.identity(), plan.frameLength());
            message = made;
            taken.close();
            materials = null;
        }
        return made;
    }

    private synchronized void used() {
        if (ended && users == 0) {
            throw new OperationRefusedException("The upload of " + how.object() + " has ended.");
        }
        users++;
    }

    private synchronized void unused() {
        users--;
        if (ended && users == 0) {
            destroy();
        }
    }

    private void destroy() {
        if (materials != null) {
            materials.close();
            materials = null;
        }
        if (message != null) {
            message.close();
        }
    }

    /** A part in its place, sent as often as need be until it is closed. */
    final class Part implements PartBodies.Source, AutoCloseable {
        private final OpenMessage message;
        private final PartPlan.Placement placement;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Part(OpenMessage message, PartPlan.Placement placement) {
            this.message = message;
            this.placement = placement;
        }

        int number() {
            return placement.number();
        }

        @Override
        public long ciphertextLength() {
            MessageHeader header = message.header();
            int prefix = placement.firstFrame() == 1 ? header.length() : 0;
            return placement.last()
                    ? FrameLayout.ofPlaintext(prefix, header.frameLength(), placement.length())
                            .ciphertextLength()
                    : prefix
                            + placement.length()
                                    / header.frameLength()
                                    * (header.frameLength() + (long) FrameLayout.REGULAR_OVERHEAD);
        }

        @Override
        public int inputSize() {
            return (int) Math.max(1, Math.min(message.header().frameLength(), placement.length()));
        }

        @Override
        public MessageEncryptor next() {
            if (closed.get()) {
                throw new OperationRefusedException("Part " + placement.number() + " of the upload of " + how.object()
                        + " was sent, or given up; it is not encrypted again without a call.");
            }
            used();
            try {
                return message.partEncryptor(placement.firstFrame(), placement.length(), placement.last());
            } catch (RuntimeException e) {
                unused();
                throw e;
            }
        }

        @Override
        public void release(MessageEncryptor encryptor) {
            unused();
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                unused();
            }
        }
    }
}
