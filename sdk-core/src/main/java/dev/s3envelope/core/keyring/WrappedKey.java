package dev.s3envelope.core.keyring;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A data key as a wrapping key returned it, stored in the message header. Public information; an immutable value.
 *
 * <p>For KMS the provider id is exactly {@code aws-kms} and the provider info is the key ARN from KMS's response. For a raw keyring the
 * provider id is the key namespace, and the info starts with the key name. Source: AWS Encryption SDK specification,
 * framework/structures, "Encrypted Data Key".
 */
public final class WrappedKey {
    /** The provider id of keys that AWS KMS wrapped. */
    public static final String KMS_PROVIDER = "aws-kms";

    private static final int MAX_FIELD = 65_535;

    private final String providerId;
    private final byte[] providerInfo;
    private final byte[] ciphertext;

    private WrappedKey(String providerId, byte[] providerInfo, byte[] ciphertext) {
        this.providerId = providerId;
        this.providerInfo = providerInfo;
        this.ciphertext = ciphertext;
    }

    /**
     * Returns a wrapped key of these fields; the arrays are copied.
     *
     * @throws IllegalArgumentException if a field takes more than 65,535 bytes
     */
    public static WrappedKey of(String providerId, byte[] providerInfo, byte[] ciphertext) {
        if (providerId.getBytes(StandardCharsets.UTF_8).length > MAX_FIELD
                || providerInfo.length > MAX_FIELD
                || ciphertext.length > MAX_FIELD) {
            throw new IllegalArgumentException("A field of a wrapped key takes at most " + MAX_FIELD + " bytes");
        }
        return new WrappedKey(providerId, providerInfo.clone(), ciphertext.clone());
    }

    /** Returns the key that KMS wrapped under {@code keyArn}, the ARN its response names. */
    public static WrappedKey kms(String keyArn, byte[] ciphertext) {
        return of(KMS_PROVIDER, keyArn.getBytes(StandardCharsets.UTF_8), ciphertext);
    }

    /** Returns the id of the provider that wrapped the key. */
    public String providerId() {
        return providerId;
    }

    /** Returns what the provider needs to find its wrapping key; a copy. */
    public byte[] providerInfo() {
        return providerInfo.clone();
    }

    /** Returns the provider info as UTF-8 text: for KMS the key ARN. */
    public String providerInfoText() {
        return new String(providerInfo, StandardCharsets.UTF_8);
    }

    /** Returns the wrapped data key; a copy. */
    public byte[] ciphertext() {
        return ciphertext.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WrappedKey that
                && providerId.equals(that.providerId)
                && Arrays.equals(providerInfo, that.providerInfo)
                && Arrays.equals(ciphertext, that.ciphertext);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * providerId.hashCode() + Arrays.hashCode(providerInfo)) + Arrays.hashCode(ciphertext);
    }

    /** Names the wrapping key as far as it can be printed. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(providerId).append(':');
        for (byte b : providerInfo) {
            if (b < 0x20 || b > 0x7e) {
                break; // raw AES: key name, then binary lengths
            }
            text.append((char) b);
        }
        return text.toString();
    }
}
