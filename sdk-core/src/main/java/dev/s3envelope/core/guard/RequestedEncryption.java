package dev.s3envelope.core.guard;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.internal.Text;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.DsseKms;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.ServerSideMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The encryption fields a request carries, and the mode they amount to. The one place where a combination that S3 does not
 * have is refused (Amazon S3 API Reference, "PutObject"; Amazon S3 User Guide, "Protecting data with encryption").
 *
 * <p>Immutable. It may hold a customer-provided key, so {@code toString} shows which fields are set and never that key.
 */
public final class RequestedEncryption {
    private final Builder fields;

    private RequestedEncryption(Builder fields) {
        this.fields = fields;
    }

    /** Starts without fields. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether the request carries no encryption field at all. */
    public boolean isEmpty() {
        return fields.isEmpty();
    }

    /**
     * The customer-provided key the request carries, the trio checked; the caller destroys it.
     *
     * @throws IllegalEncryptionException if the trio is incomplete, the algorithm is not {@code AES256}, the key has not 32
     *     bytes, or the MD5 is of another key
     */
    public Optional<SseCKey> customerKey() {
        if (!fields.hasCustomerField()) {
            return Optional.empty();
        }
        if (fields.customerKey == null) {
            throw new IllegalEncryptionException(
                    "The request has an SSE-C algorithm or key MD5 but no key. Give the key too:"
                            + " the algorithm AES256, the base64 of its 32 bytes, and optionally the base64 of its MD5.");
        }
        if (fields.customerAlgorithm == null) {
            throw new IllegalEncryptionException("The request has an SSE-C key but no algorithm. Set it to AES256.");
        }
        if (!SseCKey.ALGORITHM.equals(fields.customerAlgorithm)) {
            throw new IllegalEncryptionException("The SSE-C algorithm is " + Text.quote(fields.customerAlgorithm)
                    + "; S3 has AES256 only, in exactly this spelling.");
        }
        SseCKey key = SseCKey.fromBase64(fields.customerKey);
        if (fields.customerKeyMd5 != null && !equalText(key.md5Base64(), fields.customerKeyMd5)) {
            key.destroy();
            throw new IllegalEncryptionException("The SSE-C key MD5 of the request is not the MD5 of its key."
                    + " Leave it out, and it is computed.");
        }
        return Optional.of(key);
    }

    /**
     * The mode the fields amount to; empty if there is none, that is, the request leaves the choice to others.
     *
     * @throws IllegalEncryptionException if the fields contradict each other or one is malformed
     * @throws dev.s3envelope.core.IllegalKeyException if the key is no key reference
     */
    public Optional<ServerSideMode> mode() {
        if (isEmpty()) {
            return Optional.empty();
        }
        if (fields.hasCustomerField()) {
            return Optional.of(customerMode());
        }
        if (fields.serverSideEncryption == null) {
            throw new IllegalEncryptionException("The request sets " + fields.kmsFields()
                    + " but no server-side encryption. S3 uses them with aws:kms only: set serverSideEncryption to aws:kms"
                    + " (or aws:kms:dsse), or remove them.");
        }
        return Optional.of(
                switch (fields.serverSideEncryption) {
                    case "AES256" -> managedByS3();
                    case "aws:kms" -> kms();
                    case "aws:kms:dsse" -> dsse();
                    default ->
                        throw new IllegalEncryptionException("A request cannot ask for server-side encryption "
                                + Text.quote(fields.serverSideEncryption) + ". Use AES256, aws:kms or aws:kms:dsse.");
                });
    }

    private ServerSideMode customerMode() {
        if (fields.serverSideEncryption != null || fields.hasKmsField()) {
            String other = fields.serverSideEncryption != null
                    ? "server-side encryption " + Text.quote(fields.serverSideEncryption)
                    : fields.kmsFields();
            throw new IllegalEncryptionException("The request has both a customer-provided key (SSE-C) and " + other
                    + ". S3 encrypts an object in one way only: remove one of them.");
        }
        try (SseCKey key = customerKey().orElseThrow()) {
            return EncryptionMode.sseC(SseCKeySource.fixed("the request's own key", key));
        }
    }

    private ServerSideMode managedByS3() {
        if (fields.hasKmsField()) {
            throw new IllegalEncryptionException("The request asks for AES256 (keys managed by S3) and sets "
                    + fields.kmsFields() + ", which only aws:kms has. Use aws:kms, or remove it.");
        }
        return EncryptionMode.sseS3();
    }

    private ServerSideMode kms() {
        SseKms.Builder mode = SseKms.builder().context(context());
        key().ifPresent(mode::key);
        if (fields.bucketKeyEnabled != null) {
            mode.bucketKey(fields.bucketKeyEnabled ? BucketKey.ENABLED : BucketKey.DISABLED);
        }
        return mode.build();
    }

    private ServerSideMode dsse() {
        if (Boolean.TRUE.equals(fields.bucketKeyEnabled)) {
            throw new IllegalEncryptionException("The request asks for a bucket key with aws:kms:dsse, which has none."
                    + " Remove bucketKeyEnabled, or use aws:kms.");
        }
        DsseKms.Builder mode = DsseKms.builder().context(context());
        key().ifPresent(mode::key);
        return mode.build();
    }

    private Optional<KeyReference> key() {
        return Optional.ofNullable(fields.kmsKeyId).map(KeyReference::parse);
    }

    private ContextPairs context() {
        return fields.context == null ? ContextPairs.empty() : ContextPairs.parseHeader(fields.context);
    }

    private static boolean equalText(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "RequestedEncryption[sse=" + fields.serverSideEncryption + ", key=" + fields.kmsKeyId + ", bucketKey="
                + fields.bucketKeyEnabled + ", context=" + (fields.context == null ? "none" : "set") + ", sse-c="
                + (fields.hasCustomerField() ? "set" : "none") + "]";
    }

    /** Builds a {@link RequestedEncryption} from the fields of a request; {@code null} where one is not set. */
    public static final class Builder {
        private @Nullable String serverSideEncryption;
        private @Nullable String kmsKeyId;
        private @Nullable String context;
        private @Nullable Boolean bucketKeyEnabled;
        private @Nullable String customerAlgorithm;
        private @Nullable String customerKey;
        private @Nullable String customerKeyMd5;

        private Builder() {}

        private Builder(Builder other) {
            this.serverSideEncryption = other.serverSideEncryption;
            this.kmsKeyId = other.kmsKeyId;
            this.context = other.context;
            this.bucketKeyEnabled = other.bucketKeyEnabled;
            this.customerAlgorithm = other.customerAlgorithm;
            this.customerKey = other.customerKey;
            this.customerKeyMd5 = other.customerKeyMd5;
        }

        /** Sets {@code x-amz-server-side-encryption}. */
        public Builder serverSideEncryption(@Nullable String value) {
            this.serverSideEncryption = value;
            return this;
        }

        /** Sets {@code x-amz-server-side-encryption-aws-kms-key-id}. */
        public Builder kmsKeyId(@Nullable String value) {
            this.kmsKeyId = value;
            return this;
        }

        /** Sets {@code x-amz-server-side-encryption-context}, in its base64 form. */
        public Builder context(@Nullable String value) {
            this.context = value;
            return this;
        }

        /** Sets {@code x-amz-server-side-encryption-bucket-key-enabled}. */
        public Builder bucketKeyEnabled(@Nullable Boolean value) {
            this.bucketKeyEnabled = value;
            return this;
        }

        /** Sets {@code x-amz-server-side-encryption-customer-algorithm}. */
        public Builder customerAlgorithm(@Nullable String value) {
            this.customerAlgorithm = value;
            return this;
        }

        /** Sets {@code x-amz-server-side-encryption-customer-key}, in its base64 form. */
        public Builder customerKey(@Nullable String value) {
            this.customerKey = value;
            return this;
        }

        /** Sets {@code x-amz-server-side-encryption-customer-key-MD5}. */
        public Builder customerKeyMd5(@Nullable String value) {
            this.customerKeyMd5 = value;
            return this;
        }

        private boolean hasCustomerField() {
            return customerAlgorithm != null || customerKey != null || customerKeyMd5 != null;
        }

        /** A bucket key that is off asks for nothing. */
        private boolean hasKmsField() {
            return kmsKeyId != null || context != null || Boolean.TRUE.equals(bucketKeyEnabled);
        }

        private String kmsFields() {
            if (kmsKeyId != null) {
                return "a KMS key (" + Text.quote(kmsKeyId) + ")";
            }
            return context != null ? "an encryption context" : "a bucket key";
        }

        private boolean isEmpty() {
            return serverSideEncryption == null && !hasKmsField() && !hasCustomerField();
        }

        /** The fields, copied. */
        public RequestedEncryption build() {
            return new RequestedEncryption(new Builder(this));
        }
    }
}
