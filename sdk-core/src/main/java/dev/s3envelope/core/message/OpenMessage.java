package dev.s3envelope.core.message;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.crypto.CryptoProvider;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A message whose header is authenticated and whose content key is at hand: what {@link MessageEngine} gives, and what all coders of this
 * message are taken from.
 *
 * <p>Safe for use by several threads; the coders are not, but any number of them may work on one message at a time, one per thread. Closing
 * the message destroys its content key: close it when the last coder is done. Coders used after that fail with {@link IllegalStateException}.
 *
 * <p>What a message allows depends on how it was made. {@link MessageEngine#create}: one {@link #encryptor}, or any number of
 * {@link #partEncryptor}s. {@link MessageEngine#resume}: part encryptors. {@link MessageEngine#open}: decryptors only.
 */
public final class OpenMessage implements AutoCloseable {
    /** What the message was made for. */
    enum Purpose {
        CREATED,
        RESUMED,
        READ
    }

    /** How it is written: as a whole or in parts, never both, since both would use the same frame numbers. */
    private enum Writing {
        NOT_YET,
        WHOLE,
        PARTS
    }

    private final CryptoProvider provider;
    private final MessageHeader header;
    private final ContentKeys keys;
    private final Purpose purpose;
    private final long maxUnframedLength;
    private final byte[] messageId;
    private final FrameLedger ledger;
    private final AtomicReference<Writing> writing = new AtomicReference<>(Writing.NOT_YET);

    OpenMessage(
            CryptoProvider provider,
            MessageHeader header,
            ContentKeys keys,
            Purpose purpose,
            long maxUnframedLength,
            FrameLedger ledger) {
        this.provider = provider;
        this.header = header;
        this.keys = keys;
        this.purpose = purpose;
        this.maxUnframedLength = maxUnframedLength;
        this.ledger = ledger;
        this.messageId = header.messageId();
    }

    /** Returns the header, authenticated. For a signed suite it is the signer's word only once the whole message was read. */
    public MessageHeader header() {
        return header;
    }

    /** Returns whether this message was written for that object name. */
    public IdentityCheck identity(MessageIdentity expected) {
        return expected.check(provider, header);
    }

    /**
     * Returns the encryptor of the whole body; once, since a second one would repeat frame numbers. A retry creates a new message instead.
     *
     * @param plaintextLength bytes of the body, if known; then output is given as early as can be, and a body of another length is refused
     * @throws IllegalStateException if this is no newly created message, or an encryptor was taken
     */
    public MessageEncryptor encryptor(OptionalLong plaintextLength) {
        if (purpose != Purpose.CREATED || !writing.compareAndSet(Writing.NOT_YET, Writing.WHOLE)) {
            throw new IllegalStateException(
                    "This message was encrypted already, or was opened for reading; create a new one");
        }
        return new MessageEncryptor(
                frameCipher(), header.encodedView(), header.frameLength(), 1, plaintextLength, true, Optional.empty());
    }

    /**
     * Returns the encryptor of one part of the body for a multipart upload. Parts may be encrypted at the same time and in any order, and the same part
     * again: the {@link #ledger} sees to it that no frame number is used for two plaintexts.
     *
     * @param firstFrame sequence number of the part's first frame: 1 + (plaintext offset of the part) / (frame length). With 1 the header comes first
     * @param plaintextLength bytes of the part; a whole number of frames unless it is the last
     * @param last whether the message ends with this part; with length 0 it is an empty final frame alone
     * @throws IllegalStateException if the message was opened for reading, or its {@link #encryptor} was taken
     * @throws IllegalArgumentException if the part cannot be cut like this
     */
    public MessageEncryptor partEncryptor(long firstFrame, long plaintextLength, boolean last) {
        boolean parts = writing.updateAndGet(now -> now == Writing.WHOLE ? now : Writing.PARTS) == Writing.PARTS;
        if (purpose == Purpose.READ || !parts) {
            throw new IllegalStateException("This message was encrypted as a whole, or was opened for reading");
        }
        if (firstFrame < 1 || plaintextLength < 0 || (!last && plaintextLength % header.frameLength() != 0)) {
            throw new IllegalArgumentException(
                    "A part starts with a frame number from 1, and unless it is the last it is a whole number of frames of "
                            + header.frameLength() + " bytes: got frame " + firstFrame + ", " + plaintextLength
                            + " bytes");
        }
        byte[] prefix = firstFrame == 1 ? header.encodedView() : new byte[0];
        return new MessageEncryptor(
                frameCipher(),
                prefix,
                header.frameLength(),
                firstFrame,
                OptionalLong.of(plaintextLength),
                last,
                Optional.of(ledger));
    }

    /** Returns the record of the parts that were encrypted. */
    public FrameLedger ledger() {
        return ledger;
    }

    /** Returns a decryptor of the whole body, which is fed what follows the header. */
    public MessageDecryptor decryptor() {
        return new MessageDecryptor(provider, header, frameCipher(), maxUnframedLength);
    }

    /**
     * Returns a decryptor of one range of the plaintext, which is fed {@link RangeDecryptor#ciphertext()}.
     *
     * @param layout of the object; see {@link FrameLayout#ofCiphertext}
     * @param plaintext what to read, at least one byte
     * @throws OperationRefusedException if ranges of this message prove nothing: it is signed or unframed
     * @throws IndexOutOfBoundsException if the range is not within the plaintext
     */
    public RangeDecryptor rangeDecryptor(FrameLayout layout, ByteSpan plaintext) {
        checkRangeable(layout);
        return new RangeDecryptor(frameCipher(), layout, plaintext);
    }

    /**
     * Returns a decryptor that is fed the final frame alone and gives no plaintext: when it is done, the length in {@code layout} is proved
     * to be the one the writer gave the message.
     *
     * @throws OperationRefusedException if ranges of this message prove nothing: it is signed or unframed
     */
    public RangeDecryptor lengthProof(FrameLayout layout) {
        checkRangeable(layout);
        return RangeDecryptor.ofFinalFrame(frameCipher(), layout);
    }

    /**
     * Returns the layout of this message in an object of {@code objectLength} bytes.
     *
     * @throws OperationRefusedException if the length of this message does not follow from that: it is signed or unframed
     * @throws dev.s3envelope.core.IntegrityException if no such message has this length
     */
    public FrameLayout layout(long objectLength) {
        checkRangeable();
        return FrameLayout.ofCiphertext(header.length(), header.frameLength(), objectLength);
    }

    /** Destroys the content key. Calling it again changes nothing. */
    @Override
    public void close() {
        keys.close();
    }

    @Override
    public String toString() {
        return "OpenMessage[" + purpose + ", " + header + "]";
    }

    /** Returns a cipher of this message's frames, for one thread. */
    FrameCipher frameCipher() {
        return new FrameCipher(provider, keys.cipher(provider), keys.contentKey(), messageId);
    }

    private void checkRangeable() {
        if (header.contentType() != ContentType.FRAMED || header.suite().signed()) {
            throw new OperationRefusedException("A range of this message cannot be read: "
                    + (header.suite().signed()
                            ? "it is signed (" + header.suite().hexId()
                                    + "), and a part of it proves nothing about the signature"
                            : "its body is unframed, with one tag at its end")
                    + ". Read the whole object instead.");
        }
    }

    private void checkRangeable(FrameLayout layout) {
        checkRangeable();
        if (layout.headerLength() != header.length() || layout.frameLength() != header.frameLength()) {
            throw new IllegalArgumentException("The layout is another message's: " + layout);
        }
    }
}
