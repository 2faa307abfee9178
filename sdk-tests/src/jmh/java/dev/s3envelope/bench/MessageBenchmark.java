package dev.s3envelope.bench;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.jce.JceMasterKey;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.streamingaead.PredefinedStreamingAeadParameters;
import com.google.crypto.tink.streamingaead.StreamingAeadConfig;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.core.message.CodingStatus;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.HeaderLimits;
import dev.s3envelope.core.message.HeaderParser;
import dev.s3envelope.core.message.MessageDecryptor;
import dev.s3envelope.core.message.MessageEncryptor;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.core.message.MessageIdentity;
import dev.s3envelope.core.message.ObjectIdentity;
import dev.s3envelope.core.message.OpenMessage;
import dev.s3envelope.core.message.RangeDecryptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Encrypting and decrypting a message from memory to memory, the data key at hand: ours, raw AES-GCM, aws-encryption-sdk-java with frames of the same length, and
 * Tink's streaming AEAD with segments of 1 MB. One operation is one whole message, header included.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseParallelGC"})
@Warmup(iterations = 3, time = 700, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class MessageBenchmark {
    private static final byte[] NOTHING = {};

    /** Bytes of plaintext. */
    @Param({"1024", "65536", "1048576", "67108864"})
    public int size;

    /** Where AES-GCM comes from. */
    @Param({"SUN", "ACCP"})
    public Jca jca = Jca.SUN;

    private MessageEngine engine = MessageEngine.builder().cryptoProvider(CryptoProvider.jdk()).build();
    private RawGcm raw = new RawGcm(CryptoProvider.jdk());
    private RawGcm rawOfSecond = new RawGcm(CryptoProvider.jdk());
    private byte[] plaintext = NOTHING;
    private byte[] out = NOTHING;
    private byte[] sealedRaw = NOTHING;
    private byte[] sealedOurs = NOTHING;
    private byte[] sealedPeer = NOTHING;
    private byte[] sealedTink = NOTHING;
    private final EncryptionMaterialsRequest request = EncryptionMaterialsRequest.of(
            EncryptionContext.of(Map.of(MessageIdentity.CONTEXT_KEY, "arn:aws:s3:::bench")));
    private final MessageIdentity identity = new MessageIdentity(ObjectIdentity.KEY, "bench", "some/object.bin");
    private final EncryptionMaterials materials = new RawAesKeyring(
                    CryptoProvider.jdk(), new SecureRandom(), "bench", "key", new byte[32])
            .generate(request)
            .toCompletableFuture()
            .join();
    private final DataKey dataKey = materials.dataKey();
    private final AwsCrypto peer = AwsCrypto.builder()
            .withEncryptionAlgorithm(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY)
            .withEncryptionFrameSize(64 * 1024)
            .build();
    private final JceMasterKey peerKey = JceMasterKey.getInstance(
            new SecretKeySpec(new byte[32], "AES"), "bench", "key", "AES/GCM/NoPadding");
    private final StreamingAead tink = tink();
    private final ExecutorService second = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });

    /** Encrypts once with each, so that there is something to decrypt. */
    @Setup(Level.Trial)
    public void prepare() throws GeneralSecurityException, IOException {
        CryptoProvider provider = jca.select();
        engine = MessageEngine.builder().cryptoProvider(provider).build();
        raw = new RawGcm(provider);
        rawOfSecond = new RawGcm(provider);
        plaintext = new byte[size];
        new Random(size).nextBytes(plaintext);
        out = new byte[size + size / 1024 + 4096];
        int n = raw.encrypt(plaintext, out);
        sealedRaw = Arrays.copyOf(out, n);
        sealedOurs = Arrays.copyOf(out, encryptOurs());
        sealedPeer = peer.encryptData(peerKey, plaintext, Map.of()).getResult();
        sealedTink = Arrays.copyOf(out, encryptTink());
    }

    /** Stops the second thread. */
    @TearDown(Level.Trial)
    public void stop() {
        second.shutdownNow();
    }

    /** AES-GCM alone. */
    @Benchmark
    public int encryptRaw() throws GeneralSecurityException {
        return raw.encrypt(plaintext, out);
    }

    /** AES-GCM alone. */
    @Benchmark
    public int decryptRaw() throws GeneralSecurityException {
        return raw.decrypt(sealedRaw, out);
    }

    /** AES-GCM alone, one half on this thread and one on another: how far this machine's two cores carry. */
    @Benchmark
    public int decryptRawTwoThreads() throws GeneralSecurityException {
        int blocks = RawGcm.blocks(sealedRaw.length);
        CompletableFuture<Integer> other = CompletableFuture.supplyAsync(() -> secondHalf(blocks), second);
        return raw.decrypt(sealedRaw, out, 0, blocks / 2) + other.join();
    }

    private int secondHalf(int blocks) {
        try {
            return rawOfSecond.decrypt(sealedRaw, out, blocks / 2, blocks);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ours. */
    @Benchmark
    public int encryptOurs() {
        ByteBuffer target = ByteBuffer.wrap(out);
        try (OpenMessage message = engine.create(materials, identity, engine.frameLength());
                MessageEncryptor encryptor = message.encryptor(OptionalLong.of(size))) {
            if (encryptor.encrypt(ByteBuffer.wrap(plaintext), target) != CodingStatus.DONE) {
                throw new IllegalStateException("not complete");
            }
            return target.position();
        }
    }

    /** Ours: parse, authenticate, check the identity, decrypt. */
    @Benchmark
    public int decryptOurs() {
        ByteBuffer target = ByteBuffer.wrap(out);
        ByteBuffer source = ByteBuffer.wrap(sealedOurs);
        HeaderParser parser = engine.headerParser();
        parser.feed(source);
        MessageHeader header = parser.header().orElseThrow();
        try (OpenMessage message = engine.open(header, dataKey);
                MessageDecryptor decryptor = message.decryptor()) {
            message.identity(identity);
            if (decryptor.decrypt(source, target) != CodingStatus.DONE) {
                throw new IllegalStateException("not complete");
            }
            return target.position();
        }
    }

    /** Ours, as a range over all of it, on this thread alone. */
    @Benchmark
    public int rangeOursOneThread() {
        try (OpenMessage message = engine.open(HeaderParser.parse(sealedOurs, HeaderLimits.DEFAULT), dataKey)) {
            return range(message, 0, size);
        }
    }

    /** Ours, as two ranges, one on this thread and one on another. */
    @Benchmark
    public int rangeOursTwoThreads() {
        try (OpenMessage message = engine.open(HeaderParser.parse(sealedOurs, HeaderLimits.DEFAULT), dataKey)) {
            int half = size / 2;
            CompletableFuture<Integer> other =
                    CompletableFuture.supplyAsync(() -> range(message, half, size - half), second);
            return range(message, 0, half) + other.join();
        }
    }

    /** aws-encryption-sdk-java, which also makes and wraps its data key. */
    @Benchmark
    public byte[] encryptPeer() {
        return peer.encryptData(peerKey, plaintext, Map.of()).getResult();
    }

    /** aws-encryption-sdk-java, which also unwraps its data key. */
    @Benchmark
    public byte[] decryptPeer() {
        return peer.decryptData(peerKey, sealedPeer).getResult();
    }

    /** Tink. */
    @Benchmark
    public int encryptTink() throws GeneralSecurityException, IOException {
        Sink sink = new Sink(out);
        try (OutputStream stream = tink.newEncryptingStream(sink, NOTHING)) {
            stream.write(plaintext);
        }
        return sink.position;
    }

    /** Tink. */
    @Benchmark
    public int decryptTink() throws GeneralSecurityException, IOException {
        int at = 0;
        try (InputStream stream = tink.newDecryptingStream(new ByteArrayInputStream(sealedTink), NOTHING)) {
            for (int n = 0; n >= 0; n = stream.read(out, at, out.length - at)) {
                at += n;
            }
        }
        return at;
    }

    private int range(OpenMessage message, int from, int length) {
        FrameLayout layout = message.layout(sealedOurs.length);
        try (RangeDecryptor decryptor = message.rangeDecryptor(layout, new ByteSpan(from, length))) {
            ByteSpan fetch = decryptor.ciphertext();
            ByteBuffer target = ByteBuffer.wrap(out, from, length);
            ByteBuffer source = ByteBuffer.wrap(sealedOurs, (int) fetch.offset(), (int) fetch.length());
            if (decryptor.decrypt(source, target) != CodingStatus.DONE) {
                throw new IllegalStateException("not complete");
            }
            return target.position() - from;
        }
    }

    private static StreamingAead tink() {
        try {
            StreamingAeadConfig.register();
            KeysetHandle keys = KeysetHandle.generateNew(PredefinedStreamingAeadParameters.AES256_GCM_HKDF_1MB);
            return keys.getPrimitive(RegistryConfiguration.get(), StreamingAead.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An output stream into an array that is large enough. */
    private static final class Sink extends OutputStream {
        private final byte[] target;
        private int position;

        Sink(byte[] target) {
            this.target = target;
        }

        @Override
        public void write(int b) {
            target[position++] = (byte) b;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            System.arraycopy(bytes, offset, target, position, length);
            position += length;
        }
    }
}
