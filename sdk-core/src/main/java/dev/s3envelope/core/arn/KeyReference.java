package dev.s3envelope.core.arn;

import dev.s3envelope.core.IllegalKeyException;

/**
 * A KMS key as a request may name it. Of the four forms only {@link KeyArn} means the same key whoever asks: the others
 * are completed with the caller's account and Region (AWS KMS API Reference, "KeyId" of DescribeKey; Amazon S3 API
 * Reference, "SSEKMSKeyId" of PutObject), which is why the write guard wants to see an ARN across accounts.
 */
public sealed interface KeyReference permits KeyArn, AliasArn, AliasName, KeyId {
    /** The reference as AWS takes it; {@link #parse} gives an equal value back. */
    String text();

    /** Whether this names a key that AWS made and manages, by a reserved {@code alias/aws/} name. */
    default boolean isReservedAlias() {
        return false;
    }

    /** Whether this is the {@code alias/aws/s3} of some account, that is, the key S3 uses when a request names none. */
    default boolean isAwsManagedS3() {
        return false;
    }

    /**
     * Reads any of the four forms: a key ARN, an alias ARN, {@code alias/name}, or a bare key id.
     *
     * @throws IllegalKeyException if the text is none of them; the message says what is wrong and at which character
     */
    static KeyReference parse(String text) {
        if (text.startsWith("arn:")) {
            KmsArnParser.Parts parts = KmsArnParser.parse(text, "a KMS key or alias ARN");
            return parts.resource().startsWith(AliasName.PREFIX) ? AliasArn.of(text, parts) : KeyArn.of(text, parts);
        }
        if (text.startsWith(AliasName.PREFIX)) {
            return AliasName.parse(text);
        }
        return KeyId.parse(text);
    }
}
