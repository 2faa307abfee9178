package dev.s3envelope.local.internal.s3;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * A bucket: its configuration, its objects with their versions, newest first, and its uploads in progress. Reads are
 * lock-free; whoever changes objects holds the bucket's monitor.
 */
final class Bucket {
    /** S3 lists keys in the order of their UTF-8 bytes, which is the order of code points, not of Java's chars. */
    static final Comparator<String> UTF8_ORDER = Bucket::compareCodePoints;

    private final String name;
    private final String region;
    private final String owner;
    private final long created;
    private volatile BucketConfig config;
    private final NavigableMap<String, List<ObjectVersion>> objects = new ConcurrentSkipListMap<>(UTF8_ORDER);
    private final Map<String, MultipartUpload> uploads = new ConcurrentHashMap<>();

    Bucket(String name, String region, String owner, long created, BucketConfig config) {
        this.name = name;
        this.region = region;
        this.owner = owner;
        this.created = created;
        this.config = config;
    }

    String name() {
        return name;
    }

    String region() {
        return region;
    }

    /** The owner's account id. */
    String owner() {
        return owner;
    }

    long created() {
        return created;
    }

    BucketConfig config() {
        return config;
    }

    void configure(BucketConfig changed) {
        config = changed;
    }

    NavigableMap<String, List<ObjectVersion>> objects() {
        return objects;
    }

    Map<String, MultipartUpload> uploads() {
        return uploads;
    }

    /** The latest version of a key, which may be a delete marker. */
    @Nullable
    ObjectVersion latest(String key) {
        List<ObjectVersion> versions = objects.get(key);
        return versions == null ? null : versions.get(0);
    }

    @Nullable
    ObjectVersion version(String key, String versionId) {
        for (ObjectVersion version : objects.getOrDefault(key, List.of())) {
            if (version.versionId().equals(versionId)) {
                return version;
            }
        }
        return null;
    }

    /** Puts a version in front, replacing one of the same id; answers the one replaced. */
    @Nullable
    ObjectVersion add(ObjectVersion version) {
        ObjectVersion replaced = version(version.key(), version.versionId());
        List<ObjectVersion> versions = new ArrayList<>();
        versions.add(version);
        for (ObjectVersion older : objects.getOrDefault(version.key(), List.of())) {
            if (!older.versionId().equals(version.versionId())) {
                versions.add(older);
            }
        }
        objects.put(version.key(), List.copyOf(versions));
        return replaced;
    }

    /** Exchanges a version for another of the same id, in its place. */
    void exchange(ObjectVersion before, ObjectVersion after) {
        List<ObjectVersion> versions = new ArrayList<>(objects.getOrDefault(before.key(), List.of()));
        versions.replaceAll(version -> version.versionId().equals(before.versionId()) ? after : version);
        objects.put(before.key(), List.copyOf(versions));
    }

    void remove(ObjectVersion version) {
        List<ObjectVersion> versions = new ArrayList<>(objects.getOrDefault(version.key(), List.of()));
        versions.removeIf(other -> other.versionId().equals(version.versionId()));
        if (versions.isEmpty()) {
            objects.remove(version.key());
        } else {
            objects.put(version.key(), List.copyOf(versions));
        }
    }

    private static int compareCodePoints(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean xHigh = Character.isSurrogate(x);
                boolean yHigh = Character.isSurrogate(y);
                return xHigh == yHigh ? Character.compare(x, y) : xHigh ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
