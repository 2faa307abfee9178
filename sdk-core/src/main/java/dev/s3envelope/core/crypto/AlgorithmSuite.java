package dev.s3envelope.core.crypto;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The algorithm suites of the AWS Encryption SDK message format.
 *
 * <p>We write {@link #AES_256_GCM_HKDF_SHA512_COMMIT_KEY} only. The others are read: the signed committing suite always, the
 * nine suites without key commitment (message version 1) only where the reader allows them, because without commitment one
 * ciphertext can be made to decrypt to two plaintexts under two keys.
 *
 * <p>Every suite is AES-GCM with a 12-byte IV and a 16-byte tag. Source: AWS Encryption SDK specification,
 * framework/algorithm-suites.
 */
public enum AlgorithmSuite {
    /** 0x0478: AES-256, HKDF-SHA-512, key commitment. What we write. */
    AES_256_GCM_HKDF_SHA512_COMMIT_KEY(0x0478, 32, Hkdf.Hash.SHA_512, Signing.NONE),
    /** 0x0578: as 0x0478, and an ECDSA P-384 signature over the whole message. */
    AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384(0x0578, 32, Hkdf.Hash.SHA_512, Signing.ECDSA_P384),
    /** 0x0378, without commitment. */
    AES_256_GCM_HKDF_SHA384_ECDSA_P384(0x0378, 32, Hkdf.Hash.SHA_384, Signing.ECDSA_P384),
    /** 0x0346, without commitment. */
    AES_192_GCM_HKDF_SHA384_ECDSA_P384(0x0346, 24, Hkdf.Hash.SHA_384, Signing.ECDSA_P384),
    /** 0x0214, without commitment. */
    AES_128_GCM_HKDF_SHA256_ECDSA_P256(0x0214, 16, Hkdf.Hash.SHA_256, Signing.ECDSA_P256),
    /** 0x0178, without commitment. */
    AES_256_GCM_HKDF_SHA256(0x0178, 32, Hkdf.Hash.SHA_256, Signing.NONE),
    /** 0x0146, without commitment. */
    AES_192_GCM_HKDF_SHA256(0x0146, 24, Hkdf.Hash.SHA_256, Signing.NONE),
    /** 0x0114, without commitment. */
    AES_128_GCM_HKDF_SHA256(0x0114, 16, Hkdf.Hash.SHA_256, Signing.NONE),
    /** 0x0078: no key derivation, no commitment. */
    AES_256_GCM_NO_KDF(0x0078, 32, null, Signing.NONE),
    /** 0x0046: no key derivation, no commitment. */
    AES_192_GCM_NO_KDF(0x0046, 24, null, Signing.NONE),
    /** 0x0014: no key derivation, no commitment. */
    AES_128_GCM_NO_KDF(0x0014, 16, null, Signing.NONE);

    /** Bytes of every GCM initialisation vector. */
    public static final int IV_LENGTH = 12;

    /** Bytes of every GCM authentication tag. */
    public static final int TAG_LENGTH = 16;

    /** The signature at the end of a message, if its suite has one. */
    public enum Signing {
        /** No footer. */
        NONE,
        /** ECDSA over P-256 with SHA-256. */
        ECDSA_P256,
        /** ECDSA over P-384 with SHA-384. */
        ECDSA_P384
    }

    private final int id;
    private final int keyLength;
    private final Optional<Hkdf.Hash> kdf;
    private final Signing signing;

    AlgorithmSuite(int id, int keyLength, Hkdf.@Nullable Hash kdf, Signing signing) {
        this.id = id;
        this.keyLength = keyLength;
        this.kdf = Optional.ofNullable(kdf);
        this.signing = signing;
    }

    /** Returns the suite with this 16-bit identifier, or empty if the format defines none. */
    public static Optional<AlgorithmSuite> of(int id) {
        for (AlgorithmSuite suite : values()) {
            if (suite.id == id) {
                return Optional.of(suite);
            }
        }
        return Optional.empty();
    }

    /** Returns the 16-bit identifier as it stands in message headers. */
    public int id() {
        return id;
    }

    /** Returns the bytes of the data key, and of the content key derived from it: 16, 24 or 32. */
    public int keyLength() {
        return keyLength;
    }

    /** Returns the hash of the key derivation, or empty where the data key encrypts the content itself. */
    public Optional<Hkdf.Hash> keyDerivation() {
        return kdf;
    }

    /** Returns whether one data key may serve several messages: only a suite that derives a key for each. */
    public boolean cacheable() {
        return kdf.isPresent();
    }

    /** Returns whether the header commits to the key, so that a message opens under one key only. */
    public boolean committing() {
        return messageVersion() == 2;
    }

    /** Returns the signature algorithm of the message footer. */
    public Signing signing() {
        return signing;
    }

    /** Returns whether a signature over the whole message follows the body. */
    public boolean signed() {
        return signing != Signing.NONE;
    }

    /** Returns the version of the header layout this suite is used with: 1 or 2. */
    public int messageVersion() {
        return id >= 0x0400 ? 2 : 1;
    }

    /** Returns the bytes of the message id: 16 in version 1, 32 in version 2. */
    public int messageIdLength() {
        return messageVersion() == 2 ? 32 : 16;
    }

    /** Returns the bytes of the key commitment in the header: 32, or 0 without commitment. */
    public int commitmentLength() {
        return committing() ? 32 : 0;
    }

    /** Returns for example {@code 0x0478}. */
    public String hexId() {
        return String.format(Locale.ROOT, "0x%04X", id);
    }
}
