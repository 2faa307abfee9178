package dev.s3envelope.local.internal.kms;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All keys and aliases, each in its account and Region. Aliases point to a key of the same account and Region. A change is handed to
 * the {@link Journal} before the answer leaves. Thread-safe.
 */
final class KeyStore {
    /** Where an alias or key lives. */
    record Place(String account, String region) {}

    /** An alias, {@code alias/...}, and the id of its key; {@code null} for a predefined AWS alias whose key does not exist yet. */
    record Alias(String name, String keyId, Instant created, Instant updated) {}

    /** Keeps what the store holds beyond the life of the process. */
    interface Journal {
        void keyChanged(KmsKey key);

        void keyRemoved(KmsKey key);

        void aliasesChanged(Place place, List<Alias> aliases);

        /** Keeps nothing. */
        Journal NONE = new Journal() {
            @Override
            public void keyChanged(KmsKey key) {}

            @Override
            public void keyRemoved(KmsKey key) {}

            @Override
            public void aliasesChanged(Place place, List<Alias> aliases) {}
        };
    }

    private static final String AWS_S3 = "alias/aws/s3";

    private final Map<Place, NavigableMap<String, KmsKey>> keys = new ConcurrentHashMap<>();
    private final Map<Place, NavigableMap<String, Alias>> aliases = new ConcurrentHashMap<>();
    private final Journal journal;
    private final SecureRandom random;
    private final Clock clock;

    KeyStore(Journal journal, SecureRandom random, Clock clock) {
        this.journal = journal;
        this.random = random;
        this.clock = clock;
    }

    SecureRandom random() {
        return random;
    }

    Instant now() {
        return clock.instant();
    }

    /** The material for a new ciphertext; what an automatic rotation adds is kept. */
    KeyMaterial currentMaterial(KmsKey key) {
        int before = key.materials().size();
        KeyMaterial material = key.material(random, now());
        if (key.materials().size() != before) {
            journal.keyChanged(key);
        }
        return material;
    }

    String newKeyId(boolean multiRegion) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        bytes[6] = (byte) ((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte) ((bytes[8] & 0x3f) | 0x80);
        java.nio.ByteBuffer in = java.nio.ByteBuffer.wrap(bytes);
        String uuid = new UUID(in.getLong(), in.getLong()).toString();
        return multiRegion ? "mrk-" + uuid.replace("-", "") : uuid;
    }

    /** Makes a key with fresh material and keeps it. */
    KmsKey create(KmsKey.Facts facts, String policy) {
        List<KeyMaterial> materials =
                facts.spec().asymmetric() || facts.origin().equals("EXTERNAL")
                        ? List.of()
                        : List.of(KeyMaterial.generate(facts.spec().secretBytes(), random, facts.created()));
        KmsKey key = new KmsKey(facts, materials, policy);
        put(key);
        return key;
    }

    void put(KmsKey key) {
        keysOf(new Place(key.account(), key.region())).put(key.id(), key);
        journal.keyChanged(key);
    }

    /** To be called after a key was changed. */
    void changed(KmsKey key) {
        journal.keyChanged(key);
    }

    /** The key; one whose deletion date has passed is gone. */
    Optional<KmsKey> find(String account, String region, String keyId) {
        KmsKey key = keysOf(new Place(account, region)).get(keyId);
        if (key != null && key.deletion().filter(date -> !now().isBefore(date)).isPresent()) {
            remove(key);
            return Optional.empty();
        }
        return Optional.ofNullable(key);
    }

    private void remove(KmsKey key) {
        Place place = new Place(key.account(), key.region());
        keysOf(place).remove(key.id());
        aliasesOf(place).values().removeIf(alias -> alias.keyId().equals(key.id()));
        journal.keyRemoved(key);
        journal.aliasesChanged(place, List.copyOf(aliasesOf(place).values()));
        primaryWaitingFor(key).ifPresent(primary -> {
            primary.state(
                    KeyState.PENDING_DELETION,
                    key.deletion().orElseThrow().plus(Duration.ofDays(primary.pendingWindowDays())));
            journal.keyChanged(primary);
        });
    }

    /** The primary key whose own waiting period begins now that its last replica is gone. */
    private Optional<KmsKey> primaryWaitingFor(KmsKey replica) {
        String region = replica.facts().primaryRegion();
        if (region == null || replica.primary()) {
            return Optional.empty();
        }
        KmsKey primary = keysOf(new Place(replica.account(), region)).get(replica.id());
        if (primary == null
                || primary.state() != KeyState.PENDING_REPLICA_DELETION
                || related(primary).size() > 1) {
            return Optional.empty();
        }
        return Optional.of(primary);
    }

    /** The keys of an account in a Region, by id. */
    List<KmsKey> list(String account, String region) {
        return keysOf(new Place(account, region)).keySet().stream()
                .map(id -> find(account, region, id))
                .flatMap(Optional::stream)
                .toList();
    }

    /** The related multi-Region keys of a key, itself included, by Region. */
    List<KmsKey> related(KmsKey key) {
        if (!key.multiRegion()) {
            return List.of(key);
        }
        return keys.keySet().stream()
                .filter(place -> place.account().equals(key.account()))
                .map(place -> find(place.account(), place.region(), key.id()))
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(KmsKey::region))
                .toList();
    }

    /** Every key of a Region, whatever its account. */
    Stream<KmsKey> everywhere(String region) {
        return keys.keySet().stream()
                .filter(place -> place.region().equals(region))
                .flatMap(place -> list(place.account(), region).stream());
    }

    Optional<Alias> alias(String account, String region, String name) {
        return Optional.ofNullable(aliasesOf(new Place(account, region)).get(name));
    }

    List<Alias> aliases(String account, String region) {
        return List.copyOf(aliasesOf(new Place(account, region)).values());
    }

    /** The names of a key's aliases. */
    List<String> aliasNames(KmsKey key) {
        return aliases(key.account(), key.region()).stream()
                .filter(alias -> alias.keyId().equals(key.id()))
                .map(Alias::name)
                .toList();
    }

    /** Adds or moves an alias; {@code alias} null removes it. */
    void alias(String account, String region, String name, @Nullable Alias alias) {
        Place place = new Place(account, region);
        if (alias == null) {
            aliasesOf(place).remove(name);
        } else {
            aliasesOf(place).put(name, alias);
        }
        journal.aliasesChanged(place, List.copyOf(aliasesOf(place).values()));
    }

    /** The aws/s3 key of an account in a Region, made on first use with AWS's own policy. */
    synchronized KmsKey awsManagedS3(String account, String region) {
        Optional<KmsKey> there = alias(account, region, AWS_S3).flatMap(alias -> find(account, region, alias.keyId()));
        if (there.isPresent()) {
            return there.get();
        }
        Instant now = now();
        KmsKey key = create(
                new KmsKey.Facts(
                        account,
                        region,
                        newKeyId(false),
                        KeySpec.SYMMETRIC_DEFAULT,
                        "ENCRYPT_DECRYPT",
                        "AWS",
                        "AWS_KMS",
                        null,
                        now),
                KeyPolicies.awsManagedS3(region, account));
        key.describe("Default key that protects my S3 objects when no other key is defined");
        key.rotation(new KmsKey.Rotation(true, 365, now.plus(Duration.ofDays(365))));
        changed(key);
        alias(account, region, AWS_S3, new Alias(AWS_S3, key.id(), now, now));
        return key;
    }

    private NavigableMap<String, KmsKey> keysOf(Place place) {
        return keys.computeIfAbsent(place, p -> new ConcurrentSkipListMap<>());
    }

    private NavigableMap<String, Alias> aliasesOf(Place place) {
        return aliases.computeIfAbsent(place, p -> new ConcurrentSkipListMap<>());
    }
}
