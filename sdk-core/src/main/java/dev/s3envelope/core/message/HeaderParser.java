package dev.s3envelope.core.message;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.WrappedKey;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one message header from bytes as they arrive, however they are cut.
 *
 * <p>{@link #feed} takes no byte beyond the header, so that the rest of the buffer is the body. {@link #bytesNeeded()} says how many more bytes
 * are certainly part of the header. Every limit is enforced as soon as the field that breaks it is read, and no more is ever buffered than
 * {@link HeaderLimits#maxHeaderLength()}. Work is linear in the bytes fed. Not safe for use by several threads.
 */
public final class HeaderParser {
    private enum Step {
        VERSION,
        FIXED_PART,
        CONTEXT_AND_COUNT,
        KEY_FIELD_LENGTH,
        KEY_FIELD,
        TAIL
    }

    private static final int FIELDS_PER_KEY = 3;

    private final HeaderLimits limits;
    private byte[] buffer = new byte[512];
    private int filled;
    private int position;
    private int needed = 1;
    private Step step = Step.VERSION;

    private AlgorithmSuite suite = AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY;
    private EncryptionContext context = EncryptionContext.empty();
    private int contextLength;
    private int keysLeft;
    private final List<byte[]> fields = new ArrayList<>();
    private final List<WrappedKey> wrappedKeys = new ArrayList<>();
    private @Nullable MessageHeader header;

    /** Creates a parser for one header. */
    public HeaderParser(HeaderLimits limits) {
        this.limits = limits;
    }

    /**
     * Takes bytes from {@code in}, none beyond the header.
     *
     * @return whether the header is complete
     * @throws IntegrityException if this is no message header or it breaks a limit; the parser is of no further use
     */
    public boolean feed(ByteBuffer in) {
        while (header == null) {
            int wanted = Math.min(needed - filled, in.remaining());
            reserve(filled + wanted);
            in.get(buffer, filled, wanted);
            filled += wanted;
            if (filled < needed) {
                return false;
            }
            advance();
        }
        return true;
    }

    /** Returns how many more bytes the header has at least; 0 once it is complete. */
    public int bytesNeeded() {
        return header == null ? needed - filled : 0;
    }

    /** Returns the header once it is complete. It is not authenticated. */
    public Optional<MessageHeader> header() {
        return Optional.ofNullable(header);
    }

    /**
     * Parses a header at the start of {@code bytes}, which may go on behind it.
     *
     * @throws IntegrityException if there is no complete, well-formed header within the limits
     */
    public static MessageHeader parse(byte[] bytes, HeaderLimits limits) {
        HeaderParser parser = new HeaderParser(limits);
        parser.feed(ByteBuffer.wrap(bytes));
        return parser.header()
                .orElseThrow(() -> malformed("it ends after " + bytes.length + " bytes, within the header"));
    }

    private void advance() {
        switch (step) {
            case VERSION -> version();
            case FIXED_PART -> fixedPart();
            case CONTEXT_AND_COUNT -> contextAndCount();
            case KEY_FIELD_LENGTH -> keyFieldLength();
            case KEY_FIELD -> keyField();
            case TAIL -> tail();
        }
    }

    private void version() {
        int version = buffer[0];
        if (version == 'A') {
            throw malformed("it looks like Base64 text; decode it first");
        }
        if (version != 1 && version != 2) {
            throw malformed("its first byte is neither 01 nor 02");
        }
        position = 1;
        require(version == 2 ? 2 + 32 + 2 : 1 + 2 + 16 + 2, Step.FIXED_PART);
    }

    private void fixedPart() {
        int version = buffer[0];
        if (version == 1 && buffer[position++] != (byte) 0x80) {
            throw malformed("its type is not 80");
        }
        int id = unsignedShort();
        suite = AlgorithmSuite.of(id)
                .filter(known -> known.messageVersion() == version)
                .orElseThrow(() -> malformed(
                        "version " + version + " has no algorithm suite " + String.format(Locale.ROOT, "0x%04X", id)));
        position += suite.messageIdLength();
        contextLength = unsignedShort();
        if (contextLength > limits.maxContextLength()) {
            throw tooMuch("an encryption context of " + contextLength + " bytes", limits.maxContextLength());
        }
        require(contextLength + Short.BYTES, Step.CONTEXT_AND_COUNT);
    }

    private void contextAndCount() {
        context = EncryptionContext.parse(Arrays.copyOfRange(buffer, position, position + contextLength));
        position += contextLength;
        keysLeft = unsignedShort();
        if (keysLeft == 0) {
            throw malformed("it has no wrapped key");
        }
        if (keysLeft > limits.maxWrappedKeys()) {
            throw tooMuch(keysLeft + " wrapped keys", limits.maxWrappedKeys());
        }
        require(Short.BYTES, Step.KEY_FIELD_LENGTH);
    }

    private void keyFieldLength() {
        require(unsignedShort(), Step.KEY_FIELD);
    }

    private void keyField() {
        fields.add(Arrays.copyOfRange(buffer, position, needed));
        position = needed;
        if (fields.size() == FIELDS_PER_KEY) {
            wrappedKeys.add(WrappedKey.of(utf8(fields.get(0)), fields.get(1), fields.get(2)));
            fields.clear();
            keysLeft--;
        }
        if (keysLeft > 0) {
            require(Short.BYTES, Step.KEY_FIELD_LENGTH);
        } else {
            int tag = AlgorithmSuite.TAG_LENGTH;
            require(suite.committing() ? 1 + 4 + suite.commitmentLength() + tag : 1 + 4 + 1 + 4 + 12 + tag, Step.TAIL);
        }
    }

    private void tail() {
        ByteBuffer in = ByteBuffer.wrap(buffer, position, needed - position);
        int content = in.get();
        if (content != ContentType.FRAMED.code() && content != ContentType.UNFRAMED.code()) {
            throw malformed("its content type is neither 01 nor 02");
        }
        if (!suite.committing() && (in.getInt() != 0 || in.get() != AlgorithmSuite.IV_LENGTH)) {
            throw malformed("a reserved field is not zero or the IV length is not 12");
        }
        int frameLength = in.getInt();
        ContentType type = content == ContentType.FRAMED.code() ? ContentType.FRAMED : ContentType.UNFRAMED;
        if ((type == ContentType.UNFRAMED) != (frameLength == 0)) {
            throw malformed("its frame length does not fit its content type");
        }
        if (frameLength < 0 || frameLength > limits.maxFrameLength()) {
            throw tooMuch("frames of " + Integer.toUnsignedLong(frameLength) + " bytes", limits.maxFrameLength());
        }
        header = new MessageHeader(suite, context, wrappedKeys, type, frameLength, Arrays.copyOf(buffer, needed));
    }

    private void require(int more, Step next) {
        needed = position + more;
        step = next;
        if (needed > limits.maxHeaderLength()) {
            throw tooMuch("a header of at least " + needed + " bytes", limits.maxHeaderLength());
        }
    }

    private void reserve(int length) {
        if (length > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(length, 2 * buffer.length));
        }
    }

    private int unsignedShort() {
        int value = (buffer[position] & 0xff) << 8 | (buffer[position + 1] & 0xff);
        position += Short.BYTES;
        return value;
    }

    private static String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed("a key provider id is not UTF-8");
        }
    }

    private static IntegrityException malformed(String why) {
        return new IntegrityException("This is no message in the AWS Encryption SDK format: " + why + ".");
    }

    private static IntegrityException tooMuch(String what, int limit) {
        return new IntegrityException("The message header asks for " + what + ", the reader's limit is " + limit
                + "; raise HeaderLimits if you trust it.");
    }
}
