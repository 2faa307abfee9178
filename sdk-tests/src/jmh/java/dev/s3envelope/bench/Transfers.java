package dev.s3envelope.bench;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.MasterKey;
import com.amazonaws.encryptionsdk.MasterKeyProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.transfer.s3.S3TransferManager;
import software.amazon.awssdk.transfer.s3.model.DownloadRequest;

/** What a benchmark does with a client: put bytes, and read them back without keeping them. */
interface Transfers {
    /** Puts an object. */
    void put(String key, byte[] body);

    /** Reads an object to its end; the CRC-32C of what came. */
    long get(String key);

    /** Reads so many bytes from an offset on; the CRC-32C of what came. */
    default long range(String key, long offset, int length) {
        throw new UnsupportedOperationException("no ranges");
    }

    /** Through a synchronous client: arrays out, streams in. */
    static Transfers of(S3Client s3) {
        return new Transfers() {
            @Override
            public void put(String key, byte[] body) {
                s3.putObject(r -> r.bucket(LocalAwsServer.BUCKET).key(key), RequestBody.fromBytes(body));
            }

            @Override
            public long get(String key) {
                return get(r -> r.bucket(LocalAwsServer.BUCKET).key(key));
            }

            @Override
            public long range(String key, long offset, int length) {
                return get(r -> r.bucket(LocalAwsServer.BUCKET).key(key).range(rangeOf(offset, length)));
            }

            private long get(Consumer<GetObjectRequest.Builder> request) {
                try (InputStream in = s3.getObject(request)) {
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

            @Override
            public long range(String key, long offset, int length) {
                return s3.getObject(
                                r -> r.bucket(LocalAwsServer.BUCKET).key(key).range(rangeOf(offset, length)), new Sum())
                        .join();
            }
        };
    }

    /** Through a Transfer Manager, one transfer of a thread at a time. */
    static Transfers of(S3TransferManager manager) {
        return new Transfers() {
            @Override
            public void put(String key, byte[] body) {
                manager.upload(u -> u.requestBody(AsyncRequestBody.fromBytesUnsafe(body))
                                .putObjectRequest(
                                        r -> r.bucket(LocalAwsServer.BUCKET).key(key)))
                        .completionFuture()
                        .join();
            }

            @Override
            public long get(String key) {
                return manager.download(DownloadRequest.builder()
                                .getObjectRequest(
                                        r -> r.bucket(LocalAwsServer.BUCKET).key(key))
                                .responseTransformer(new Sum())
                                .build())
                        .completionFuture()
                        .join()
                        .result();
            }
        };
    }

    /** By hand: the AWS Encryption SDK on arrays, which a synchronous client sends and fetches. */
    static Transfers of(S3Client s3, AwsCrypto crypto, MasterKeyProvider<?> keys) {
        return new Transfers() {
            @Override
            public void put(String key, byte[] body) {
                byte[] sealed = crypto.encryptData(keys, body).getResult();
                s3.putObject(r -> r.bucket(LocalAwsServer.BUCKET).key(key), RequestBody.fromBytes(sealed));
            }

            @Override
            public long get(String key) {
                byte[] sealed = s3.getObjectAsBytes(
                                r -> r.bucket(LocalAwsServer.BUCKET).key(key))
                        .asByteArrayUnsafe();
                CRC32C crc = new CRC32C();
                crc.update(decrypted(keys, sealed));
                return crc.getValue();
            }

            private <K extends MasterKey<K>> byte[] decrypted(MasterKeyProvider<K> provider, byte[] sealed) {
                return crypto.decryptData(provider, sealed).getResult();
            }
        };
    }

    private static String rangeOf(long offset, int length) {
        return "bytes=" + offset + "-" + (offset + length - 1);
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
