package dev.s3envelope.local.internal.kms;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One KMS key of one account and Region, with its material, policy, grants and state. Thread-safe. */
final class KmsKey {
    /** What never changes. {@code keyId} starts with {@code mrk-} for a multi-Region key, whose primary is in {@code primaryRegion}. */
    record Facts(
            String account,
            String region,
            String keyId,
            KeySpec spec,
            String usage,
            String manager,
            String origin,
            @Nullable String primaryRegion,
            Instant created) {}

    /** Rotation of the material by itself; {@code next} only while enabled. */
    record Rotation(
            boolean enabled, int periodDays, @Nullable Instant next) {
        static final Rotation OFF = new Rotation(false, 365, null);
    }

    private final Facts facts;
    private final String arn;
    private final List<KeyMaterial> materials;
    private final Map<String, Grant> grants = new LinkedHashMap<>();
    private final NavigableMap<String, String> tags = new TreeMap<>();
    private String description = "";
    private String policy;
    private KeyState state = KeyState.ENABLED;
    private @Nullable Instant deletion;
    private int pendingWindowDays;
    private Rotation rotation = Rotation.OFF;

    KmsKey(Facts facts, List<KeyMaterial> materials, String policy) {
        this.facts = facts;
        this.arn = Partitions.kmsArn(facts.region(), facts.account(), "key/" + facts.keyId());
        this.materials = new ArrayList<>(materials);
        this.policy = policy;
    }

    Facts facts() {
        return facts;
    }

    String arn() {
        return arn;
    }

    String id() {
        return facts.keyId();
    }

    String account() {
        return facts.account();
    }

    String region() {
        return facts.region();
    }

    KeySpec spec() {
        return facts.spec();
    }

    String usage() {
        return facts.usage();
    }

    boolean awsManaged() {
        return facts.manager().equals("AWS");
    }

    boolean multiRegion() {
        return facts.primaryRegion() != null;
    }

    boolean primary() {
        return facts.region().equals(facts.primaryRegion());
    }

    synchronized String description() {
        return description;
    }

    synchronized void describe(String text) {
        this.description = text;
    }

    synchronized String policy() {
        return policy;
    }

    synchronized void policy(String json) {
        this.policy = json;
    }

    synchronized KeyState state() {
        return state;
    }

    synchronized Optional<Instant> deletion() {
        return Optional.ofNullable(deletion);
    }

    synchronized void state(KeyState next, @Nullable Instant deletionDate) {
        this.state = next;
        this.deletion = deletionDate;
    }

    /** The waiting period of a primary key whose replicas must go first. */
    synchronized int pendingWindowDays() {
        return pendingWindowDays;
    }

    synchronized void pendingWindowDays(int days) {
        this.pendingWindowDays = days;
    }

    synchronized Rotation rotation() {
        return rotation;
    }

    synchronized void rotation(Rotation next) {
        this.rotation = next;
    }

    /** The material for new ciphertexts; an automatic rotation that is due happens now. */
    synchronized KeyMaterial material(SecureRandom random, Instant now) {
        Instant due = rotation.next();
        if (due != null && !now.isBefore(due)) {
            materials.add(KeyMaterial.generate(spec().secretBytes(), random, due));
            Duration period = Duration.ofDays(rotation.periodDays());
            Instant next = due.plus(period);
            while (!now.isBefore(next)) {
                next = next.plus(period);
            }
            rotation = new Rotation(true, rotation.periodDays(), next);
        }
        return newest();
    }

    private KeyMaterial newest() {
        if (materials.isEmpty()) {
            throw KmsErrors.unsupported(arn + ": operations of asymmetric keys are not served by this endpoint.");
        }
        return materials.get(materials.size() - 1);
    }

    synchronized void rotateNow(SecureRandom random, Instant now) {
        materials.add(KeyMaterial.generate(spec().secretBytes(), random, now));
    }

    /** Takes over the material of a related multi-Region key. */
    synchronized void adopt(List<KeyMaterial> of) {
        materials.clear();
        materials.addAll(of);
    }

    /** Any generation, by its id. */
    synchronized Optional<KeyMaterial> material(String id) {
        return materials.stream().filter(m -> m.id().equals(id)).findFirst();
    }

    /** Oldest first. */
    synchronized List<KeyMaterial> materials() {
        return List.copyOf(materials);
    }

    synchronized List<Grant> grants() {
        return List.copyOf(grants.values());
    }

    synchronized void grant(Grant grant) {
        grants.put(grant.id(), grant);
    }

    synchronized boolean revoke(String grantId) {
        return grants.remove(grantId) != null;
    }

    synchronized NavigableMap<String, String> tags() {
        return new TreeMap<>(tags);
    }

    synchronized void tag(Map<String, String> more) {
        tags.putAll(more);
    }

    synchronized void untag(List<String> names) {
        names.forEach(tags::remove);
    }

    @Override
    public String toString() {
        return arn;
    }

    /** A grant as it was created; the token bridges the time until it is in force everywhere. */
    record Grant(
            String id,
            String token,
            String name,
            String granteePrincipal,
            @Nullable String retiringPrincipal,
            List<String> operations,
            @Nullable Map<String, String> contextEquals,
            @Nullable Map<String, String> contextSubset,
            String issuingAccount,
            Instant created) {
        @Override
        public String toString() {
            return "Grant[" + id + " to " + granteePrincipal + " " + operations + "]";
        }
    }
}
