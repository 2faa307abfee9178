package dev.s3envelope.s3;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.s3.internal.legacy.LegacyObjects;
import dev.s3envelope.s3.internal.legacy.S3ecLegacyObjects;
import java.security.KeyPair;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.crypto.SecretKey;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.encryption.s3.materials.AesKeyring;
import software.amazon.encryption.s3.materials.Keyring;
import software.amazon.encryption.s3.materials.KmsKeyring;
import software.amazon.encryption.s3.materials.PartialRsaKeyPair;
import software.amazon.encryption.s3.materials.RsaKeyring;

/**
 * The key for reading old objects of the S3 Encryption Client: its V1 format, contents in AES-CBC, old key wrappings, and objects whose envelope is in an instruction file
 * ({@code <key>.instruction}). amazon-s3-encryption-client-java decrypts them, which the application adds to its dependencies.
 *
 * <p><b>AES-CBC has no authentication.</b> Whoever can write such an object can change its plaintext, and nobody can tell; so can whoever replaces an
 * object's metadata by that of a CBC object. Use this to write the objects anew, and take it away again. Contents with a tag are given out once it is
 * verified.
 *
 * <p>An object is read as a whole and held in memory; a range is taken of the whole. Reading objects without an envelope costs a second request, for the
 * instruction file. Immutable; keys stay the caller's.
 */
public final class LegacyReads {
    /** How long an object may be if nothing else is said: 64 MiB. */
    public static final long DEFAULT_MAX_LENGTH = 64L * 1024 * 1024;

    private static final long LONGEST = Integer.MAX_VALUE - 64L;

    private final Supplier<Object> keyring;
    private final boolean ownCredentials;
    private final long maxLength;

    private LegacyReads(Supplier<Object> keyring, boolean ownCredentials, long maxLength) {
        this.keyring = keyring;
        this.ownCredentials = ownCredentials;
        this.maxLength = maxLength;
    }

    /** Objects whose data keys an AES key wraps. */
    public static LegacyReads aes(SecretKey key) {
        return new LegacyReads(() -> Peer.aes(key), false, DEFAULT_MAX_LENGTH);
    }

    /** Objects whose data keys an RSA key wraps; the private one reads. */
    public static LegacyReads rsa(KeyPair keys) {
        return new LegacyReads(() -> Peer.rsa(keys), false, DEFAULT_MAX_LENGTH);
    }

    /** Objects whose data keys a KMS key wraps. Requests that bring credentials along are refused: this client's are used for KMS. */
    public static LegacyReads kms(KmsClient client, String keyArn) {
        return new LegacyReads(() -> Peer.kms(client, keyArn), true, DEFAULT_MAX_LENGTH);
    }

    /**
     * The same with another limit of what is read: an object is in memory up to three times while it is decrypted.
     *
     * @throws IllegalArgumentException unless it is positive and an array can be as long
     */
    public LegacyReads withMaxLength(long bytes) {
        if (bytes < 1 || bytes > LONGEST) {
            throw new IllegalArgumentException("An object in memory has 1 to " + LONGEST + " bytes, not " + bytes);
        }
        return new LegacyReads(keyring, ownCredentials, bytes);
    }

    /** Reads with what is configured here; fails where the library is missing. */
    LegacyObjects objects(Executor blocking) {
        try {
            return Peer.objects(keyring.get(), ownCredentials, maxLength, blocking);
        } catch (NoClassDefFoundError e) {
            throw new EnvelopeException(
                    "Legacy reads need the library software.amazon.encryption.s3:amazon-s3-encryption-client-java. Add it to the"
                            + " dependencies of the application, or leave the option out.",
                    e);
        }
    }

    /** All that touches the library's classes, so that this class loads without them. */
    private static final class Peer {
        static Keyring aes(SecretKey key) {
            return AesKeyring.builder()
                    .wrappingKey(key)
                    .enableLegacyWrappingAlgorithms(true)
                    .build();
        }

        static Keyring rsa(KeyPair keys) {
            return RsaKeyring.builder()
                    .wrappingKeyPair(PartialRsaKeyPair.builder()
                            .publicKey(keys.getPublic())
                            .privateKey(keys.getPrivate())
                            .build())
                    .enableLegacyWrappingAlgorithms(true)
                    .build();
        }

        static Keyring kms(KmsClient client, String keyArn) {
            return KmsKeyring.builder()
                    .kmsClient(client)
                    .wrappingKeyId(keyArn)
                    .enableLegacyWrappingAlgorithms(true)
                    .build();
        }

        static LegacyObjects objects(Object keyring, boolean ownCredentials, long maxLength, Executor blocking) {
            return new S3ecLegacyObjects((Keyring) keyring, ownCredentials, maxLength, blocking);
        }
    }
}
