package dev.s3envelope.s3.metrics;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every meter of the SDK: its name, type, unit, tags with all their values, and what it says. {@code docs/metrics.md} holds the same table. Tags never
 * hold a key, a context, a principal, a bucket or an object name.
 */
public enum EnvelopeMeter {
    /** Requests to the data-key cache. */
    CACHE_REQUESTS(
            "s3envelope.cache.requests",
            Type.COUNTER,
            "requests",
            Map.of("use", "encrypt, decrypt", "result", "hit, miss"),
            "Requests for a data key: answered from the cache, or waiting for the keyring."),
    /** Calls of the keyring behind the cache. */
    CACHE_LOADS(
            "s3envelope.cache.loads",
            Type.TIMER,
            "seconds",
            Map.of("use", "encrypt, decrypt", "outcome", "success, failure"),
            "Calls of the keyring, each attempt counted, and how long they took."),
    /** Keys used beyond their age. */
    CACHE_GRACE(
            "s3envelope.cache.grace",
            Type.COUNTER,
            "requests",
            Map.of("use", "encrypt, decrypt"),
            "Requests answered with a key beyond its age, because the keyring fails."),
    /** Denials answered from memory. */
    CACHE_DENIALS(
            "s3envelope.cache.denials",
            Type.COUNTER,
            "requests",
            Map.of("use", "encrypt, decrypt"),
            "Requests answered with a denial that is remembered."),
    /** Keys that left the cache. */
    CACHE_EVICTIONS(
            "s3envelope.cache.evictions",
            Type.COUNTER,
            "keys",
            Map.of("use", "encrypt, decrypt", "cause", "age, usage, size, replaced, invalidated"),
            "Data keys that left the cache, by cause."),
    /** Keys in the cache. */
    CACHE_ENTRIES(
            "s3envelope.cache.entries",
            Type.GAUGE,
            "keys",
            Map.of(),
            "Data keys in the cache, for reading and writing."),
    /** Requests to KMS. */
    KMS_REQUESTS(
            "s3envelope.kms.requests",
            Type.TIMER,
            "seconds",
            Map.of("operation", "name of the KMS operation", "outcome", "success, failure"),
            "Requests to KMS by operation, the AWS SDK's own retries included in their time."),
    /** Objects written and read. */
    OBJECTS(
            "s3envelope.objects",
            Type.COUNTER,
            "objects",
            Map.of("direction", "written, read", "mode", EnvelopeMeter.MODES),
            "Objects written whole, and reads of objects or ranges."),
    /** Plaintext written and read. */
    BYTES(
            "s3envelope.bytes",
            Type.COUNTER,
            "bytes",
            Map.of("direction", "written, read", "mode", EnvelopeMeter.MODES),
            "Plaintext written and read, where its length is announced."),
    /** Verdicts of preflights. */
    PREFLIGHT_VERDICTS(
            "s3envelope.preflight.verdicts",
            Type.COUNTER,
            "verdicts",
            Map.of("verdict", "allowed, denied, unknown", "source", "asked, remembered"),
            "Verdicts of preflights on the KMS gate, and whether KMS or S3 was asked for them.");

    private static final String MODES = "sse-s3, sse-kms, dsse-kms, sse-c, client-side, unknown";

    /** What kind of meter it is. */
    public enum Type {
        /** Goes up. */
        COUNTER,
        /** Goes up and down. */
        GAUGE,
        /** Counts, and measures durations. */
        TIMER
    }

    private final String meterName;
    private final Type type;
    private final String unit;

    @SuppressWarnings("ImmutableEnumChecker") // nothing changes it after the constructor
    private final Map<String, String> tags;

    private final String description;

    EnvelopeMeter(String meterName, Type type, String unit, Map<String, String> tags, String description) {
        this.meterName = meterName;
        this.type = type;
        this.unit = unit;
        this.tags = new TreeMap<>(tags);
        this.description = description;
    }

    /** The name in Micrometer's form, for example {@code s3envelope.cache.requests}. */
    public String meterName() {
        return meterName;
    }

    /** What kind of meter it is. */
    public Type type() {
        return type;
    }

    /** The base unit; of a timer the one most registries publish. */
    public String unit() {
        return unit;
    }

    /** The names of its tags, sorted. */
    public List<String> tags() {
        return List.copyOf(tags.keySet());
    }

    /** What it says, in a sentence. */
    public String description() {
        return description;
    }

    /** All meters as a Markdown table. */
    public static String table() {
        String head = "| meter | type | unit | tags | what it says |\n|---|---|---|---|---|\n";
        return Stream.of(values()).map(EnvelopeMeter::row).collect(Collectors.joining("", head, ""));
    }

    private String row() {
        String listed = tags.entrySet().stream()
                .map(tag -> "`" + tag.getKey() + "`: " + tag.getValue())
                .collect(Collectors.joining("; "));
        return "| `" + meterName + "` | " + type.name().toLowerCase(Locale.ROOT) + " | " + unit + " | " + listed + " | "
                + description + " |\n";
    }
}
