package dev.s3envelope.core.advice;

import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.iam.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A principal, what it is to do, and to which objects under which keys. Immutable. */
public final class AccessNeed {
    private final AccessTask task;
    private final Principal principal;
    private final Place place;
    private final @Nullable Place destination;
    private final boolean keysDelegate;

    /**
     * Objects, whose bucket it is, and the keys they are under.
     *
     * @param objects the objects
     * @param bucketAccount the account that owns the bucket; empty if not known, which is treated as another than the principal's
     * @param keys the uses of KMS keys; none under SSE-S3 and SSE-C
     * @param awsManagedKey whether the objects are under {@code aws/s3}, the AWS managed key of the bucket's account
     */
    public record Place(
            ObjectScope objects, Optional<AccountId> bucketAccount, List<KeyUse> keys, boolean awsManagedKey) {
        /** Copies the list. */
        public Place {
            keys = List.copyOf(keys);
        }

        /** Objects in a bucket of an account under these keys. */
        public static Place of(ObjectScope objects, AccountId bucketAccount, KeyUse... keys) {
            return new Place(objects, Optional.of(bucketAccount), List.of(keys), false);
        }
    }

    private AccessNeed(Builder b) {
        this.task = b.task;
        this.principal = b.principal;
        this.place = new Place(b.objects, Optional.ofNullable(b.bucketAccount), b.keys, b.awsManagedKey);
        this.destination = b.destination;
        this.keysDelegate = b.keysDelegate;
    }

    /**
     * Starts a need.
     *
     * @param principal a user, a role or a session of one; for a session the statements name its role
     * @throws IllegalArgumentException for a root user, a service or nobody: no identity-based policy can be written for them
     */
    public static Builder builder(AccessTask task, Principal principal, ObjectScope objects) {
        return new Builder(task, principal, objects);
    }

    public AccessTask task() {
        return task;
    }

    /** Who; a role rather than a session of it. */
    public Principal principal() {
        return principal;
    }

    /** The objects; of a replication, the source. */
    public Place place() {
        return place;
    }

    /** Where replicas go; present exactly for {@link AccessTask#REPLICATE}. */
    public Optional<Place> destination() {
        return Optional.ofNullable(destination);
    }

    /** Whether key policies in the principal's own account let identity-based policies of the account count. */
    public boolean keysDelegate() {
        return keysDelegate;
    }

    /** Collects a need. Not thread-safe. */
    public static final class Builder {
        private final AccessTask task;
        private final Principal principal;
        private final ObjectScope objects;
        private @Nullable AccountId bucketAccount;
        private final List<KeyUse> keys = new ArrayList<>();
        private boolean awsManagedKey;
        private @Nullable Place destination;
        private boolean keysDelegate = true;

        private Builder(AccessTask task, Principal principal, ObjectScope objects) {
            this.task = Objects.requireNonNull(task, "task");
            this.objects = Objects.requireNonNull(objects, "objects");
            this.principal = policyHolder(principal);
        }

        private static Principal policyHolder(Principal principal) {
            return switch (principal.kind()) {
                case USER, ROLE -> principal;
                case ASSUMED_ROLE -> Principal.fromArn(principal.roleArn().orElseThrow());
                default ->
                    throw new IllegalArgumentException(
                            "Advice is for a user or role; " + principal + " can hold no identity-based policy");
            };
        }

        /** Sets the account that owns the bucket; not known by default. */
        public Builder bucketAccount(@Nullable AccountId account) {
            this.bucketAccount = account;
            return this;
        }

        /** Adds uses of KMS keys by the objects; none by default, as under SSE-S3 and SSE-C. */
        public Builder keys(KeyUse... uses) {
            keys.addAll(List.of(uses));
            return this;
        }

        /** Says that the objects are under {@code aws/s3}, whose policy AWS writes: within its account nothing need be allowed. */
        public Builder awsManagedKey() {
            this.awsManagedKey = true;
            return this;
        }

        /** Sets where replicas go. */
        public Builder destination(Place place) {
            this.destination = place;
            return this;
        }

        /**
         * Sets whether key policies leave their account's access to IAM, as the default key policy does (KMS page "Default key policy"); true by
         * default. Where not, the statement for a principal of the key's account goes into the key policy.
         */
        public Builder keysDelegate(boolean delegate) {
            this.keysDelegate = delegate;
            return this;
        }

        /** The need. */
        public AccessNeed build() {
            if ((task == AccessTask.REPLICATE) != (destination != null)) {
                throw new IllegalArgumentException(
                        task == AccessTask.REPLICATE
                                ? "A replication needs a destination"
                                : "Only a replication has a destination");
            }
            return new AccessNeed(this);
        }
    }
}
