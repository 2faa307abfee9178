package dev.s3envelope.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** What a benchmark does with a client: put bytes, and read them back without keeping them. */
interface Transfers {
    /** Puts an object. */
    void put(String key, byte[] body);

    /** Reads an object to its end; the CRC-32C of what came. */
    long get(String key);

    /** Through a synchronous client: arrays out, streams in. */
    static Transfers of(S3Client s3) {
        return new Transfers() {
            @Override
            public void put(String key, byte[] body) {
                s3.putObject(r -> r.bucket(LocalAwsServer.BUCKET).key(key), RequestBody.fromBytes(body));
            }

            @Override
            public long get(String key) {
                try (InputStream in =
                        s3.getObject(r -> r.bucket(LocalAwsServer.BUCKET).key(key))) {
                    return sum(in);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    /** Through an asynchronous client, one operation of a thread at a time: arrays out, a publisher in. */
    static Transfers of(S3AsyncClient s3) {
        return new Transfers() {
            @Override
            public void put(String key, byte[] body) {
                s3.putObject(r -> r.bucket(LocalAwsServer.BUCKET).key(key), AsyncRequestBody.fromBytesUnsafe(body))
                        .join();
            }

            @Override
            public long get(String key) {
                return s3.getObject(r -> r.bucket(LocalAwsServer.BUCKET).key(key), new Sum())
                        .join();
            }
        };
    }

    private static long sum(InputStream in) throws IOException {
        CRC32C crc = new CRC32C();
        byte[] buffer = new byte[64 * 1024];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            crc.update(buffer, 0, n);
        }
        return crc.getValue();
    }

    /** Sums a body as it arrives, again from nothing for each attempt. */
    final class Sum implements AsyncResponseTransformer<GetObjectResponse, Long> {
        private volatile CompletableFuture<Long> result = new CompletableFuture<>();

        @Override
        public CompletableFuture<Long> prepare() {
            result = new CompletableFuture<>();
            return result;
        }

        @Override
        public void onResponse(GetObjectResponse response) {}

        @Override
        public void onStream(SdkPublisher<ByteBuffer> publisher) {
            CompletableFuture<Long> attempt = result;
            CRC32C crc = new CRC32C();
            var unused = publisher.subscribe(crc::update).whenComplete((done, failure) -> {
                if (failure == null) {
                    attempt.complete(crc.getValue());
                } else {
                    attempt.completeExceptionally(failure);
                }
            });
        }

        @Override
        public void exceptionOccurred(Throwable error) {
            result.completeExceptionally(error);
        }
    }
}
