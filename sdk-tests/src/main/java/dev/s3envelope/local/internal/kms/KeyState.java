package dev.s3envelope.local.internal.kms;

/** The states of a key ("Key states of AWS KMS keys" in the KMS developer guide). */
public enum KeyState {
    ENABLED("Enabled"),
    UPDATING("Updating"),
    DISABLED("Disabled"),
    PENDING_DELETION("PendingDeletion"),
    PENDING_REPLICA_DELETION("PendingReplicaDeletion"),
    PENDING_IMPORT("PendingImport"),
    UNAVAILABLE("Unavailable"),
    CREATING("Creating");

    private final String wireName;

    KeyState(String wireName) {
        this.wireName = wireName;
    }

    /** The name in answers of KMS. */
    public String wireName() {
        return wireName;
    }

    /** The state of a name in answers of KMS. */
    public static KeyState parse(String wireName) {
        for (KeyState state : values()) {
            if (state.wireName.equals(wireName)) {
                return state;
            }
        }
        throw new IllegalArgumentException("not a key state: " + wireName);
    }

    boolean usable() {
        return this == ENABLED || this == UPDATING;
    }

    /** Refuses cryptographic use in the other states. */
    void requireUsable(KmsKey key) {
        switch (this) {
            case ENABLED, UPDATING -> {}
            case DISABLED -> throw KmsErrors.disabled(key);
            case PENDING_DELETION -> throw KmsErrors.invalidState(key.arn() + " is pending deletion.");
            case PENDING_REPLICA_DELETION -> throw KmsErrors.invalidState(key.arn() + " is pending replica deletion.");
            case PENDING_IMPORT -> throw KmsErrors.invalidState(key.arn() + " is pending import.");
            case UNAVAILABLE -> throw KmsErrors.invalidState(key.arn() + " is unavailable.");
            case CREATING -> throw KmsErrors.invalidState(key.arn() + " is creating.");
        }
    }
}
