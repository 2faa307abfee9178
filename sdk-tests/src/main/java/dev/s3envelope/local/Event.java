package dev.s3envelope.local;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one request asked of LocalAws and how it ended, in the manner of a CloudTrail record.
 *
 * <p>A call that S3 made to KMS for a requester is an event of its own, with the requester as its principal, {@link #viaService()}
 * set, and the request id of the S3 request. Events never hold secrets: no key bytes, no ciphertext, no secret access key, no
 * signature. Immutable.
 */
public final class Event {
    private final Instant time;
    private final String requestId;
    private final String service;
    private final String operation;
    private final String region;
    private final @Nullable String principalArn;
    private final @Nullable String accountId;
    private final @Nullable String accessKeyId;
    private final @Nullable String resource;
    private final Map<String, String> encryptionContext;
    private final @Nullable String viaService;
    private final boolean secure;
    private final int status;
    private final @Nullable String errorCode;
    private final @Nullable String errorMessage;
    private final List<String> evidence;
    private final Map<String, String> details;

    private Event(Builder from) {
        this.time = from.time;
        this.requestId = from.requestId;
        this.service = from.service;
        this.operation = from.operation;
        this.region = from.region;
        this.principalArn = from.principalArn;
        this.accountId = from.accountId;
        this.accessKeyId = from.accessKeyId;
        this.resource = from.resource;
        this.encryptionContext = Collections.unmodifiableMap(new TreeMap<>(from.encryptionContext));
        this.viaService = from.viaService;
        this.secure = from.secure;
        this.status = from.status;
        this.errorCode = from.errorCode;
        this.errorMessage = from.errorMessage;
        this.evidence = List.copyOf(from.evidence);
        this.details = Collections.unmodifiableMap(new LinkedHashMap<>(from.details));
    }

    /** Starts an event of {@code operation} of {@code service} ({@code s3}, {@code kms} or {@code sts}). */
    public static Builder builder(Instant time, String requestId, String service, String operation) {
        return new Builder(time, requestId, service, operation);
    }

    /** When the request was answered, by the clock of the LocalAws instance. */
    public Instant time() {
        return time;
    }

    /** The id that the answer carried; a KMS call made by S3 shares the id of the S3 request. */
    public String requestId() {
        return requestId;
    }

    /** {@code s3}, {@code kms} or {@code sts}. */
    public String service() {
        return service;
    }

    /** The API operation, for example {@code GetObject} or {@code GenerateDataKey}. */
    public String operation() {
        return operation;
    }

    /** The Region the request was signed for; empty text for an anonymous request. */
    public String region() {
        return region;
    }

    /** The ARN of the caller (of the session, for an assumed role); empty for an anonymous request. */
    public Optional<String> principalArn() {
        return Optional.ofNullable(principalArn);
    }

    /** The caller's account. */
    public Optional<String> accountId() {
        return Optional.ofNullable(accountId);
    }

    /** The access key id that signed the request. */
    public Optional<String> accessKeyId() {
        return Optional.ofNullable(accessKeyId);
    }

    /** The ARN of the bucket, object, KMS key or role that was asked for, once it was known. */
    public Optional<String> resource() {
        return Optional.ofNullable(resource);
    }

    /** The encryption context of a KMS call, sorted by name; empty if there was none. */
    public Map<String, String> encryptionContext() {
        return encryptionContext;
    }

    /** The service that called for the principal, for example {@code s3.eu-west-1.amazonaws.com}. */
    public Optional<String> viaService() {
        return Optional.ofNullable(viaService);
    }

    /** Whether the request came over TLS. */
    public boolean secure() {
        return secure;
    }

    /** The HTTP status of the answer; for a KMS call made by S3, the status KMS would have given. */
    public int status() {
        return status;
    }

    /** The AWS error code, for example {@code AccessDeniedException}; empty if the request succeeded. */
    public Optional<String> errorCode() {
        return Optional.ofNullable(errorCode);
    }

    /** The error message; empty if the request succeeded. */
    public Optional<String> errorMessage() {
        return Optional.ofNullable(errorMessage);
    }

    /** Whether the request succeeded. A KMS dry run never does. */
    public boolean succeeded() {
        return errorCode == null;
    }

    /** What the authorization rests on, one line for each policy statement, grant or missing permission that counted. */
    public List<String> evidence() {
        return evidence;
    }

    /** Facts of the operation that have no accessor of their own, for example {@code dryRun}, {@code keySpec}, or {@code bytesTransferredOut} of a GetObject. */
    public Map<String, String> details() {
        return details;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder()
                .append(time)
                .append(' ')
                .append(service)
                .append(':')
                .append(operation)
                .append(' ')
                .append(principalArn == null ? "anonymous" : principalArn);
        if (resource != null) {
            text.append(" on ").append(resource);
        }
        if (viaService != null) {
            text.append(" via ").append(viaService);
        }
        if (!encryptionContext.isEmpty()) {
            text.append(" context ").append(encryptionContext);
        }
        return text.append(" -> ")
                .append(status)
                .append(errorCode == null ? "" : " " + errorCode)
                .toString();
    }

    /** Collects the facts of one event; not thread-safe. */
    public static final class Builder {
        private final Instant time;
        private final String requestId;
        private final String service;
        private final String operation;
        private String region = "";
        private @Nullable String principalArn;
        private @Nullable String accountId;
        private @Nullable String accessKeyId;
        private @Nullable String resource;
        private Map<String, String> encryptionContext = Map.of();
        private @Nullable String viaService;
        private boolean secure;
        private int status = 200;
        private @Nullable String errorCode;
        private @Nullable String errorMessage;
        private List<String> evidence = List.of();
        private final Map<String, String> details = new LinkedHashMap<>();

        private Builder(Instant time, String requestId, String service, String operation) {
            this.time = Objects.requireNonNull(time);
            this.requestId = Objects.requireNonNull(requestId);
            this.service = Objects.requireNonNull(service);
            this.operation = Objects.requireNonNull(operation);
        }

        public Builder region(String value) {
            this.region = value;
            return this;
        }

        /** Who called; all null for an anonymous request. */
        public Builder caller(
                @Nullable String principalArnOrNull,
                @Nullable String accountIdOrNull,
                @Nullable String accessKeyIdOrNull) {
            this.principalArn = principalArnOrNull;
            this.accountId = accountIdOrNull;
            this.accessKeyId = accessKeyIdOrNull;
            return this;
        }

        public Builder resource(@Nullable String arn) {
            this.resource = arn;
            return this;
        }

        public Builder encryptionContext(Map<String, String> value) {
            this.encryptionContext = Map.copyOf(value);
            return this;
        }

        public Builder viaService(@Nullable String value) {
            this.viaService = value;
            return this;
        }

        public Builder secure(boolean value) {
            this.secure = value;
            return this;
        }

        /** The outcome of a request that succeeded. */
        public Builder status(int value) {
            this.status = value;
            return this;
        }

        /** The outcome of a request that failed. */
        public Builder error(int httpStatus, String code, String message) {
            this.status = httpStatus;
            this.errorCode = code;
            this.errorMessage = message;
            return this;
        }

        public Builder evidence(List<String> value) {
            this.evidence = List.copyOf(value);
            return this;
        }

        /** Adds one non-secret fact. */
        public Builder detail(String name, String value) {
            this.details.put(name, value);
            return this;
        }

        public Event build() {
            return new Event(this);
        }
    }
}
