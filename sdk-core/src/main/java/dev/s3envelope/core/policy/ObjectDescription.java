package dev.s3envelope.core.policy;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.arn.ObjectAddress;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an object before it is written. Immutable.
 *
 * <p>Bucket and key are always known. Everything else may be unknown, which is not the same as absent: the size of a
 * multipart upload is unknown when it is created, while a PutObject without tags is known to have none. A rule that asks for an
 * unknown fact does not match.
 */
public final class ObjectDescription {
    private final ObjectAddress address;
    private final OptionalLong size;
    private final Optional<String> contentType;
    private final @Nullable Map<String, String> metadata;
    private final @Nullable Map<String, String> tags;

    private ObjectDescription(Builder builder) {
        this.address = builder.address;
        this.size = builder.size;
        this.contentType = Optional.ofNullable(builder.contentType);
        this.metadata = builder.metadata;
        this.tags = builder.tags;
    }

    /** An object of which only the address is known. */
    public static ObjectDescription of(String bucket, String key) {
        return builder(bucket, key).build();
    }

    /** Starts from the address; everything else is unknown until it is set. */
    public static Builder builder(String bucket, String key) {
        return new Builder(new ObjectAddress(bucket, key));
    }

    /** Where the object is. */
    public ObjectAddress address() {
        return address;
    }

    /** The bucket field of the request. */
    public String bucket() {
        return address.bucket();
    }

    /** The object key. */
    public String key() {
        return address.key();
    }

    /** The length in bytes as the application gives it, before any client-side encryption; empty if unknown. */
    public OptionalLong size() {
        return size;
    }

    /** The content type of the request; empty if it has none. */
    public Optional<String> contentType() {
        return contentType;
    }

    /** The user metadata, names in lower case as S3 keeps them; empty if unknown. */
    public Optional<Map<String, String>> metadata() {
        return Optional.ofNullable(metadata);
    }

    /** The object tags; empty if unknown. */
    public Optional<Map<String, String>> tags() {
        return Optional.ofNullable(tags);
    }

    /** The address, then what is known besides. Metadata and tags are given by name only. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(address.toString());
        size.ifPresent(bytes -> out.append(", ").append(bytes).append(" bytes"));
        contentType.ifPresent(type -> out.append(", ").append(type));
        if (metadata != null && !metadata.isEmpty()) {
            out.append(", metadata ").append(metadata.keySet());
        }
        if (tags != null && !tags.isEmpty()) {
            out.append(", tags ").append(tags.keySet());
        }
        return out.toString();
    }

    /** Builds an {@link ObjectDescription}. Not safe for use by several threads. */
    public static final class Builder {
        private final ObjectAddress address;
        private OptionalLong size = OptionalLong.empty();
        private @Nullable String contentType;
        private @Nullable Map<String, String> metadata;
        private @Nullable Map<String, String> tags;

        private Builder(ObjectAddress address) {
            this.address = address;
        }

        /** Sets the length in bytes. */
        public Builder size(long bytes) {
            if (bytes < 0) {
                throw new EnvelopeException("The size of " + address + " is negative: " + bytes + ".");
            }
            this.size = OptionalLong.of(bytes);
            return this;
        }

        /** Sets the content type; {@code null} where the request has none. */
        public Builder contentType(@Nullable String contentType) {
            this.contentType = contentType;
            return this;
        }

        /** Sets the user metadata, without the {@code x-amz-meta-} prefix; an empty map says that there is none. */
        public Builder metadata(Map<String, String> metadata) {
            Map<String, String> lowerCase = new TreeMap<>();
            metadata.forEach((name, value) -> lowerCase.put(name.toLowerCase(Locale.ROOT), value));
            this.metadata = Collections.unmodifiableMap(lowerCase);
            return this;
        }

        /** Sets the object tags; an empty map says that there are none. */
        public Builder tags(Map<String, String> tags) {
            this.tags = Collections.unmodifiableMap(new TreeMap<>(tags));
            return this;
        }

        /** The description. */
        public ObjectDescription build() {
            return new ObjectDescription(this);
        }
    }
}
