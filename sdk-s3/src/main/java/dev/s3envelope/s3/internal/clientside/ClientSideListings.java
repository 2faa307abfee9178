package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.s3.internal.ObjectVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * Listings with sizes in plaintext terms. A listing has neither metadata nor the layout of an object, so the size of one that may be encrypted on the client comes
 * from what this client remembers of its ETag, else from a HEAD, at most {@value #AT_A_TIME} at a time and on the caller's thread one after the other.
 */
public final class ClientSideListings {
    private static final int AT_A_TIME = 16;

    private final ClientSideReads reads;
    private final ClientSideHeads heads;
    private final boolean wanted;

    /**
     * Listings of one client.
     *
     * @param wanted whether sizes in plaintext were asked for
     */
    ClientSideListings(ClientSideReads reads, ClientSideHeads heads, boolean wanted) {
        this.reads = reads;
        this.heads = heads;
        this.wanted = wanted;
    }

    /** One object of a listing. */
    private record Listed(
            String key,
            @Nullable String version,
            @Nullable String eTag,
            @Nullable Long size) {}

    /** The answer with sizes in plaintext; a size that cannot be known is left out. */
    public CompletionStage<ListObjectsV2Response> plain(
            ListObjectsV2Request request, ListObjectsV2Response answer, ReadPort port) {
        return objects(request, request.bucket(), answer.contents(), port)
                .thenApply(contents -> contents.equals(answer.contents())
                        ? answer
                        : answer.toBuilder().contents(contents).build());
    }

    /** As the one before, for the first version of the operation. */
    public CompletionStage<ListObjectsResponse> plain(
            ListObjectsRequest request, ListObjectsResponse answer, ReadPort port) {
        return objects(request, request.bucket(), answer.contents(), port)
                .thenApply(contents -> contents.equals(answer.contents())
                        ? answer
                        : answer.toBuilder().contents(contents).build());
    }

    /** As the one before, for all versions. */
    public CompletionStage<ListObjectVersionsResponse> plain(
            ListObjectVersionsRequest request, ListObjectVersionsResponse answer, ReadPort port) {
        return sized(
                        request,
                        request.bucket(),
                        answer.versions(),
                        version -> new Listed(version.key(), version.versionId(), version.eTag(), version.size()),
                        (version, size) -> version.toBuilder().size(size).build(),
                        port)
                .thenApply(versions -> versions.equals(answer.versions())
                        ? answer
                        : answer.toBuilder().versions(versions).build());
    }

    private CompletionStage<List<S3Object>> objects(
            S3Request request, String bucket, List<S3Object> contents, ReadPort port) {
        return sized(
                request,
                bucket,
                contents,
                object -> new Listed(object.key(), null, object.eTag(), object.size()),
                (object, size) -> object.toBuilder().size(size).build(),
                port);
    }

    private <E> CompletionStage<List<E>> sized(
            S3Request request,
            String bucket,
            List<E> entries,
            Function<E, Listed> facts,
            BiFunction<E, @Nullable Long, E> with,
            ReadPort port) {
        if (!wanted || !reads.active(request) || entries.isEmpty()) {
            return CompletableFuture.completedFuture(entries);
        }
        return Lanes.of(entries, AT_A_TIME, entry -> size(request, bucket, facts.apply(entry), port))
                .thenApply(sizes -> {
                    List<E> result = new ArrayList<>(entries.size());
                    for (int i = 0; i < entries.size(); i++) {
                        result.add(with.apply(entries.get(i), sizes.get(i).orElse(null)));
                    }
                    return result;
                });
    }

    /** The size of one object; empty where it cannot be known. */
    private CompletionStage<Optional<Long>> size(S3Request request, String bucket, Listed listed, ReadPort port) {
        Optional<ObjectVersion> object = ObjectVersion.of(bucket, listed.key(), listed.version());
        Long stored = listed.size();
        if (object.isEmpty()
                || stored == null
                || stored == 0
                || !reads.mayRead(request, object.get().address())) {
            return CompletableFuture.completedFuture(Optional.ofNullable(stored));
        }
        Optional<Long> remembered = Optional.ofNullable(listed.eTag())
                .flatMap(eTag -> reads.layouts().known(object.get(), eTag, stored))
                .flatMap(this::remembered);
        if (remembered.isPresent()) {
            return CompletableFuture.completedFuture(remembered);
        }
        HeadObjectRequest head = DerivedReads.head(request, null).toBuilder()
                .key(listed.key())
                .versionId(listed.version())
                .build();
        return port.head(head)
                .thenCompose(answer -> heads.plain(head, answer, port)
                        .thenApply(plain -> listed.eTag() == null
                                        || Layouts.unquoted(listed.eTag()).equals(Layouts.unquoted(answer.eTag()))
                                ? Optional.ofNullable(plain.contentLength())
                                : Optional.<Long>empty()))
                .exceptionallyCompose(ClientSideListings::unknown);
    }

    private Optional<Long> remembered(StoredObject known) {
        return switch (known.form().kind()) {
            case PLAIN ->
                known.form().byContent() || !reads.settings().foreign()
                        ? Optional.of(known.length())
                        : Optional.empty();
            case MESSAGE ->
                known.form().withoutLayout()
                        ? Optional.empty()
                        : Optional.of(known.layout().plaintextLength());
            case S3EC -> Optional.empty();
        };
    }

    /** An object that may be listed but not looked at, or is gone, has no size; everything else fails the listing. */
    private static CompletionStage<Optional<Long>> unknown(Throwable thrown) {
        Throwable failure = StageFailures.unwrap(thrown);
        boolean ofTheObject = failure instanceof EnvelopeException
                || (failure instanceof S3Exception s3 && s3.statusCode() / 100 == 4 && s3.statusCode() != 429);
        return ofTheObject
                ? CompletableFuture.completedFuture(Optional.empty())
                : CompletableFuture.failedFuture(failure);
    }
}
