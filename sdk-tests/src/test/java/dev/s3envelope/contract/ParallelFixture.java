package dev.s3envelope.contract;

import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.Faults;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalPrincipal;
import dev.s3envelope.s3.EnvelopeBuilder;
import dev.s3envelope.s3.ParallelTransfers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.DelegatingS3AsyncClient;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** Large objects in every mode, clients that read them in pieces, and a record of what these ask for and take. */
final class ParallelFixture implements AutoCloseable {
    static final int MIB = 1 << 20;
    static final int PART = 5 * MIB;
    static final int AT_A_TIME = 3;

    /** How objects are encrypted. */
    enum Mode {
        PLAIN,
        SSE_KMS,
        SSE_C,
        CLIENT_SIDE
    }

    static final String BUCKET = "large";

    final LocalAws aws = LocalAws.start();
    final LocalPrincipal alice = aws.account("111122223333").root();
    final LocalKey kmsKey = aws.account("111122223333").createKey();
    private final byte[] secret = new byte[32];
    private final RawAesKeyring keyring =
            new RawAesKeyring(CryptoProvider.detect(), new SecureRandom(), "tests", "wrapping", secret);
    final ThreadPoolExecutor executor = (ThreadPoolExecutor) Executors.newFixedThreadPool(4, task -> {
        Thread thread = new Thread(task, "pieces");
        thread.setDaemon(true);
        return thread;
    });
    /** The only key whose GETs are recorded and told of, so that what an earlier test gave up, and is still on its way, does not count; empty for all. */
    private volatile String watched = "";
    /** The GETs as they were sent. */
    final List<GetObjectRequest> sent = new CopyOnWriteArrayList<>();
    /** Bytes of bodies that were taken from S3, as it sends them. */
    final AtomicLong taken = new AtomicLong();
    /** Told of each GET before it is sent. */
    volatile Consumer<GetObjectRequest> before = request -> {};

    private final ConcurrentHashMap<String, byte[]> stored = new ConcurrentHashMap<>();

    ParallelFixture() {
        aws.s3(alice).createBucket(b -> b.bucket(BUCKET));
    }

    EncryptionMode mode(Mode mode) {
        return switch (mode) {
            case PLAIN -> EncryptionMode.bucketDefault();
            case SSE_KMS -> EncryptionMode.sseKms(kmsKey.arn());
            case SSE_C -> EncryptionMode.sseC(SseCKeySource.fixed("tests", SseCKey.of(secret)));
            case CLIENT_SIDE -> EncryptionMode.clientSide("tests", keyring);
        };
    }

    /** A client that reads in pieces; the synchronous one on threads of an executor, which may be too late to get any. */
    Calls parallel(Calls.Kind kind, Mode mode) {
        return parallel(kind, mode, executor, builder -> {});
    }

    /** The same, but the synchronous one gets its pieces for certain: on the reader's thread, as soon as they may be asked for. */
    Calls surely(Calls.Kind kind, Mode mode) {
        return parallel(kind, mode, Runnable::run, builder -> {});
    }

    Calls parallel(Calls.Kind kind, Mode mode, Executor pieces, Consumer<EnvelopeBuilder<?>> settings) {
        return parallel(kind, mode, aws.s3(alice), aws.s3Async(alice), pieces, settings);
    }

    Calls parallel(
            Calls.Kind kind,
            Mode mode,
            S3Client sync,
            S3AsyncClient async,
            Executor pieces,
            Consumer<EnvelopeBuilder<?>> settings) {
        return kind.open(new Sync(sync), new Async(async), builder -> {
            builder.policy(EncryptionPolicy.always(mode(mode)))
                    .parallelTransfers(ParallelTransfers.builder()
                            .partSize(PART)
                            .maxInFlight(AT_A_TIME)
                            .executor(pieces)
                            .build());
            settings.accept(builder);
        });
    }

    /** An object of this length in this mode, written once, and its contents. */
    byte[] object(Mode mode, int length) {
        return object(mode, key(mode, length), length);
    }

    byte[] object(Mode mode, String key, int length) {
        return stored.computeIfAbsent(key, name -> put(mode, name, length, length));
    }

    static String key(Mode mode, int length) {
        return mode + "/" + length;
    }

    byte[] put(Mode mode, String key, int length, long seed) {
        byte[] body = new byte[length];
        new Random(seed).nextBytes(body);
        Calls.Kind.SYNC
                .open(aws.s3(alice), aws.s3Async(alice), builder -> builder.policy(EncryptionPolicy.always(mode(mode))))
                .put(PutObjectRequest.builder().bucket(BUCKET).key(key).build(), body);
        return body;
    }

    GetObjectRequest get(String key) {
        return GetObjectRequest.builder().bucket(BUCKET).key(key).build();
    }

    /** Into a new file, as the client does it itself. */
    static GetObjectResponse toFile(Calls client, GetObjectRequest request, Path file) {
        return client instanceof Calls.Async async
                ? Calls.Async.join(async.s3().getObject(request, file))
                : ((Calls.Sync) client).s3().getObject(request, file);
    }

    /** As S3 has it. */
    byte[] stored(String key) {
        return aws.s3(alice).getObjectAsBytes(get(key)).asByteArray();
    }

    void forget() {
        forgetAllBut("");
    }

    /** Forgets, and records this key from now on. */
    void forgetAllBut(String key) {
        watched = key;
        sent.clear();
        taken.set(0);
        before = request -> {};
        aws.faults().clear();
    }

    /** What goes wrong with a GET of this object, and of no other. */
    Faults.Ordering trouble(String key) {
        return aws.faults().on("s3", "GetObject").resource(arn(key));
    }

    /** How many GETs of this object reached the server. */
    int gets(EventLog.Mark since, String key) {
        return aws.events()
                .since(since)
                .operation("GetObject")
                .resource(arn(key))
                .size();
    }

    private static String arn(String key) {
        return "arn:aws:s3:::" + BUCKET + "/" + key;
    }

    private boolean watches(GetObjectRequest request) {
        String key = watched;
        return key.isEmpty() || key.equals(request.key());
    }

    private void note(GetObjectRequest request) {
        if (watches(request)) {
            sent.add(request);
            before.accept(request);
        }
    }

    List<String> ranges() {
        return sent.stream()
                .map(GetObjectRequest::range)
                .filter(range -> range != null)
                .toList();
    }

    @Override
    public void close() {
        executor.shutdownNow();
        keyring.close();
        aws.close();
    }

    private final class Sync extends DelegatingS3Client {
        Sync(S3Client client) {
            super(client);
        }

        @Override
        public <R> R getObject(GetObjectRequest request, ResponseTransformer<GetObjectResponse, R> callers) {
            note(request);
            return super.getObject(request, new ResponseTransformer<GetObjectResponse, R>() {
                @Override
                public R transform(GetObjectResponse answer, AbortableInputStream body) throws Exception {
                    return callers.transform(
                            answer,
                            AbortableInputStream.create(
                                    new java.io.FilterInputStream(body) {
                                        @Override
                                        public int read(byte[] to, int offset, int length) throws java.io.IOException {
                                            int count = super.read(to, offset, length);
                                            taken.addAndGet(Math.max(0, count));
                                            return count;
                                        }
                                    },
                                    body));
                }

                @Override
                public boolean needsConnectionLeftOpen() {
                    return callers.needsConnectionLeftOpen();
                }
            });
        }
    }

    private final class Async extends DelegatingS3AsyncClient {
        Async(S3AsyncClient client) {
            super(client);
        }

        @Override
        public <R> CompletableFuture<R> getObject(
                GetObjectRequest request, AsyncResponseTransformer<GetObjectResponse, R> callers) {
            note(request);
            return super.getObject(request, new Counted<>(callers));
        }
    }

    /** Counts what is taken of a body. */
    private final class Counted<R> implements AsyncResponseTransformer<GetObjectResponse, R> {
        private final AsyncResponseTransformer<GetObjectResponse, R> callers;

        Counted(AsyncResponseTransformer<GetObjectResponse, R> callers) {
            this.callers = callers;
        }

        @Override
        public CompletableFuture<R> prepare() {
            return callers.prepare();
        }

        @Override
        public void onResponse(GetObjectResponse answer) {
            callers.onResponse(answer);
        }

        @Override
        public void onStream(SdkPublisher<ByteBuffer> body) {
            callers.onStream(body.map(buffer -> {
                taken.addAndGet(buffer.remaining());
                return buffer;
            }));
        }

        @Override
        public void exceptionOccurred(Throwable failure) {
            callers.exceptionOccurred(failure);
        }
    }
}
