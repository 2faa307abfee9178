package dev.s3envelope.local.internal.kms;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kinds of keys: what CreateKey takes, and what can be done with them here. */
enum KeySpec {
    SYMMETRIC_DEFAULT("ENCRYPT_DECRYPT", 32, null),
    HMAC_224("GENERATE_VERIFY_MAC", 28, "HmacSHA224"),
    HMAC_256("GENERATE_VERIFY_MAC", 32, "HmacSHA256"),
    HMAC_384("GENERATE_VERIFY_MAC", 48, "HmacSHA384"),
    HMAC_512("GENERATE_VERIFY_MAC", 64, "HmacSHA512"),
    // Asymmetric keys exist by name only: enough to see what refuses them. Their own operations are not served.
    RSA_2048("SIGN_VERIFY", 0, null),
    RSA_3072("SIGN_VERIFY", 0, null),
    RSA_4096("SIGN_VERIFY", 0, null),
    ECC_NIST_P256("SIGN_VERIFY", 0, null),
    ECC_NIST_P384("SIGN_VERIFY", 0, null),
    ECC_NIST_P521("SIGN_VERIFY", 0, null);

    private final String usualUsage;
    private final int secretBytes;
    private final @Nullable String jcaMac;

    KeySpec(String usualUsage, int secretBytes, @Nullable String jcaMac) {
        this.usualUsage = usualUsage;
        this.secretBytes = secretBytes;
        this.jcaMac = jcaMac;
    }

    static KeySpec parse(String name) {
        for (KeySpec spec : values()) {
            if (spec.name().equals(name)) {
                return spec;
            }
        }
        throw KmsErrors.constraint(name, "keySpec", "Member must satisfy enum value set: " + List.of(values()));
    }

    boolean hmac() {
        return jcaMac != null;
    }

    boolean asymmetric() {
        return secretBytes == 0;
    }

    int secretBytes() {
        return secretBytes;
    }

    /** The usage a key of this kind gets; {@code asked} must fit. */
    String usage(@Nullable String asked) {
        if (asked == null) {
            if (this != SYMMETRIC_DEFAULT) {
                throw KmsErrors.validation(
                        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
            }
            return usualUsage;
        }
        boolean fits = asked.equals(usualUsage) || (name().startsWith("RSA") && asked.equals("ENCRYPT_DECRYPT"));
        if (!fits) {
            throw KmsErrors.validation("KeyUsage " + asked + " is not compatible with KeySpec " + this);
        }
        return asked;
    }

    /** {@code HMAC_SHA_256} and so on. */
    String macAlgorithm() {
        return "HMAC_SHA_" + name().substring("HMAC_".length());
    }

    String jcaMac() {
        if (jcaMac == null) {
            throw new IllegalStateException(this + " is not an HMAC key");
        }
        return jcaMac;
    }
}
