package dev.s3envelope.s3.internal.clientside.upload;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.s3.internal.clientside.ClientSideWrite;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * Puts bodies of unknown length, and those too large for one PUT, in parts: one part in memory, one after the other on the caller's thread. A body
 * that ends within the first part goes in one PUT. What fails is aborted.
 */
public final class SyncPuts {
    private final S3Client client;

    /** Puts through the client that encrypts. */
    public SyncPuts(S3Client client) {
        this.client = client;
    }

    /**
     * Puts a body.
     *
     * @param request as the caller gave it
     * @param single puts a body of known length in one request
     */
    public PutObjectResponse put(
            PutObjectRequest request,
            ClientSideWrite how,
            RequestBody body,
            Function<RequestBody, PutObjectResponse> single) {
        Optional<PutInParts> inParts = PutInParts.of(request, how, body.optionalContentLength());
        if (inParts.isEmpty()) {
            return single.apply(body);
        }
        PutInParts put = inParts.get();
        byte[] part = new byte[put.partSize()];
        try (PushbackInputStream in = new PushbackInputStream(stream(body))) {
            int count = in.readNBytes(part, 0, part.length);
            if (ended(in)) {
                put.checkLength(count);
                return single.apply(RequestBody.fromContentProvider(
                        () -> new ByteArrayInputStream(part, 0, count), count, body.contentType()));
            }
            return upload(put, body.contentType(), in, part);
        } catch (IOException e) {
            throw new EnvelopeException("The body of " + how.object() + " could not be read.", e);
        } finally {
            Arrays.fill(part, (byte) 0);
        }
    }

    private PutObjectResponse upload(PutInParts put, String contentType, PushbackInputStream in, byte[] part)
            throws IOException {
        String uploadId = client.createMultipartUpload(put.create(contentType)).uploadId();
        try {
            List<CompletedPart> parts = new ArrayList<>();
            long total = 0;
            int count = part.length;
            while (true) {
                boolean last = ended(in);
                parts.add(send(put, uploadId, parts.size() + 1, part, count, last));
                total += count;
                if (last) {
                    break;
                }
                count = in.readNBytes(part, 0, part.length);
            }
            put.checkLength(total);
            return put.answer(client.completeMultipartUpload(put.complete(uploadId, parts)));
        } catch (IOException | RuntimeException e) {
            try {
                client.abortMultipartUpload(put.abort(uploadId));
            } catch (RuntimeException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    private CompletedPart send(PutInParts put, String uploadId, int number, byte[] part, int count, boolean last) {
        return put.completed(
                number,
                client.uploadPart(
                        put.part(uploadId, number, count, last),
                        RequestBody.fromContentProvider(
                                () -> new ByteArrayInputStream(part, 0, count), count, "application/octet-stream")));
    }

    private static InputStream stream(RequestBody body) {
        return body.contentStreamProvider() == null
                ? InputStream.nullInputStream()
                : body.contentStreamProvider().newStream();
    }

    private static boolean ended(PushbackInputStream in) throws IOException {
        int next = in.read();
        if (next >= 0) {
            in.unread(next);
        }
        return next < 0;
    }
}
