package dev.s3envelope.s3.internal.clientside.upload;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.message.FrameLedger;
import dev.s3envelope.core.message.IdentityCheck;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.core.message.OpenMessage;
import dev.s3envelope.core.mode.ClientSideFormat;
import dev.s3envelope.core.s3ec.S3ecMetadata;
import dev.s3envelope.s3.ClientSideUpload;
import dev.s3envelope.s3.internal.Bounded;
import dev.s3envelope.s3.internal.clientside.ClientSideKeys;
import dev.s3envelope.s3.internal.clientside.ClientSideWrite;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;

/**
 * The encrypted uploads of one client that are under way, by upload id; at most {@value #MOST}, of which the one used longest ago goes first. Their
 * memory is 16 bytes for each frame that was sent. Safe for use by several threads.
 */
public final class Uploads {
    private static final int MOST = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final @Nullable ClientSideKeys keys;
    private final Duration patience;
    private final Map<String, Upload> open = new LinkedHashMap<>(16, 0.75f, true);
    private volatile boolean forgetful;
    private final Bounded<String, Completed> completed = new Bounded<>(MOST);

    /** What a repeated completion needs of one that was answered: the part that was added, and the size S3 was told. */
    private record Completed(
            @Nullable CompletedPart added, @Nullable Long size) {}

    /** No uploads yet. */
    public Uploads(ClientSideKeys keys) {
        this(keys, PATIENCE);
    }

    private Uploads(@Nullable ClientSideKeys keys, Duration patience) {
        this.keys = keys;
        this.patience = patience;
    }

    /** For whoever encrypts nothing, such as a presigner: encrypted uploads are refused. */
    public static Uploads none() {
        return new Uploads(null, PATIENCE);
    }

    /** Uploads whose parts wait for each other no longer than this. */
    static Uploads of(ClientSideKeys keys, Duration patience) {
        return new Uploads(keys, patience);
    }

    /** An upload whose creation has not been answered. */
    public final class Begun {
        private final CreateMultipartUploadRequest request;
        private final Upload upload;

        private Begun(CreateMultipartUploadRequest request, Upload upload) {
            this.request = request;
            this.upload = upload;
        }

        /** The request with the mark of an encrypted object. */
        public CreateMultipartUploadRequest request() {
            return request;
        }

        /** Remembers the upload under the id S3 gave it. */
        public void created(@Nullable Object answer) {
            if (answer instanceof CreateMultipartUploadResponse created && created.uploadId() != null) {
                put(created.uploadId(), upload);
            } else {
                upload.end();
            }
        }

        /** Forgets it, since it was not created. */
        public void abandoned() {
            upload.end();
        }
    }

    /** Asks for the data key of an upload, before S3 is asked to create it. */
    public CompletionStage<Begun> begin(CreateMultipartUploadRequest request, ClientSideWrite how) {
        check(request, how);
        ClientSideKeys keys = keys(how);
        return keys.generate(how.keyring(), how.materials()).thenApply(materials -> {
            Upload upload = null;
            try {
                upload = new Upload(
                        keys.engine(),
                        how,
                        materials,
                        ClientSideUpload.partSizeOf(request),
                        request.checksumAlgorithmAsString(),
                        patience);
                Map<String, String> metadata = new HashMap<>(request.metadata());
                metadata.put(LayoutHint.METADATA_NAME, upload.hint());
                return new Begun(request.toBuilder().metadata(metadata).build(), upload);
            } catch (RuntimeException e) {
                materials.close();
                if (upload != null) {
                    upload.end();
                }
                throw e;
            }
        });
    }

    /** Whether an upload is one of these. */
    public boolean knows(@Nullable String uploadId) {
        return find(uploadId).isPresent();
    }

    /** Whether an upload was forgotten because there were too many: then one that is not known may be encrypted, whatever the policy says. */
    public boolean hasForgotten() {
        return forgetful;
    }

    /** Forgets an upload that was completed or aborted, and destroys its keys. */
    public void end(@Nullable String uploadId) {
        Upload upload;
        synchronized (open) {
            upload = uploadId == null ? null : open.remove(uploadId);
        }
        if (upload != null) {
            upload.end();
        }
    }

    /**
     * Forgets an upload that S3 completed, and remembers how, since an answer can get lost on its way and S3 takes the same completion again.
     *
     * @param sent the request as S3 got it
     */
    public void completed(CompleteMultipartUploadRequest sent) {
        find(sent.uploadId())
                .ifPresent(upload -> completed.put(
                        sent.uploadId(), new Completed(PartRequests.added(sent, upload), sent.mpuObjectSize())));
        end(sent.uploadId());
    }

    /** Whether an upload of this client was completed; at most {@value #MOST} are remembered. */
    public boolean wasCompleted(@Nullable String uploadId) {
        return uploadId != null && completed.get(uploadId).isPresent();
    }

    /** The completion as it was sent the first time, if the caller's is that of a completed upload; else the request itself. */
    CompleteMultipartUploadRequest again(CompleteMultipartUploadRequest request) {
        return Optional.ofNullable(request.uploadId())
                .flatMap(completed::get)
                .map(before -> PartRequests.again(request, before.added(), before.size()))
                .orElse(request);
    }

    /** Destroys the keys of all; of a client that is closed. */
    public void close() {
        synchronized (open) {
            open.values().forEach(Upload::end);
            open.clear();
        }
    }

    /** Whether this client encrypts the parts of the upload. */
    public boolean encrypts(@Nullable String uploadId) {
        return find(uploadId).isPresent();
    }

    Optional<Upload> find(@Nullable String uploadId) {
        synchronized (open) {
            return uploadId == null ? Optional.empty() : Optional.ofNullable(open.get(uploadId));
        }
    }

    /** Gives an upload away: what another process needs to go on with it. */
    public ClientSideUpload handOver(String bucket, String key, String uploadId) {
        Upload upload = find(uploadId)
                .orElseThrow(() -> new OperationRefusedException(
                        "There is no encrypted upload " + uploadId + " of this client to be handed over."));
        Upload.State state = upload.handOver();
        end(uploadId);
        return new ClientSideUpload(
                bucket,
                key,
                uploadId,
                state.partSize(),
                state.header(),
                state.ledger(),
                state.parts(),
                state.lastPart(),
                Optional.ofNullable(state.checksumAlgorithm()));
    }

    /** Goes on with an upload another process gave away. */
    public CompletionStage<Void> takeOver(ClientSideUpload given, ClientSideWrite how) {
        ClientSideKeys keys = keys(how);
        MessageEngine engine = keys.engine();
        ByteBuffer encoded = ByteBuffer.wrap(given.header());
        var parser = engine.headerParser();
        parser.feed(encoded);
        MessageHeader header = parser.header()
                .filter(whole -> !encoded.hasRemaining())
                .orElseThrow(() -> new IntegrityException("The exported upload holds no whole message header."));
        if (given.partSize() < PartPlan.LEAST_PART || given.partSize() % header.frameLength() != 0) {
            throw new IntegrityException("The exported upload is damaged: parts of " + given.partSize()
                    + " bytes are no whole number of frames of " + header.frameLength() + ".");
        }
        FrameLedger ledger;
        try {
            ledger = FrameLedger.restore(given.ledger());
        } catch (IllegalArgumentException e) {
            throw new IntegrityException("The exported upload has a damaged record of its frames.", e);
        }
        PartPlan plan = new PartPlan(how.object().toString(), header.frameLength());
        plan.resume(given.partSize(), header.frameLength(), given.parts(), given.lastPart());
        return keys.resume(header, how.keyring(), Optional.empty(), ledger).thenAccept(message -> {
            IdentityCheck identity = message.identity(how.identity());
            if (identity != IdentityCheck.MATCHED && identity != IdentityCheck.NOT_ASKED) {
                message.close();
                throw new IntegrityException(
                        "The exported upload was begun for another object than " + how.object() + ".");
            }
            put(given.uploadId(), resumed(engine, how, message, plan, given));
        });
    }

    private Upload resumed(
            MessageEngine engine, ClientSideWrite how, OpenMessage message, PartPlan plan, ClientSideUpload given) {
        return new Upload(engine, how, message, plan, given.checksumAlgorithm().orElse(null), patience);
    }

    private void put(String uploadId, Upload upload) {
        Upload before;
        Upload eldest = null;
        synchronized (open) {
            before = open.put(uploadId, upload);
            if (open.size() > MOST) {
                eldest = open.remove(open.keySet().iterator().next());
                forgetful = true;
            }
        }
        if (before != null) {
            before.end();
        }
        if (eldest != null) {
            eldest.end();
        }
    }

    private ClientSideKeys keys(ClientSideWrite how) {
        if (keys == null) {
            throw new OperationRefusedException("An upload of " + how.object() + " is refused here: its mode is "
                    + how.mode() + ", and whoever uses a presigned URL cannot encrypt. Upload it through the client.");
        }
        return keys;
    }

    private static void check(CreateMultipartUploadRequest request, ClientSideWrite how) {
        if (how.mode().format() != ClientSideFormat.ENCRYPTION_SDK) {
            throw new OperationRefusedException(
                    "CreateMultipartUpload of " + how.object()
                            + " would write the S3 Encryption Client's format, which has one tag at its end and cannot be made of parts"
                            + " sent in any order. Put the object in one request, or use a mode that writes messages (ClientSide.builder).");
        }
        for (String name : request.metadata().keySet()) {
            if (name.toLowerCase(Locale.ROOT).equals(LayoutHint.METADATA_NAME) || S3ecMetadata.isReserved(name)) {
                throw new IllegalEncryptionException("The metadata of " + how.object() + " has the entry \"" + name
                        + "\", which marks encrypted objects. Use another name.");
            }
        }
    }
}
