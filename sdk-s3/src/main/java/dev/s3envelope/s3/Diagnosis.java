package dev.s3envelope.s3;

import dev.s3envelope.core.access.KeyAccess;
import dev.s3envelope.core.access.PrincipalLookup;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client does to find out why a request was denied; the answer is the {@link dev.s3envelope.core.access.AccessReport} that the exception carries. The
 * exception itself stays the one AWS's answer became.
 *
 * <ul>
 *   <li>{@link #none()}: nothing.
 *   <li>{@link #passive()}, the default: reads the error and the request. No call is made.
 *   <li>{@link #active()}: asks, on the failure path alone, what the error leaves open: HEAD of the object, and, of whom it is given, DescribeKey, a dry run of the
 *       KMS action, and GetCallerIdentity; one call of each kind at most, one after the other. What these fail with becomes evidence, and never takes the place
 *       of the error.
 * </ul>
 *
 * Immutable.
 */
public final class Diagnosis {
    private static final Diagnosis NONE = new Diagnosis(Level.NONE, null, null);
    private static final Diagnosis PASSIVE = new Diagnosis(Level.PASSIVE, null, null);
    private static final Diagnosis ACTIVE = new Diagnosis(Level.ACTIVE, null, null);

    private final Level level;
    private final @Nullable KeyAccess keyAccess;
    private final @Nullable PrincipalLookup principals;

    private Diagnosis(Level level, @Nullable KeyAccess keyAccess, @Nullable PrincipalLookup principals) {
        this.level = level;
        this.keyAccess = keyAccess;
        this.principals = principals;
    }

    /** No reports, those of refusals of this SDK's own and of KMS keyrings apart. */
    public static Diagnosis none() {
        return NONE;
    }

    /** Reports from what is at hand. */
    public static Diagnosis passive() {
        return PASSIVE;
    }

    /** Reports for which S3 is asked with HEAD; give it somebody to ask about keys and principals too. */
    public static Diagnosis active() {
        return ACTIVE;
    }

    /**
     * The same with somebody who asks KMS, such as {@code KmsKeyAccess}.
     *
     * @throws IllegalStateException unless it is {@link #active()}, since no other asks
     */
    public Diagnosis keyAccess(KeyAccess access) {
        return new Diagnosis(asking(), Objects.requireNonNull(access, "access"), principals);
    }

    /**
     * The same with somebody who asks STS, such as {@code StsPrincipalLookup}.
     *
     * @throws IllegalStateException unless it is {@link #active()}, since no other asks
     */
    public Diagnosis principals(PrincipalLookup lookup) {
        return new Diagnosis(asking(), keyAccess, Objects.requireNonNull(lookup, "lookup"));
    }

    /** How far it goes. */
    public Level level() {
        return level;
    }

    /** Who asks KMS. */
    public Optional<KeyAccess> keyAccess() {
        return Optional.ofNullable(keyAccess);
    }

    /** Who asks STS. */
    public Optional<PrincipalLookup> principals() {
        return Optional.ofNullable(principals);
    }

    private Level asking() {
        if (level != Level.ACTIVE) {
            throw new IllegalStateException(
                    "A diagnosis that is " + level + " asks nobody; start with Diagnosis.active().");
        }
        return level;
    }

    @Override
    public String toString() {
        return "Diagnosis[" + level + "]";
    }

    /** How far a diagnosis goes. */
    public enum Level {
        /** No reports. */
        NONE,
        /** Reports without a call. */
        PASSIVE,
        /** Reports for which more is asked. */
        ACTIVE
    }
}
