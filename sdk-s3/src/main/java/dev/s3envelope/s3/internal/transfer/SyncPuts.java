package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.s3.ParallelTransfers;
import dev.s3envelope.s3.internal.BodyFacts;
import dev.s3envelope.s3.internal.ObjectEvents;
import dev.s3envelope.s3.internal.clientside.ClientSideWrite;
import dev.s3envelope.s3.internal.clientside.ClientSideWrites;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Optional;
import java.util.concurrent.Executor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * The PutObject of the synchronous client: in one request, or in parts, on the caller's thread and, where transfers are parallel, on the executor given for them. Parts
 * go through the client itself, so that each is prepared, checked and told as a caller's own. Safe for use by several threads.
 */
public final class SyncPuts {
    private final S3Client client;
    private final S3Client wrapped;
    private final ClientSideWrites writes;
    private final ObjectEvents events;
    private final Optional<ParallelTransfers> parallel;
    private final Executor executor;
    private final ShortBodies shortBodies;

    /**
     * The PUTs of one client.
     *
     * @param client sends parts
     * @param wrapped sends what goes in one request
     * @param given the client beneath it, as it was given
     */
    public SyncPuts(
            S3Client client,
            S3Client wrapped,
            S3Client given,
            ClientSideWrites writes,
            ObjectEvents events,
            Optional<ParallelTransfers> parallel) {
        this.client = client;
        this.wrapped = wrapped;
        this.writes = writes;
        this.events = events;
        this.parallel = parallel;
        this.executor = parallel.flatMap(ParallelTransfers::executor).orElse(Runnable::run);
        this.shortBodies = ShortBodies.through(given);
    }

    /** What is known of a body before the mode of its PUT is decided. */
    public BodyFacts facts(RequestBody body) {
        return BodyFacts.of(body, parallel.isPresent());
    }

    /**
     * Puts a body.
     *
     * @param request as the caller gave it
     * @param sent the same as it was decided
     */
    public PutObjectResponse put(PutObjectRequest request, PutObjectRequest sent, RequestBody body) {
        Optional<PutInParts> inParts = PutInParts.of(request, sent, body.optionalContentLength(), parallel);
        if (inParts.isEmpty()) {
            return one(sent, body);
        }
        PutInParts put = inParts.get();
        try (PushbackInputStream in = new PushbackInputStream(stream(body))) {
            return new SyncPut(client, put, body.contentType(), executor).run(in, whole -> one(sent, whole));
        } catch (IOException e) {
            throw new EnvelopeException("The body of " + put + " could not be read.", e);
        }
    }

    private PutObjectResponse one(PutObjectRequest sent, RequestBody body) {
        Optional<ClientSideWrite> how = ClientSideWrite.of(sent);
        return events.put(
                how.isPresent(),
                body.optionalContentLength(),
                how.isPresent()
                        ? writes.put(sent, how.get(), body, wrapped::putObject)
                        : shortBodies.put(sent, body, wrapped::putObject));
    }

    private static InputStream stream(RequestBody body) {
        return body.contentStreamProvider() == null
                ? InputStream.nullInputStream()
                : body.contentStreamProvider().newStream();
    }
}
