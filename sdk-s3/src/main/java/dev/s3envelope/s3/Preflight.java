package dev.s3envelope.s3;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.access.KeyAccess;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectDescription;
import dev.s3envelope.core.policy.ObjectMatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a client finds out before it reads an object under a KMS key, so that a caller whom KMS will not let in is told so, and which gate it is, before
 * anything is fetched.
 *
 * <p>Which key an object is under is taken from what the client saw of it before, else from the policy, else from a HEAD. A verdict is kept for a short time
 * for each principal, key and encryption context, and however many reads wait for one, KMS is asked once. A read that is DENIED is not sent: it fails with an
 * {@link software.amazon.awssdk.services.s3.model.S3Exception} of status 403. One whose verdict is UNKNOWN is sent, and S3 decides. Where the answer to a GET names another key
 * than was asked about, that key is asked about before the caller gets the first byte.
 *
 * <pre>{@code
 * Preflight preflight = Preflight.builder().keyAccess(KmsKeyAccess.of(kms)).build();
 * S3Client s3 = EnvelopeS3Client.builder().wrapping(plain).policy(policy).preflight(preflight).build();
 * }</pre>
 *
 * <p>Immutable; each client that is built with it has verdicts of its own.
 */
public final class Preflight {
    private final @Nullable KeyAccess keyAccess;
    private final PreflightStrategy strategy;
    private final List<Scope> scopes;
    private final Map<String, PreflightStrategy> rules;
    private final Duration lifetime;
    private final Duration denialLifetime;
    private final boolean contextFree;
    private final boolean writes;
    private final LongSupplier ticker;

    private record Scope(ObjectMatcher matcher, PreflightStrategy strategy) {}

    private Preflight(Builder builder) {
        this.keyAccess = builder.keyAccess;
        this.strategy = builder.strategy;
        this.scopes = List.copyOf(builder.scopes);
        this.rules = Map.copyOf(builder.rules);
        this.lifetime = builder.lifetime;
        this.denialLifetime = builder.denialLifetime;
        this.contextFree = builder.contextFree;
        this.writes = builder.writes;
        this.ticker = builder.ticker;
    }

    /** Starts with {@link PreflightStrategy#AUTO}. */
    public static Builder builder() {
        return new Builder();
    }

    /** The strategy for an object: of the first prefix that matches, else of its rule, else of the client. */
    public PreflightStrategy strategy(EncryptionPolicy policy, String bucket, String key) {
        if (scopes.isEmpty() && rules.isEmpty()) {
            return strategy;
        }
        ObjectDescription object = ObjectDescription.of(bucket, key);
        for (Scope scope : scopes) {
            if (scope.matcher().matches(object)) {
                return scope.strategy();
            }
        }
        return rules.isEmpty()
                ? strategy
                : rules.getOrDefault(policy.decide(object).rule().name(), strategy);
    }

    /** Who asks KMS; empty if only S3 is asked. */
    public Optional<KeyAccess> keyAccess() {
        return Optional.ofNullable(keyAccess);
    }

    /** How long a verdict is used. */
    public Duration lifetime() {
        return lifetime;
    }

    /** How long a denial, or that KMS did not answer, is used. */
    public Duration denialLifetime() {
        return denialLifetime;
    }

    /** Whether one verdict serves all encryption contexts of a key. */
    public boolean contextFree() {
        return contextFree;
    }

    /** Whether writes are checked too. */
    public boolean writes() {
        return writes;
    }

    /** Time in nanoseconds. */
    public LongSupplier ticker() {
        return ticker;
    }

    @Override
    public String toString() {
        return "Preflight[" + strategy + ", lifetime=" + lifetime + "]";
    }

    /** Builds a {@link Preflight}. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable KeyAccess keyAccess;
        private PreflightStrategy strategy = PreflightStrategy.AUTO;
        private final List<Scope> scopes = new ArrayList<>();
        private final Map<String, PreflightStrategy> rules = new LinkedHashMap<>();
        private Duration lifetime = Duration.ofSeconds(30);
        private Duration denialLifetime = Duration.ofSeconds(1);
        private boolean contextFree;
        private boolean writes;
        private LongSupplier ticker = System::nanoTime;

        private Builder() {}

        /** Sets who asks KMS, such as {@code KmsKeyAccess}. Required by every strategy but {@link PreflightStrategy#S3_PROBE} and {@link PreflightStrategy#OFF}. */
        public Builder keyAccess(KeyAccess access) {
            this.keyAccess = Objects.requireNonNull(access, "access");
            return this;
        }

        /** Sets the strategy of the client. {@link PreflightStrategy#AUTO} by default. */
        public Builder strategy(PreflightStrategy value) {
            this.strategy = Objects.requireNonNull(value, "value");
            return this;
        }

        /** Sets another strategy for the objects of some buckets or prefixes; the first that matches counts. */
        public Builder strategy(ObjectMatcher objects, PreflightStrategy value) {
            if (!objects.needsOnlyTheAddress()) {
                throw new EnvelopeException("A preflight is chosen by bucket and key alone, not by " + objects + ".");
            }
            scopes.add(new Scope(objects, Objects.requireNonNull(value, "value")));
            return this;
        }

        /** Sets another strategy for the objects of a rule of the policy. */
        public Builder strategyOfRule(String ruleName, PreflightStrategy value) {
            rules.put(Objects.requireNonNull(ruleName, "ruleName"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /**
         * Sets how long a verdict is used; zero asks before every read. 30 seconds by default: for so long a permission that was taken away goes
         * unnoticed here, though not by S3.
         */
        public Builder lifetime(Duration value) {
            this.lifetime = notNegative(value);
            return this;
        }

        /**
         * Sets how long a denial is used, or that KMS did not answer; never longer than {@link #lifetime}. One second by default: a wrong denial keeps a caller out who
         * was just let in, while a wrong permission is corrected by S3.
         */
        public Builder denialLifetime(Duration value) {
            this.denialLifetime = notNegative(value);
            return this;
        }

        /**
         * Declares that no policy or grant on the keys has a condition on the encryption context: one verdict then serves all objects under a key. Otherwise it
         * serves one object, or under a Bucket Key one bucket. False by default.
         */
        public Builder contextFree(boolean declared) {
            this.contextFree = declared;
            return this;
        }

        /**
         * Sets whether GenerateDataKey is dry-run before PutObject, CopyObject and CreateMultipartUpload under a KMS key, and before the last one Decrypt too, which S3 needs for the
         * parts. False by default.
         */
        public Builder writes(boolean checked) {
            this.writes = checked;
            return this;
        }

        /** Sets the clock, in nanoseconds, for tests. {@link System#nanoTime} by default. */
        public Builder ticker(LongSupplier nanoseconds) {
            this.ticker = Objects.requireNonNull(nanoseconds, "nanoseconds");
            return this;
        }

        /**
         * The preflight.
         *
         * @throws EnvelopeException if a strategy or the check of writes asks KMS, and there is nobody to ask
         */
        public Preflight build() {
            boolean asksKms = writes
                    || asksKms(strategy)
                    || scopes.stream().anyMatch(scope -> asksKms(scope.strategy()))
                    || rules.values().stream().anyMatch(Builder::asksKms);
            if (asksKms && keyAccess == null) {
                throw new EnvelopeException(
                        "A preflight that asks KMS needs a keyAccess, such as KmsKeyAccess.of(kms). Without one the strategy is"
                                + " S3_PROBE or OFF.");
            }
            if (denialLifetime.compareTo(lifetime) > 0) {
                denialLifetime = lifetime;
            }
            return new Preflight(this);
        }

        private static boolean asksKms(PreflightStrategy strategy) {
            return strategy != PreflightStrategy.S3_PROBE && strategy != PreflightStrategy.OFF;
        }

        private static Duration notNegative(Duration value) {
            if (value.isNegative()) {
                throw new EnvelopeException("A lifetime is not negative: " + value + ".");
            }
            return value;
        }
    }
}
