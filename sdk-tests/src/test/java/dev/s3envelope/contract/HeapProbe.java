package dev.s3envelope.contract;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.s3envelope.core.cache.CacheLimits;
import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.WrappedKey;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * A process of its own for {@link KeysInTheHeapTest}: uses known data keys through the cache and both clients, dumps its heap, closes everything, and dumps it
 * again. Arguments: the files of the two dumps.
 */
final class HeapProbe {
    /** Stays in the heap, so that both dumps must show it. */
    static final byte[] PLANTED = known("planted");

    private static final String BUCKET = "probe";
    private static final int LARGE = 3 << 20;

    private HeapProbe() {}

    /** Thirty-two bytes that only the name tells. */
    static byte[] known(String name) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] dataKey(int number) {
        return known("data key " + number);
    }

    public static void main(String[] args) throws IOException {
        try (LocalAws aws = LocalAws.start()) {
            LocalUser alice = aws.account("111122223333").createUser("alice").allow("s3:*");
            aws.s3(alice).createBucket(b -> b.bucket(BUCKET));
            KnownKeys keyring = new KnownKeys();
            DataKeyCache cache = DataKeyCache.builder()
                    .limits(CacheLimits.DEFAULTS.withMaxMessages(4))
                    .executor(Runnable::run)
                    .build();
            ClientSide mode = EncryptionMode.clientSide("probe", cache.over(keyring));
            EnvelopeS3Client sync = EnvelopeS3Client.builder()
                    .wrapping(aws.s3(alice))
                    .policy(EncryptionPolicy.always(mode))
                    .build();
            EnvelopeS3AsyncClient async = EnvelopeS3AsyncClient.builder()
                    .wrapping(aws.s3Async(alice))
                    .policy(EncryptionPolicy.always(mode))
                    .build();
            use(sync);
            cache.invalidateAll();
            use(async);
            use(sync);
            dump(args[0]);
            sync.close();
            async.close();
            cache.close();
            dump(args[1]);
            System.out.println(keyring.made.get());
        }
    }

    private static void use(EnvelopeS3Client s3) {
        for (int length : new int[] {0, 10, 70_000, LARGE}) {
            byte[] body = content(length);
            s3.putObject(b -> b.bucket(BUCKET).key("s" + length), RequestBody.fromBytes(body));
            check(
                    body,
                    s3.getObjectAsBytes(b -> b.bucket(BUCKET).key("s" + length)).asByteArray());
        }
        s3.getObjectAsBytes(b -> b.bucket(BUCKET).key("s" + LARGE).range("bytes=100000-200000"));
        String upload =
                s3.createMultipartUpload(b -> b.bucket(BUCKET).key("parts")).uploadId();
        s3.uploadPart(
                b -> b.bucket(BUCKET).key("parts").uploadId(upload).partNumber(1),
                RequestBody.fromBytes(content(5 << 20)));
        s3.abortMultipartUpload(b -> b.bucket(BUCKET).key("parts").uploadId(upload));
    }

    private static void use(EnvelopeS3AsyncClient s3) {
        for (int length : new int[] {0, 10, 70_000, LARGE}) {
            byte[] body = content(length);
            s3.putObject(b -> b.bucket(BUCKET).key("a" + length), AsyncRequestBody.fromBytes(body))
                    .join();
            check(
                    body,
                    s3.getObject(b -> b.bucket(BUCKET).key("a" + length), AsyncResponseTransformer.toBytes())
                            .join()
                            .asByteArray());
        }
    }

    private static byte[] content(int length) {
        byte[] content = new byte[length];
        Arrays.fill(content, (byte) 'x');
        return content;
    }

    private static void check(byte[] written, byte[] read) {
        if (!Arrays.equals(written, read)) {
            throw new IllegalStateException("not what was written");
        }
    }

    /** Objects nobody refers to any more are dumped too: a key is to be overwritten, not left to the collector. */
    private static void dump(String file) throws IOException {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpHeap(Path.of(file).toString(), false);
    }

    /** Makes data keys that the test knows. */
    private static final class KnownKeys implements Keyring {
        final AtomicInteger made = new AtomicInteger();

        @Override
        public CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
            int number = made.getAndIncrement();
            byte[] wrapped = ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
            return CompletableFuture.completedFuture(new EncryptionMaterials(
                    request,
                    DataKey.taking(dataKey(number)),
                    List.of(WrappedKey.of("probe", "key".getBytes(StandardCharsets.UTF_8), wrapped))));
        }

        @Override
        public CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
            int number =
                    ByteBuffer.wrap(request.wrappedKeys().get(0).ciphertext()).getInt();
            return CompletableFuture.completedFuture(DataKey.taking(dataKey(number)));
        }

        @Override
        public CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException("one keyring only"));
        }
    }
}
