package dev.s3envelope.kms;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * SSE-C keys that nobody has to store: each follows from an HMAC key that never leaves KMS.
 *
 * <p>KMS computes one MAC for each bucket and version of the keys (kms:GenerateMac, HMAC_SHA_256); the key of an object is HKDF-SHA-256 of that MAC and the
 * object's bucket and key. The exact bytes are in docs/ssec-kms-mac.md. A MAC is kept for the age, 5 minutes by default, then zeroed; it serves only requests with the
 * credentials it was granted to, and is asked for once, however many threads need it.
 *
 * <p><b>What it depends on.</b> Whoever may use kms:GenerateMac with the key can derive every object's key, in every bucket: take a key for each group of buckets
 * that are to be kept apart. A deleted key takes its objects with it. Only replicas of one multi-Region key give the same keys in several Regions; any two other keys
 * differ. An object's key follows from its name, so an object that S3 moved to another name or bucket without re-encrypting it, by replication for instance, is read
 * with the keys of where it was written: {@link Builder#bucketAs}.
 *
 * <p><b>Versions.</b> Writing uses the version of {@link #version}, by default the highest configured, or the one a policy file asks for ({@code keyVersion});
 * reading tries it and all before, newest first. Each version costs one GenerateMac for each bucket and age. {@link Builder#keyFrom} changes the KMS key from a
 * version on. Where the MAC of one version cannot be had the others go on.
 *
 * <p>Failures of KMS come as {@link dev.s3envelope.core.IllegalKeyException} where the key is no use (deleted, disabled, of another kind or Region) and as
 * {@link dev.s3envelope.core.LookupFailedException} where it was not to be had (not permitted, throttled, unreachable), with KMS's exception as cause. A denial is
 * remembered for a second. A permission that was taken away goes unnoticed for at most the age; {@link #invalidateAll} ends that at once.
 *
 * <p>Over {@link KmsClient} calls block the calling thread, over {@link KmsAsyncClient} nothing blocks. Clients stay the caller's. Safe for use by several threads.
 * {@link #close} zeroes everything. Sources: AWS KMS API Reference, "GenerateMac"; AWS KMS Developer Guide, "HMAC keys in AWS KMS"; RFC 5869.
 */
public final class KmsMacKeySource implements SseCKeySource, AutoCloseable {
    private static final int MOST_VERSIONS = 100;

    private final KmsClients clients;
    private final MacKeys keys;

    /** What answers where nobody said on whose behalf: the keys as the clients' own credentials got them at the last {@link #prepare}. */
    private final AtomicReference<@Nullable BoundMacKeys> own = new AtomicReference<>();

    private KmsMacKeySource(KmsClients clients, MacKeys keys) {
        this.clients = clients;
        this.keys = keys;
    }

    /** Starts a source under the name by which policy files and messages refer to it. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    @Override
    public String name() {
        return keys.source();
    }

    @Override
    public boolean blocking() {
        return clients.blocking();
    }

    @Override
    public OptionalInt version() {
        return OptionalInt.of(keys.version());
    }

    /**
     * The same source at this version, 1 or above; MACs and their cache are shared. A version above the highest configured uses that one's KMS key.
     *
     * @throws IllegalEncryptionException if no key is configured for the version, or it is above 100
     */
    @Override
    public KmsMacKeySource atVersion(int wanted) {
        if (keys.byVersion().floorKey(wanted) == null || wanted > MOST_VERSIONS) {
            throw new IllegalEncryptionException("SSE-C key source " + name() + " has no version " + wanted
                    + "; its versions are " + keys.byVersion().firstKey() + " to " + MOST_VERSIONS + ".");
        }
        return new KmsMacKeySource(clients, keys.atVersion(wanted));
    }

    @Override
    public CompletionStage<SseCKeySource> onBehalfOf(RequestCredentials credentials) {
        return bound(credentials).thenApply(source -> source);
    }

    private CompletionStage<BoundMacKeys> bound(RequestCredentials credentials) {
        return clients.resolve(credentials).thenApply(signers -> new BoundMacKeys(this, keys, signers));
    }

    /** Asks KMS for the MACs that are not at hand; fails only if none of them can be had. */
    @Override
    public CompletionStage<Void> prepare(ObjectAddress object) {
        return bound(RequestCredentials.none()).thenCompose(source -> {
            own.set(source);
            return source.prepare(object);
        });
    }

    @Override
    public SseCKey keyForWrite(ObjectAddress object) {
        return own().keyForWrite(object);
    }

    @Override
    public List<SseCKey> keysForRead(ObjectAddress object) {
        return own().keysForRead(object);
    }

    @Override
    public List<EnvelopeException> missing(ObjectAddress object) {
        return own().missing(object);
    }

    private BoundMacKeys own() {
        BoundMacKeys source = own.get();
        if (source == null) {
            throw new EnvelopeException("SSE-C key source " + name()
                    + " was asked for a key before it was prepared. Await prepare for the object first.");
        }
        return source;
    }

    /** Lets every MAC be asked for anew, for instance after a permission was taken away. */
    public void invalidateAll() {
        keys.macs().invalidateAll();
    }

    /** Zeroes every MAC; requests fail afterwards, at every version of this source. */
    @Override
    public void close() {
        keys.macs().close();
    }

    /** Name, version and keys; nothing secret. */
    @Override
    public String toString() {
        return "KmsMacKeySource[" + keys + "]";
    }

    /** Builds a {@link KmsMacKeySource}. Not safe for use by several threads. */
    public static final class Builder {
        private final String name;
        private final KmsClients.Collected clients = new KmsClients.Collected();
        private final NavigableMap<Integer, KeyArn> keys = new TreeMap<>();
        private final Map<String, String> buckets = new LinkedHashMap<>();
        private Duration maxAge = Duration.ofMinutes(5);
        private LongSupplier ticker = System::nanoTime;
        private @Nullable CryptoProvider crypto;

        private Builder(String name) {
            this.name = name;
        }

        /** Uses this client for the keys of its Region. */
        public Builder client(KmsClient client) {
            clients.add(client);
            return this;
        }

        /** Uses this client for the keys of its Region. */
        public Builder client(KmsAsyncClient client) {
            clients.add(client);
            return this;
        }

        /** The HMAC_256 key, as a full ARN, of version 1. */
        public Builder key(String keyArn) {
            return keyFrom(1, keyArn);
        }

        /** The HMAC_256 key, as a full ARN, from this version on, until a higher one is given. */
        public Builder keyFrom(int firstVersion, String keyArn) {
            require(firstVersion >= 1, "Versions begin at 1, not " + firstVersion + ".");
            require(
                    keys.putIfAbsent(firstVersion, KeyArn.parse(keyArn)) == null,
                    "Version " + firstVersion + " has a key already.");
            return this;
        }

        /**
         * Derives the keys of objects in {@code bucket} as if they were in {@code original}: for a replica of it, or an access point of it. They are not
         * derived as of {@code bucket} any more.
         */
        public Builder bucketAs(String bucket, String original) {
            buckets.put(bucket, original);
            return this;
        }

        /** How long a MAC is used before KMS is asked again, more than 0 and at most a day; 5 minutes by default. */
        public Builder maxAge(Duration age) {
            require(
                    !age.isNegative() && !age.isZero() && age.compareTo(Duration.ofDays(1)) <= 0,
                    "The age of a MAC is more than 0 and at most a day, not " + age + ".");
            this.maxAge = age;
            return this;
        }

        /** Where HMAC comes from; the JDK by default. */
        public Builder crypto(CryptoProvider provider) {
            this.crypto = provider;
            return this;
        }

        /** The clock, in nanoseconds from any origin. Default {@link System#nanoTime}. */
        public Builder ticker(LongSupplier nanoseconds) {
            this.ticker = nanoseconds;
            return this;
        }

        /**
         * Builds the source. No call is made.
         *
         * @throws IllegalArgumentException if there is no client or no key, a key is in a Region without client, or synchronous and asynchronous clients
         *     come together
         */
        public KmsMacKeySource build() {
            KmsClients byRegion = clients.build("A KMS MAC key source needs");
            require(!keys.isEmpty(), "A KMS MAC key source needs an HMAC key.");
            require(keys.lastKey() <= MOST_VERSIONS, "A source has at most " + MOST_VERSIONS + " versions.");
            keys.values().forEach(byRegion::require);
            return new KmsMacKeySource(
                    byRegion,
                    new MacKeys(
                            name,
                            Collections.unmodifiableNavigableMap(new TreeMap<>(keys)),
                            keys.lastKey(),
                            Map.copyOf(buckets),
                            crypto == null ? CryptoProvider.jdk() : crypto,
                            new MacCache(maxAge, ticker)));
        }

        private static void require(boolean holds, String otherwise) {
            if (!holds) {
                throw new IllegalArgumentException(otherwise);
            }
        }
    }
}
