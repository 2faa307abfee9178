package dev.s3envelope.s3;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** An S3 that holds one object, whatever its key, and answers PUT, HEAD and GET of it, whole and in ranges, through clients of both kinds. */
final class OneObject {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

    private byte[] bytes = new byte[0];
    private Map<String, String> metadata = Map.of();
    private int pieceSize = 1_000;

    byte[] bytes() {
        return bytes.clone();
    }

    Map<String, String> metadata() {
        return metadata;
    }

    /** Puts something in its place. */
    void replace(byte[] newBytes, Map<String, String> newMetadata) {
        this.bytes = newBytes.clone();
        this.metadata = Map.copyOf(newMetadata);
    }

    /** How many bytes come at once. */
    void pieces(int size) {
        this.pieceSize = size;
    }

    private PutObjectResponse put(PutObjectRequest request, byte[] body) {
        replace(body, request.metadata());
        return PutObjectResponse.builder().eTag(eTag()).build();
    }

    private String eTag() {
        return "\"" + Arrays.hashCode(bytes) + "-" + metadata.hashCode() + "\"";
    }

    private HeadObjectResponse head() {
        return HeadObjectResponse.builder()
                .eTag(eTag())
                .metadata(metadata)
                .contentLength((long) bytes.length)
                .build();
    }

    private record Answer(GetObjectResponse response, byte[] body) {}

    private Answer get(@Nullable String range) {
        GetObjectResponse.Builder answer =
                GetObjectResponse.builder().eTag(eTag()).metadata(metadata);
        byte[] body = bytes;
        if (range != null) {
            Matcher asked = RANGE.matcher(range);
            if (!asked.matches() || Integer.parseInt(asked.group(1)) >= bytes.length) {
                throw Recorder.failure(416, "InvalidRange", "The requested range is not satisfiable");
            }
            int start = Integer.parseInt(asked.group(1));
            int end = Math.min(bytes.length, Integer.parseInt(asked.group(2)) + 1);
            body = Arrays.copyOfRange(bytes, start, end);
            answer.contentRange("bytes " + start + "-" + (end - 1) + "/" + bytes.length);
        }
        return new Answer(answer.contentLength((long) body.length).build(), body);
    }

    private List<ByteBuffer> pieces(byte[] body) {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int at = 0; at < body.length; at += pieceSize) {
            pieces.add(ByteBuffer.wrap(body, at, Math.min(pieceSize, body.length - at)));
        }
        return pieces;
    }

    S3Client sync() {
        return new S3Client() {
            @Override
            public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
                try {
                    return put(request, body.contentStreamProvider().newStream().readAllBytes());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public HeadObjectResponse headObject(HeadObjectRequest request) {
                return head();
            }

            @Override
            public <R> R getObject(GetObjectRequest request, ResponseTransformer<GetObjectResponse, R> transformer) {
                Answer answer = get(request.range());
                try {
                    return transformer.transform(
                            answer.response(), AbortableInputStream.create(new ByteArrayInputStream(answer.body())));
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public S3ServiceClientConfiguration serviceClientConfiguration() {
                return S3ServiceClientConfiguration.builder()
                        .region(Region.US_EAST_1)
                        .build();
            }

            @Override
            public String serviceName() {
                return "s3";
            }

            @Override
            public void close() {}
        };
    }

    S3AsyncClient async() {
        return new S3AsyncClient() {
            @Override
            public CompletableFuture<PutObjectResponse> putObject(PutObjectRequest request, AsyncRequestBody body) {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                return body.subscribe(buffer -> {
                            byte[] piece = new byte[buffer.remaining()];
                            buffer.get(piece);
                            all.writeBytes(piece);
                        })
                        .thenApply(done -> put(request, all.toByteArray()));
            }

            @Override
            public CompletableFuture<HeadObjectResponse> headObject(HeadObjectRequest request) {
                return CompletableFuture.completedFuture(head());
            }

            @Override
            public <R> CompletableFuture<R> getObject(
                    GetObjectRequest request, AsyncResponseTransformer<GetObjectResponse, R> transformer) {
                CompletableFuture<R> result = transformer.prepare();
                try {
                    Answer answer = get(request.range());
                    transformer.onResponse(answer.response());
                    transformer.onStream(SdkPublisher.adapt(SdkPublisher.fromIterable(pieces(answer.body()))));
                } catch (RuntimeException e) {
                    transformer.exceptionOccurred(e);
                }
                return result;
            }

            @Override
            public S3ServiceClientConfiguration serviceClientConfiguration() {
                return S3ServiceClientConfiguration.builder()
                        .region(Region.US_EAST_1)
                        .build();
            }

            @Override
            public String serviceName() {
                return "s3";
            }

            @Override
            public void close() {}
        };
    }
}
