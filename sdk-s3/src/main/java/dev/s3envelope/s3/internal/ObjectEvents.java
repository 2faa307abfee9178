package dev.s3envelope.s3.internal;

import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.s3.ClientSideObject;
import dev.s3envelope.s3.EnvelopeListener;
import dev.s3envelope.s3.EnvelopeListener.Mode;
import dev.s3envelope.s3.internal.clientside.Stages;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** Tells a listener what S3 answered, and keeps the listener's failures to itself. Safe for use by several threads. */
public final class ObjectEvents {
    private static final Logger LOG = LoggerFactory.getLogger(EnvelopeListener.class);

    private final @Nullable EnvelopeListener listener;

    /** Events for a listener, or for nobody. */
    public ObjectEvents(@Nullable EnvelopeListener listener) {
        this.listener = listener;
    }

    /** Whether anybody listens. */
    public boolean heard() {
        return listener != null;
    }

    /** After a PUT; gives the answer back. */
    public PutObjectResponse put(boolean clientSide, Optional<Long> length, PutObjectResponse answer) {
        tell(to -> {
            Mode mode = mode(clientSide, answer.serverSideEncryptionAsString(), answer.sseCustomerAlgorithm());
            to.objectWritten(mode);
            length.ifPresent(bytes -> to.bytesWritten(mode, bytes));
        });
        return answer;
    }

    /** After a part; gives the answer back. */
    public UploadPartResponse part(boolean clientSide, Optional<Long> length, UploadPartResponse answer) {
        tell(to -> {
            Mode mode = mode(clientSide, answer.serverSideEncryptionAsString(), answer.sseCustomerAlgorithm());
            length.ifPresent(bytes -> to.bytesWritten(mode, bytes));
        });
        return answer;
    }

    /**
     * After an upload in parts was completed; gives the answer back.
     *
     * @param customerKey whether it is under an SSE-C key, of which this answer says nothing
     */
    public CompleteMultipartUploadResponse completed(
            boolean clientSide, boolean customerKey, CompleteMultipartUploadResponse answer) {
        tell(to -> to.objectWritten(
                mode(clientSide, answer.serverSideEncryptionAsString(), customerKey ? SseCKey.ALGORITHM : null)));
        return answer;
    }

    /** After a GET, as the caller sees its answer. */
    public void read(GetObjectResponse answer) {
        tell(to -> to.objectRead(
                mode(
                        ClientSideObject.of(answer).isPresent(),
                        answer.serverSideEncryptionAsString(),
                        answer.sseCustomerAlgorithm()),
                answer.contentLength() == null ? 0 : answer.contentLength()));
    }

    /** After a preflight; whether KMS or S3 was asked for its verdict. */
    public void preflight(Verdict verdict, boolean asked) {
        tell(to -> to.preflight(verdict, asked));
    }

    /** When the call succeeds, and before its caller sees that; cancelling what is given back reaches the request. */
    public <V> CompletableFuture<V> after(CompletableFuture<V> call, Consumer<V> event) {
        return heard()
                ? Stages.map(call, value -> {
                    event.accept(value);
                    return value;
                })
                : call;
    }

    private static Mode mode(boolean clientSide, @Nullable String serverSide, @Nullable String customerAlgorithm) {
        if (clientSide) {
            return Mode.CLIENT_SIDE;
        }
        if (customerAlgorithm != null) {
            return Mode.SSE_C;
        }
        return switch (serverSide == null ? "" : serverSide) {
            case "AES256" -> Mode.SSE_S3;
            case "aws:kms" -> Mode.SSE_KMS;
            case "aws:kms:dsse" -> Mode.DSSE_KMS;
            default -> Mode.UNKNOWN;
        };
    }

    private void tell(Consumer<EnvelopeListener> event) {
        EnvelopeListener to = listener;
        if (to == null) {
            return;
        }
        try {
            event.accept(to);
        } catch (RuntimeException e) {
            LOG.warn("A listener of the clients failed; the call goes on.", e);
        }
    }
}
