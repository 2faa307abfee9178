package dev.s3envelope.core.message;

import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.WrappedKey;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The header of a message, as parsed or as written. Public information; an immutable value.
 *
 * <pre>{@code
 * version 2   02 | suite 2 | message id 32 | context length 2, context
 *             | wrapped-key count 2, each {id length 2, id, info length 2, info, ciphertext length 2, ciphertext}
 *             | content type 1 | frame length 4 | commitment 32                          = body
 *             | tag 16
 * version 1   01 | type 80 | suite 2 | message id 16 | context | wrapped keys as above
 *             | content type 1 | reserved 4 | IV length 1 | frame length 4               = body
 *             | IV 12 | tag 16
 * }</pre>
 *
 * <p>A header that came out of a parser is <b>not authenticated</b>: nothing in it may be believed, except to ask a keyring for the data key,
 * until {@link MessageEngine#open} accepted it. Source: AWS Encryption SDK specification, data-format/message-header.
 */
public final class MessageHeader {
    private final AlgorithmSuite suite;
    private final EncryptionContext encryptionContext;
    private final List<WrappedKey> wrappedKeys;
    private final ContentType contentType;
    private final int frameLength;
    private final byte[] encoded;

    MessageHeader(
            AlgorithmSuite suite,
            EncryptionContext encryptionContext,
            List<WrappedKey> wrappedKeys,
            ContentType contentType,
            int frameLength,
            byte[] encoded) {
        this.suite = suite;
        this.encryptionContext = encryptionContext;
        this.wrappedKeys = List.copyOf(wrappedKeys);
        this.contentType = contentType;
        this.frameLength = frameLength;
        this.encoded = encoded;
    }

    /** Returns the algorithm suite. */
    public AlgorithmSuite suite() {
        return suite;
    }

    /** Returns the version of the header layout: 1 or 2. */
    public int version() {
        return suite.messageVersion();
    }

    /** Returns the message id, 16 or 32 bytes; a copy. */
    public byte[] messageId() {
        int from = version() == 2 ? 3 : 4;
        return Arrays.copyOfRange(encoded, from, from + suite.messageIdLength());
    }

    /** Returns the encryption context. */
    public EncryptionContext encryptionContext() {
        return encryptionContext;
    }

    /** Returns the wrapped keys, in their order. */
    public List<WrappedKey> wrappedKeys() {
        return wrappedKeys;
    }

    /** Returns how the body is laid out. */
    public ContentType contentType() {
        return contentType;
    }

    /** Returns the bytes of plaintext in a regular frame; 0 for an unframed body. */
    public int frameLength() {
        return frameLength;
    }

    /** Returns the bytes of the whole header, its tag included: where the body starts. */
    public int length() {
        return encoded.length;
    }

    /** Returns the header as it stands in the message; a copy. */
    public byte[] encoded() {
        return encoded.clone();
    }

    /** Returns what a keyring needs to unwrap this message's data key. */
    public DecryptionMaterialsRequest materialsRequest(Optional<String> cachePartition) {
        return new DecryptionMaterialsRequest(suite, encryptionContext, wrappedKeys, cachePartition);
    }

    /** Returns the key commitment; empty without one. */
    byte[] commitment() {
        int to = bodyLength();
        return Arrays.copyOfRange(encoded, to - suite.commitmentLength(), to);
    }

    /** Returns the IV of the header tag. */
    byte[] tagIv() {
        return version() == 2
                ? new byte[AlgorithmSuite.IV_LENGTH]
                : Arrays.copyOfRange(encoded, bodyLength(), bodyLength() + AlgorithmSuite.IV_LENGTH);
    }

    /** Returns the bytes of the header body, which the tag authenticates. */
    int bodyLength() {
        return encoded.length - AlgorithmSuite.TAG_LENGTH - (version() == 2 ? 0 : AlgorithmSuite.IV_LENGTH);
    }

    /** Returns the array itself: read only. */
    byte[] encodedView() {
        return encoded;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MessageHeader that && Arrays.equals(encoded, that.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return "MessageHeader[" + suite.hexId() + ", " + contentType + ", frame length " + frameLength + ", keys "
                + wrappedKeys + ", context " + encryptionContext + ", " + encoded.length + " bytes]";
    }
}
