package dev.s3envelope.s3.internal.clientside.copy;

import dev.s3envelope.s3.internal.SyncInvocation;
import dev.s3envelope.s3.internal.clientside.FailureNote;
import dev.s3envelope.s3.internal.clientside.ReadPort;
import dev.s3envelope.s3.internal.clientside.Stages;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/** Copies through the client on the caller's thread: what is read is written as it comes, over two connections at a time. */
public final class SyncCopies {
    private final S3Client client;
    private final S3Client wrapped;
    private final ClientSideCopies plans;
    private final ReadPort port;

    /**
     * Copies of one client.
     *
     * @param client reads and writes what goes through the client
     * @param wrapped sends what S3 copies
     */
    public SyncCopies(S3Client client, S3Client wrapped, ClientSideCopies plans, ReadPort port) {
        this.client = client;
        this.wrapped = wrapped;
        this.plans = plans;
        this.port = port;
    }

    /** Makes a copy, whichever way serves. */
    public CopyObjectResponse copy(CopyObjectRequest request) {
        CopyPlan plan = Stages.join(plans.plan(request, port));
        return plan instanceof CopyPlan.ThroughClient through
                ? copy(through)
                : SyncInvocation.invoke(
                        CompletableFuture.completedFuture(((CopyPlan.InS3) plan).attempts()), wrapped::copyObject);
    }

    /** A part S3 may copy, bound to the content that was looked at. */
    public UploadPartCopyRequest checked(UploadPartCopyRequest request) {
        return Stages.join(plans.plan(request, port));
    }

    /** An attempt to write that is repeated reads the source again. */
    private CopyObjectResponse copy(CopyPlan.ThroughClient plan) {
        FailureNote note = new FailureNote();
        try (Source source = new Source(plan, note)) {
            String type = plan.put().contentType();
            RequestBody body = RequestBody.fromContentProvider(
                    source, plan.length(), type == null ? "application/octet-stream" : type);
            return plan.answer(note.call(() -> client.putObject(plan.put(), body)));
        }
    }

    private final class Source implements ContentStreamProvider, AutoCloseable {
        private final CopyPlan.ThroughClient plan;
        private final FailureNote note;
        private @Nullable ResponseInputStream<GetObjectResponse> open;

        Source(CopyPlan.ThroughClient plan, FailureNote note) {
            this.plan = plan;
            this.note = note;
        }

        @Override
        public InputStream newStream() {
            close();
            note.clear();
            try {
                ResponseInputStream<GetObjectResponse> opened =
                        client.getObject(plan.get(), ResponseTransformer.toInputStream());
                open = opened;
                return new Noted(opened);
            } catch (RuntimeException e) {
                note.note(e);
                throw e;
            }
        }

        /** Gives up what was not read. */
        @Override
        public void close() {
            ResponseInputStream<GetObjectResponse> before = open;
            open = null;
            if (before != null) {
                before.abort();
            }
        }

        /** Notes why reading failed, which is what the caller is to see. */
        private final class Noted extends FilterInputStream {
            Noted(InputStream in) {
                super(in);
            }

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                try {
                    return super.read(target, offset, length);
                } catch (RuntimeException e) {
                    note.note(e);
                    throw e;
                }
            }
        }
    }
}
