package dev.s3envelope.bench;

import dev.s3envelope.core.access.KeyAccess;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.kms.KmsKeyAccess;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import dev.s3envelope.s3.Preflight;
import dev.s3envelope.s3.PreflightStrategy;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * What a preflight adds to the read of an object of 64 KiB: calls, and time. Each strategy reads in turns with a client without preflight, in an order that a seed
 * decides, so that whatever else the machine does meets both; the figures are medians over the pairs. LocalAws runs in the same process, over HTTPS on loopback and
 * without the latency of a network: the price of a call is that of an SDK call, and warm rows show the overhead alone.
 *
 * <pre>{@code
 * java -cp ... dev.s3envelope.bench.PreflightPrice [pairs, 3000 by default]
 * }</pre>
 */
public final class PreflightPrice {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long SEED = 20261121;
    /** Pairs of each client before the first row, all strategies in turns: until then the compiler, not the code, is what is measured. */
    private static final int WARM_UP = 40_000;

    private static final int LENGTH = 64 * 1024;
    private static final int MICROSECOND = 1_000;
    private static final String BUCKET = "bench";

    private final LocalAws aws = LocalAws.builder().https(true).build();
    private final LocalUser reader;
    private final LocalKey key;

    private PreflightPrice() {
        LocalAccount account = aws.account("111122223333");
        key = account.createKey();
        reader = account.createUser("reader").allow("s3:*").allow("kms:*");
        aws.s3(account.root()).createBucket(b -> b.bucket(BUCKET));
        aws.s3(account.root())
                .putObject(
                        b -> b.bucket(BUCKET)
                                .key("warm/object")
                                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                                .ssekmsKeyId(key.arn())
                                .bucketKeyEnabled(true),
                        RequestBody.fromBytes(new byte[LENGTH]));
    }

    /** One read. */
    private interface Read {
        int length();
    }

    /**
     * Medians over the pairs.
     *
     * @param read microseconds of a read with preflight
     * @param added microseconds it took longer than the one without
     * @param ratio of the two
     * @param cpu microseconds of CPU the calling thread used more
     */
    private record Figures(double read, double added, double ratio, double cpu) {}

    /** One read, in nanoseconds. */
    private record Cost(long time, long cpu) {}

    /** Prints the table. */
    public static void main(String[] arguments) {
        int pairs = arguments.length == 0 ? 3_000 : Integer.parseInt(arguments[0]);
        PreflightPrice bench = new PreflightPrice();
        try {
            bench.warmUp();
            System.out.println("| client | strategy | verdict | calls of a read | read, us | added, us | ratio | CPU added, us |");
            System.out.println("|---|---|---|---|---|---|---|---|");
            for (boolean async : new boolean[] {false, true}) {
                for (PreflightStrategy strategy : PreflightStrategy.values()) {
                    if (strategy != PreflightStrategy.OFF) {
                        bench.row(async, strategy, false, pairs / 3);
                    }
                    bench.row(async, strategy, true, pairs);
                }
            }
        } finally {
            bench.aws.close();
        }
    }

    private void warmUp() {
        for (boolean async : new boolean[] {false, true}) {
            for (PreflightStrategy strategy : PreflightStrategy.values()) {
                Preflight asking = Preflight.builder()
                        .strategy(strategy)
                        .lifetime(Duration.ofHours(1))
                        .keyAccess(keyAccess(async))
                        .build();
                measure(read(async, asking), read(async, null), WARM_UP / PreflightStrategy.values().length);
            }
        }
    }

    private KeyAccess keyAccess(boolean async) {
        return async ? KmsKeyAccess.of(aws.kmsAsync(reader)) : KmsKeyAccess.of(aws.kms(reader));
    }

    private void row(boolean async, PreflightStrategy strategy, boolean warm, int pairs) {
        Preflight.Builder preflight = Preflight.builder().strategy(strategy);
        preflight.keyAccess(keyAccess(async));
        preflight.lifetime(warm ? Duration.ofHours(1) : Duration.ZERO);
        Read with = read(async, preflight.build());
        Read without = read(async, null);
        measure(with, without, pairs / 2);
        EventLog.Mark before = aws.events().mark();
        with.length();
        Map<String, Integer> calls = new TreeMap<>(aws.events()
                .since(before)
                .where(event -> event.viaService().isEmpty())
                .counts());
        Figures figures = measure(with, without, pairs);
        System.out.printf(
                "| %s | `%s` | %s | %s | %.0f | %.0f | %.3f | %.1f |%n",
                async ? "async" : "sync",
                strategy,
                warm ? "warm" : "cold",
                calls,
                figures.read(),
                figures.added(),
                figures.ratio(),
                figures.cpu());
    }

    private static Figures measure(Read with, Read without, int pairs) {
        Random order = new Random(SEED);
        double[] reads = new double[pairs];
        double[] added = new double[pairs];
        double[] ratios = new double[pairs];
        double[] cpu = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            boolean first = order.nextBoolean();
            Cost one = cost(first ? with : without);
            Cost other = cost(first ? without : with);
            Cost checked = first ? one : other;
            Cost plain = first ? other : one;
            reads[i] = (double) checked.time() / MICROSECOND;
            added[i] = (double) (checked.time() - plain.time()) / MICROSECOND;
            ratios[i] = (double) checked.time() / plain.time();
            cpu[i] = (double) (checked.cpu() - plain.cpu()) / MICROSECOND;
        }
        return new Figures(median(reads), median(added), median(ratios), median(cpu));
    }

    private static Cost cost(Read read) {
        long cpu = THREADS.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        if (read.length() != LENGTH) {
            throw new IllegalStateException("not the object");
        }
        return new Cost(System.nanoTime() - start, THREADS.getCurrentThreadCpuTime() - cpu);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private Read read(boolean async, @Nullable Preflight preflight) {
        EncryptionPolicy policy = EncryptionPolicy.always(SseKms.builder(KeyArn.parse(key.arn()))
                .bucketKey(BucketKey.ENABLED)
                .build());
        GetObjectRequest request =
                GetObjectRequest.builder().bucket(BUCKET).key("warm/object").build();
        if (async) {
            EnvelopeS3AsyncClient.Builder builder =
                    EnvelopeS3AsyncClient.builder().wrapping(aws.s3Async(reader)).policy(policy);
            EnvelopeS3AsyncClient client =
                    preflight == null ? builder.build() : builder.preflight(preflight).build();
            return () -> client.getObject(request, AsyncResponseTransformer.toBytes())
                    .join()
                    .asByteArrayUnsafe()
                    .length;
        }
        EnvelopeS3Client.Builder builder =
                EnvelopeS3Client.builder().wrapping(aws.s3(reader)).policy(policy);
        EnvelopeS3Client client =
                preflight == null ? builder.build() : builder.preflight(preflight).build();
        return () -> client.getObjectAsBytes(request).asByteArrayUnsafe().length;
    }
}
