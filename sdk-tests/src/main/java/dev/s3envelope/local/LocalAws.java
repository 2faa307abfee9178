package dev.s3envelope.local;

import dev.s3envelope.local.internal.http.FrontEnd;
import dev.s3envelope.local.internal.http.TlsIdentity;
import dev.s3envelope.local.internal.iam.AccountFiles;
import dev.s3envelope.local.internal.iam.Accounts;
import dev.s3envelope.local.internal.iam.Gates;
import dev.s3envelope.local.internal.kms.Kms;
import dev.s3envelope.local.internal.kms.Partitions;
import dev.s3envelope.local.internal.s3.S3Service;
import dev.s3envelope.local.internal.s3.S3Settings;
import dev.s3envelope.local.internal.s3.S3Store;
import dev.s3envelope.local.internal.sts.StsService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * An embedded S3, KMS and STS on a loopback port: accounts and principals with IAM policies, signatures verified, both gates enforced on
 * every request, objects encrypted at rest under real wrapped keys, an event log in the manner of CloudTrail, and faults to order. No
 * Docker and no network.
 *
 * <p>One endpoint serves every Region: the Region of a request is the one it was signed for, and a KMS key lives in its account and
 * Region. Keys, buckets and accounts are kept in memory, or in a directory if one is given; key material is then stored there in the
 * clear, so use test data only. It is not AWS: what it does not model it refuses.
 *
 * <pre>{@code
 * try (LocalAws aws = LocalAws.start()) {
 *     LocalAccount account = aws.account("111122223333");
 *     LocalUser alice = account.createUser("alice").allow("s3:*").allow("kms:*");
 *     LocalKey key = account.createKey().alias("alias/documents");
 *     S3Client s3 = aws.s3(alice);
 *     s3.createBucket(b -> b.bucket("documents"));
 *     s3.putObject(b -> b.bucket("documents").key("a").serverSideEncryption("aws:kms").ssekmsKeyId(key.arn()),
 *             RequestBody.fromString("hello"));
 * }
 * }</pre>
 *
 * <p>Thread-safe. {@link #close()} stops the endpoint and closes every client this instance made.
 */
public final class LocalAws implements AutoCloseable {
    private final Accounts accounts;
    private final Kms kms;
    private final EventLog events;
    private final Faults faults;
    private final FrontEnd frontEnd;
    private final LocalClients clients;
    private final String region;
    private final Clock clock;
    private final Map<String, LocalAccount> views = new ConcurrentHashMap<>();

    private LocalAws(Builder from) {
        this.clock = from.clock;
        this.region = from.region;
        this.events = new EventLog();
        this.faults = new Faults();
        this.accounts = new Accounts(Partitions.of(region), from.random, clock);
        @Nullable Path directory = from.directory;
        if (directory != null) {
            AccountFiles.attach(directory.resolve("accounts"), accounts);
        }
        Gates gates = new Gates(accounts, clock);
        this.kms = new Kms(
                new Kms.Settings(
                        clock,
                        from.random,
                        from.kmsLatency,
                        from.grantPropagation,
                        directory == null ? null : directory.resolve("kms")),
                accounts,
                gates,
                events,
                faults);
        S3Settings s3Settings = new S3Settings(
                clock, from.random, from.secretsOverPlainLoopback, from.newBucketsBlockSseC, from.bucketKeyLifetime);
        StsService sts = new StsService(accounts, events, clock);
        @Nullable TlsIdentity tls = from.https ? TlsIdentity.create(clock, from.random) : null;
        try {
            S3Store store = directory == null
                    ? S3Store.inMemory(from.random)
                    : S3Store.inDirectory(directory.resolve("s3"), from.random);
            S3Service s3 = new S3Service(s3Settings, store, gates, kms.backend(), events);
            this.frontEnd = FrontEnd.start(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), from.port),
                    tls,
                    List.of(s3, kms.service(), sts),
                    accounts,
                    clock,
                    faults);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot start on port " + from.port + (directory == null ? "" : " with " + directory) + ": "
                            + e.getMessage(),
                    e);
        }
        this.clients = new LocalClients(
                frontEnd.endpoint(),
                region,
                tls == null ? null : tls.trustManagers(),
                clock.equals(Clock.systemUTC()) ? null : clock);
    }

    /** An instance in memory on a free port, over plain HTTP on loopback, in Region {@code us-east-1}. */
    public static LocalAws start() {
        return builder().build();
    }

    /** An instance to be configured. */
    public static Builder builder() {
        return new Builder();
    }

    /** The account of these 12 digits, made on first use. */
    public LocalAccount account(String id) {
        return views.computeIfAbsent(
                id, digits -> new LocalAccount(accounts.account(digits), accounts, kms, clock, region));
    }

    /** The accounts made so far. */
    public Collection<LocalAccount> accounts() {
        return accounts.all().stream().map(account -> account(account.id())).toList();
    }

    /** Where clients connect to, for example {@code http://localhost:41234}; S3 in path style. */
    public URI endpoint() {
        return frontEnd.endpoint();
    }

    /** The Region of ready-made clients and of {@link LocalAccount#createKey()}. */
    public String region() {
        return region;
    }

    /** The certificate of the endpoint in PEM, for {@code AWS_CA_BUNDLE}; empty over plain HTTP. */
    public Optional<String> certificatePem() {
        return Optional.ofNullable(frontEnd.tls()).map(TlsIdentity::pem);
    }

    /** Trust managers that accept the certificate of the endpoint and no other; empty over plain HTTP. */
    public Optional<TrustManager[]> trustManagers() {
        return Optional.ofNullable(frontEnd.tls()).map(TlsIdentity::trustManagers);
    }

    /** Every request that was answered. */
    public EventLog events() {
        return events;
    }

    /** What shall go wrong. */
    public Faults faults() {
        return faults;
    }

    /** An S3 client that signs as {@code principal}; one for each principal, closed with this instance. */
    public S3Client s3(LocalPrincipal principal) {
        return clients.client(
                S3Client.class,
                principal,
                () -> configure(S3Client.builder(), principal).build());
    }

    /** An asynchronous S3 client that signs as {@code principal}; one for each principal, closed with this instance. */
    public S3AsyncClient s3Async(LocalPrincipal principal) {
        return clients.client(
                S3AsyncClient.class,
                principal,
                () -> configure(S3AsyncClient.builder(), principal).build());
    }

    /** A KMS client that signs as {@code principal}; one for each principal, closed with this instance. */
    public KmsClient kms(LocalPrincipal principal) {
        return clients.client(
                KmsClient.class,
                principal,
                () -> configure(KmsClient.builder(), principal).build());
    }

    /** An asynchronous KMS client that signs as {@code principal}; one for each principal, closed with this instance. */
    public KmsAsyncClient kmsAsync(LocalPrincipal principal) {
        return clients.client(
                KmsAsyncClient.class,
                principal,
                () -> configure(KmsAsyncClient.builder(), principal).build());
    }

    /** An STS client that signs as {@code principal}; one for each principal, closed with this instance. */
    public StsClient sts(LocalPrincipal principal) {
        return clients.client(
                StsClient.class,
                principal,
                () -> configure(StsClient.builder(), principal).build());
    }

    /**
     * Points the builder of any AWS client here: endpoint, Region, credentials of {@code principal}, path style for S3, and an HTTP client
     * that trusts the certificate. What is set later on the builder wins. The HTTP client belongs to this instance, the AWS client to
     * the caller.
     */
    public <B extends AwsClientBuilder<B, ?>> B configure(B builder, LocalPrincipal principal) {
        return clients.configure(builder, principal);
    }

    /** Stops the endpoint and closes the clients made here; what is in a directory stays. */
    @Override
    public void close() {
        clients.close();
        frontEnd.close();
    }

    @Override
    public String toString() {
        return "LocalAws[" + endpoint() + "]";
    }

    /** Configures a {@link LocalAws}; not thread-safe. */
    public static final class Builder {
        private boolean https;
        private int port;
        private @Nullable Path directory;
        private String region = "us-east-1";
        private Clock clock = Clock.systemUTC();
        private SecureRandom random = new SecureRandom();
        private Duration kmsLatency = Duration.ZERO;
        private Duration grantPropagation = Duration.ZERO;
        private Duration bucketKeyLifetime = Duration.ofMinutes(5);
        private boolean secretsOverPlainLoopback = true;
        private boolean newBucketsBlockSseC;

        private Builder() {}

        /** Serves TLS with a certificate made for this instance; plain HTTP if not said. */
        public Builder https(boolean value) {
            this.https = value;
            return this;
        }

        /** Listens on this port of the loopback interface; 0, the default, takes a free one. */
        public Builder port(int value) {
            if (value < 0 || value > 65_535) {
                throw new IllegalArgumentException("not a port: " + value);
            }
            this.port = value;
            return this;
        }

        /** Keeps accounts, keys and objects in a directory, and finds them there when started again; in memory if not said. */
        public Builder directory(Path value) {
            this.directory = Objects.requireNonNull(value);
            return this;
        }

        /** The Region of ready-made clients; it also decides the partition of all ARNs. {@code us-east-1} if not said. */
        public Builder region(String value) {
            if (!value.matches("[a-z]{2,4}(-[a-z]+)+-[0-9]")) {
                throw new IllegalArgumentException("not a Region: " + value);
            }
            this.region = value;
            return this;
        }

        /** The time of signatures, sessions, rotation, deletion and events, and of the clients made here; the system's if not said. */
        public Builder clock(Clock value) {
            this.clock = Objects.requireNonNull(value);
            return this;
        }

        /** The source of keys and ids; a new {@link SecureRandom} if not said. */
        public Builder random(SecureRandom value) {
            this.random = Objects.requireNonNull(value);
            return this;
        }

        /** How long each KMS call takes at least, those made by S3 included; no time if not said. */
        public Builder kmsLatency(Duration value) {
            this.kmsLatency = notNegative(value);
            return this;
        }

        /** How long a new grant works with its grant token only; AWS takes up to five minutes, this instance no time if not said. */
        public Builder grantPropagation(Duration value) {
            this.grantPropagation = notNegative(value);
            return this;
        }

        /** How long an S3 Bucket Key serves a requester until S3 asks KMS again; five minutes if not said, AWS does not publish its time. */
        public Builder bucketKeyLifetime(Duration value) {
            this.bucketKeyLifetime = notNegative(value);
            return this;
        }

        /** Refuses SSE-C and SSE-KMS requests over plain HTTP as S3 does; if not said, they are served, as this is loopback. */
        public Builder strictTransport(boolean value) {
            this.secretsOverPlainLoopback = !value;
            return this;
        }

        /** Makes new buckets refuse uploads under SSE-C, as AWS does since April 2026; off if not said. */
        public Builder newBucketsBlockSseC(boolean value) {
            this.newBucketsBlockSseC = value;
            return this;
        }

        private static Duration notNegative(Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("negative: " + value);
            }
            return value;
        }

        /**
         * Starts the instance.
         *
         * @throws UncheckedIOException if the port is taken or the directory cannot be used
         */
        public LocalAws build() {
            return new LocalAws(this);
        }
    }
}
