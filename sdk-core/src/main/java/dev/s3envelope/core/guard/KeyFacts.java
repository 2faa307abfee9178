package dev.s3envelope.core.guard;

import dev.s3envelope.core.arn.KeyArn;
import java.util.Objects;

/**
 * What KMS says of a key (AWS KMS API Reference, "KeyMetadata"), as far as a write depends on it.
 *
 * @param arn the full ARN
 * @param manager who manages it
 * @param state its state when it was asked for
 * @param symmetricEncryption whether it is a symmetric encryption key, the only kind S3 uses
 */
public record KeyFacts(KeyArn arn, Manager manager, State state, boolean symmetricEncryption) {
    public KeyFacts {
        Objects.requireNonNull(arn, "arn");
        Objects.requireNonNull(manager, "manager");
        Objects.requireNonNull(state, "state");
    }

    /** A symmetric customer key that is enabled. */
    public static KeyFacts enabled(KeyArn arn) {
        return new KeyFacts(arn, Manager.CUSTOMER, State.ENABLED, true);
    }

    /** Who manages a key. */
    public enum Manager {
        /** AWS, for one service in one account; such a key cannot be shared. */
        AWS,
        /** The customer. */
        CUSTOMER,
        /** KMS gave a value this version does not know, or none. */
        UNKNOWN
    }

    /** The states of a key, as KMS names them. */
    public enum State {
        CREATING,
        ENABLED,
        DISABLED,
        PENDING_DELETION,
        PENDING_IMPORT,
        PENDING_REPLICA_DELETION,
        UNAVAILABLE,
        UPDATING,
        /** KMS gave a value this version does not know, or none. */
        UNKNOWN;

        /** Whether KMS encrypts under a key in this state; an unknown state gets the benefit of the doubt. */
        public boolean isUsable() {
            return this == ENABLED || this == UPDATING || this == UNKNOWN;
        }
    }
}
