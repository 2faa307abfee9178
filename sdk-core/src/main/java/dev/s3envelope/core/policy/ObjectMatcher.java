package dev.s3envelope.core.policy;

import dev.s3envelope.core.EnvelopeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Conditions on an object, all of which must hold; one left out always holds. Immutable.
 *
 * <ul>
 *   <li>bucket: one of the patterns matches the bucket field of the request;
 *   <li>key: the key begins with one of the prefixes, or one of the patterns matches it whole;
 *   <li>size: within minimum and maximum, both inclusive, in bytes before any client-side encryption;
 *   <li>content type: one of the patterns matches the type without its parameters, in any case;
 *   <li>user metadata and object tags: each named entry exists and its value matches the pattern. Metadata names are compared
 *       in lower case, tag names as they are.
 * </ul>
 *
 * <p>In patterns for buckets and keys, {@code ?} is one character and {@code *} any number of characters within a segment
 * (neither matches {@code /}), and {@code **} any number across segments. In patterns for values, {@code *} matches {@code /}
 * too. A backslash takes the next character as it is.
 *
 * <p>A condition on a fact that is not known does not hold: a size range does not match an upload whose size is not known.
 */
public final class ObjectMatcher {
    private static final ObjectMatcher ANYTHING = builder().build();

    private final List<Glob> buckets;
    private final List<String> prefixes;
    private final List<Glob> keys;
    private final OptionalLong minSize;
    private final OptionalLong maxSize;
    private final List<Glob> contentTypes;
    private final SortedMap<String, Glob> metadata;
    private final SortedMap<String, Glob> tags;

    private ObjectMatcher(Builder builder) {
        this.buckets = List.copyOf(builder.buckets);
        this.prefixes = List.copyOf(builder.prefixes);
        this.keys = List.copyOf(builder.keys);
        this.minSize = builder.minSize;
        this.maxSize = builder.maxSize;
        this.contentTypes = List.copyOf(builder.contentTypes);
        this.metadata = Collections.unmodifiableSortedMap(new TreeMap<>(builder.metadata));
        this.tags = Collections.unmodifiableSortedMap(new TreeMap<>(builder.tags));
    }

    /** Matches every object. */
    public static ObjectMatcher anything() {
        return ANYTHING;
    }

    /** Starts without conditions. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether there is no condition at all. */
    public boolean isAnything() {
        return buckets.isEmpty() && prefixes.isEmpty() && keys.isEmpty() && needsOnlyTheAddress();
    }

    /** Whether bucket and key alone decide, so that the answer is the same for a read. */
    public boolean needsOnlyTheAddress() {
        return minSize.isEmpty() && maxSize.isEmpty() && contentTypes.isEmpty() && metadata.isEmpty() && tags.isEmpty();
    }

    /** Whether all conditions hold. */
    public boolean matches(ObjectDescription object) {
        return mismatch(object).isEmpty();
    }

    /** The first condition that does not hold and why, or empty if all hold. */
    Optional<String> mismatch(ObjectDescription object) {
        return addressMismatch(object.bucket(), object.key())
                .or(() -> sizeMismatch(object))
                .or(() -> contentTypeMismatch(object))
                .or(() -> entryMismatch("metadata", metadata, object.metadata()))
                .or(() -> entryMismatch("tag", tags, object.tags()));
    }

    /** As {@link #mismatch}, of the conditions on bucket and key only. */
    Optional<String> addressMismatch(String bucket, String key) {
        if (!buckets.isEmpty() && buckets.stream().noneMatch(glob -> glob.matches(bucket))) {
            return Optional.of("bucket " + bucket + " is not " + oneOf(buckets));
        }
        boolean keyMatches = (prefixes.isEmpty() && keys.isEmpty())
                || prefixes.stream().anyMatch(key::startsWith)
                || keys.stream().anyMatch(glob -> glob.matches(key));
        if (!keyMatches) {
            List<String> wanted = new ArrayList<>();
            prefixes.forEach(prefix -> wanted.add("prefix " + prefix));
            keys.forEach(glob -> wanted.add("pattern " + glob));
            return Optional.of("key " + key + " does not match " + oneOf(wanted));
        }
        return Optional.empty();
    }

    private Optional<String> sizeMismatch(ObjectDescription object) {
        if (minSize.isEmpty() && maxSize.isEmpty()) {
            return Optional.empty();
        }
        if (object.size().isEmpty()) {
            return Optional.of("the rule needs the size, which is not known for this object");
        }
        long size = object.size().getAsLong();
        if (minSize.isPresent() && size < minSize.getAsLong()) {
            return Optional.of("size " + size + " is below the minimum " + minSize.getAsLong());
        }
        if (maxSize.isPresent() && size > maxSize.getAsLong()) {
            return Optional.of("size " + size + " is above the maximum " + maxSize.getAsLong());
        }
        return Optional.empty();
    }

    private Optional<String> contentTypeMismatch(ObjectDescription object) {
        if (contentTypes.isEmpty()) {
            return Optional.empty();
        }
        if (object.contentType().isEmpty()) {
            return Optional.of("the rule needs the content type, which is not known for this object");
        }
        String type = mediaType(object.contentType().get());
        return contentTypes.stream().anyMatch(glob -> glob.matches(type))
                ? Optional.empty()
                : Optional.of("content type " + type + " is not " + oneOf(contentTypes));
    }

    private static String mediaType(String contentType) {
        int parameters = contentType.indexOf(';');
        String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
        return type.strip().toLowerCase(Locale.ROOT);
    }

    private static Optional<String> entryMismatch(
            String what, Map<String, Glob> wanted, Optional<Map<String, String>> known) {
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        if (known.isEmpty()) {
            return Optional.of(
                    "the rule needs " + what + " " + wanted.keySet() + ", which is not known for this object");
        }
        for (Map.Entry<String, Glob> entry : wanted.entrySet()) {
            String value = known.get().get(entry.getKey());
            if (value == null) {
                return Optional.of("the object has no " + what + " " + entry.getKey());
            }
            if (!entry.getValue().matches(value)) {
                return Optional.of(
                        "the value of " + what + " " + entry.getKey() + " does not match " + entry.getValue());
            }
        }
        return Optional.empty();
    }

    private static String oneOf(List<?> wanted) {
        return wanted.size() == 1 ? wanted.get(0).toString() : "any of " + wanted;
    }

    /** The patterns for the bucket; empty if any. */
    public List<String> buckets() {
        return buckets.stream().map(Glob::pattern).toList();
    }

    /** The prefixes for the key; with {@link #keyPatterns} empty if any. */
    public List<String> keyPrefixes() {
        return prefixes;
    }

    /** The patterns for the key; with {@link #keyPrefixes} empty if any. */
    public List<String> keyPatterns() {
        return keys.stream().map(Glob::pattern).toList();
    }

    /** The least size in bytes, inclusive. */
    public OptionalLong minSize() {
        return minSize;
    }

    /** The greatest size in bytes, inclusive. */
    public OptionalLong maxSize() {
        return maxSize;
    }

    /** The patterns for the content type; empty if any. */
    public List<String> contentTypes() {
        return contentTypes.stream().map(Glob::pattern).toList();
    }

    /** The patterns for the values of user metadata, by name. */
    public SortedMap<String, String> metadata() {
        return patterns(metadata);
    }

    /** The patterns for the values of object tags, by name. */
    public SortedMap<String, String> tags() {
        return patterns(tags);
    }

    private static SortedMap<String, String> patterns(SortedMap<String, Glob> globs) {
        SortedMap<String, String> patterns = new TreeMap<>();
        globs.forEach((name, glob) -> patterns.put(name, glob.pattern()));
        return Collections.unmodifiableSortedMap(patterns);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ObjectMatcher that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    private List<Object> parts() {
        return List.of(buckets, prefixes, keys, minSize, maxSize, contentTypes, metadata, tags);
    }

    @Override
    public String toString() {
        return isAnything()
                ? "anything"
                : "bucket " + buckets + ", key " + prefixes + keys + ", size " + minSize + ".." + maxSize
                        + ", content type " + contentTypes + ", metadata " + metadata + ", tags " + tags;
    }

    /** Builds an {@link ObjectMatcher}. Not safe for use by several threads. */
    public static final class Builder {
        private final List<Glob> buckets = new ArrayList<>();
        private final List<String> prefixes = new ArrayList<>();
        private final List<Glob> keys = new ArrayList<>();
        private OptionalLong minSize = OptionalLong.empty();
        private OptionalLong maxSize = OptionalLong.empty();
        private final List<Glob> contentTypes = new ArrayList<>();
        private final Map<String, Glob> metadata = new TreeMap<>();
        private final Map<String, Glob> tags = new TreeMap<>();

        private Builder() {}

        /** Adds a bucket name, or a pattern for it. */
        public Builder bucket(String pattern) {
            buckets.add(Glob.path(pattern));
            return this;
        }

        /** Adds a prefix the key may begin with, taken as it is. */
        public Builder keyPrefix(String prefix) {
            if (prefix.isEmpty()) {
                throw new EnvelopeException("An empty key prefix matches every key; leave the condition out instead.");
            }
            prefixes.add(prefix);
            return this;
        }

        /** Adds a pattern the whole key may match. */
        public Builder keyPattern(String pattern) {
            keys.add(Glob.path(pattern));
            return this;
        }

        /** Sets the least size in bytes, inclusive. */
        public Builder minSize(long bytes) {
            minSize = OptionalLong.of(notNegative(bytes));
            return this;
        }

        /** Sets the greatest size in bytes, inclusive. */
        public Builder maxSize(long bytes) {
            maxSize = OptionalLong.of(notNegative(bytes));
            return this;
        }

        private static long notNegative(long bytes) {
            if (bytes < 0) {
                throw new EnvelopeException("A size is not negative: " + bytes + ".");
            }
            return bytes;
        }

        /** Adds a content type such as {@code text/csv}, or a pattern such as {@code image/*}. */
        public Builder contentType(String pattern) {
            contentTypes.add(Glob.flat(pattern.toLowerCase(Locale.ROOT)));
            return this;
        }

        /** Adds a pattern for the value of one entry of the user metadata, named without {@code x-amz-meta-}. */
        public Builder metadata(String name, String pattern) {
            putOnce(metadata, named(name).toLowerCase(Locale.ROOT), pattern);
            return this;
        }

        /** Adds a pattern for the value of one object tag. */
        public Builder tag(String name, String pattern) {
            putOnce(tags, named(name), pattern);
            return this;
        }

        private static void putOnce(Map<String, Glob> entries, String name, String pattern) {
            if (entries.put(name, Glob.flat(pattern)) != null) {
                throw new EnvelopeException("There are two conditions on the metadata entry or tag " + name + ".");
            }
        }

        private static String named(String name) {
            if (name.isEmpty()) {
                throw new EnvelopeException("The name of a metadata entry or tag is empty.");
            }
            return name;
        }

        /**
         * The matcher.
         *
         * @throws EnvelopeException if the minimum size is above the maximum
         */
        public ObjectMatcher build() {
            if (minSize.isPresent() && maxSize.isPresent() && minSize.getAsLong() > maxSize.getAsLong()) {
                throw new EnvelopeException("The minimum size " + minSize.getAsLong() + " is above the maximum size "
                        + maxSize.getAsLong() + ", so no object could match.");
            }
            return new ObjectMatcher(this);
        }
    }
}
