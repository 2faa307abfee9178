package dev.s3envelope.kms;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.crypto.SecretBytes;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.WrappedKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.EncryptResponse;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;
import software.amazon.awssdk.services.kms.model.GenerateMacResponse;

/**
 * Takes data keys and MACs out of KMS's answers, and believes nothing of them that was not asked for: another key than the one named, or another length,
 * and nothing of the answer is used. The SDK's copy of a plaintext is zeroed in any case.
 */
final class KmsAnswers {
    /** A new data key, which belongs to the receiver, and its wrapped form. */
    record Made(DataKey dataKey, WrappedKey wrapped) {}

    private KmsAnswers() {}

    static Made made(GenerateDataKeyResponse response, KeyArn asked, int length) {
        DataKey dataKey = take(response.plaintext(), length, "GenerateDataKey", asked);
        try {
            return new Made(dataKey, wrapped(response.keyId(), response.ciphertextBlob(), "GenerateDataKey", asked));
        } catch (KeyringException e) {
            dataKey.close();
            throw e;
        }
    }

    static WrappedKey wrapped(EncryptResponse response, KeyArn asked) {
        return wrapped(response.keyId(), response.ciphertextBlob(), "Encrypt", asked);
    }

    static DataKey opened(DecryptResponse response, KeyArn asked, int length) {
        DataKey key = take(response.plaintext(), length, "Decrypt", asked);
        try {
            checkKey(response.keyId(), "Decrypt", asked);
        } catch (KeyringException e) {
            key.close();
            throw e;
        }
        return key;
    }

    /** The MAC, which belongs to the receiver. */
    static SecretBytes mac(GenerateMacResponse response, KeyArn asked) {
        byte[] shared = response.mac() == null ? new byte[0] : response.mac().asByteArrayUnsafe();
        try {
            checkKey(response.keyId(), "GenerateMac", asked);
            if (shared.length != MacDerivation.MAC_LENGTH) {
                throw new KeyringException("KMS answered GenerateMac under " + asked + " with " + shared.length
                        + " bytes instead of " + MacDerivation.MAC_LENGTH + ". They were not used.");
            }
            return SecretBytes.copyOf("HmacSHA256", shared);
        } finally {
            Arrays.fill(shared, (byte) 0);
        }
    }

    private static WrappedKey wrapped(
            @Nullable String keyId, @Nullable SdkBytes ciphertext, String call, KeyArn asked) {
        checkKey(keyId, call, asked);
        if (ciphertext == null) {
            throw new KeyringException("KMS answered " + call + " under " + asked + " without a wrapped key.");
        }
        return WrappedKey.kms(asked.text(), ciphertext.asByteArrayUnsafe());
    }

    private static void checkKey(@Nullable String keyId, String call, KeyArn asked) {
        if (!asked.text().equals(keyId)) {
            throw new KeyringException("KMS answered " + call + " under " + asked + " with key \"" + keyId
                    + "\". Its answer was not used.");
        }
    }

    /** Moves the key out of the SDK's response, whose copy is zeroed. */
    private static DataKey take(@Nullable SdkBytes plaintext, int length, String call, KeyArn asked) {
        byte[] shared = plaintext == null ? new byte[0] : plaintext.asByteArrayUnsafe();
        try {
            if (shared.length != length) {
                throw new KeyringException("KMS answered " + call + " under " + asked + " with a data key of "
                        + shared.length + " bytes instead of " + length + ". It was not used.");
            }
            return DataKey.copyOf(shared);
        } finally {
            Arrays.fill(shared, (byte) 0);
        }
    }
}
