package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.message.ContentType;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.core.s3ec.S3ecFormat;
import dev.s3envelope.core.s3ec.S3ecMetadata;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * How an object is encrypted on the client, as its metadata says, or its first bytes, which nothing authenticates: {@code PLAIN} means that nothing says it is.
 *
 * @param kind which format
 * @param hint where a message of ours starts and how long its frames are
 * @param headerLength of a message of ours whose frame length only its header tells: uploads in parts whose size was not known when they began
 * @param byContent whether the first bytes of the object told it, since its metadata says nothing
 */
record StoredForm(Kind kind, Optional<LayoutHint> hint, OptionalInt headerLength, boolean byContent) {
    enum Kind {
        PLAIN,
        MESSAGE,
        S3EC
    }

    StoredForm(Kind kind, Optional<LayoutHint> hint) {
        this(kind, hint, OptionalInt.empty(), false);
    }

    /** Nothing says that it is encrypted. */
    static final StoredForm PLAIN = new StoredForm(Kind.PLAIN, Optional.empty());
    /** Nothing says that it is encrypted, and its first bytes are not those of a message of ours. */
    static final StoredForm PLAIN_BY_CONTENT = new StoredForm(Kind.PLAIN, Optional.empty(), OptionalInt.empty(), true);

    private static final Pattern LATER_VERSION = Pattern.compile("v[0-9]+;.*");

    /**
     * Tells the form from user metadata.
     *
     * @throws OperationRefusedException if it is one that this version does not read
     */
    static StoredForm of(Map<String, String> metadata) {
        String marker = marker(metadata);
        if (marker != null) {
            Optional<LayoutHint> hint = LayoutHint.parse(marker);
            if (hint.isPresent()) {
                return new StoredForm(Kind.MESSAGE, hint);
            }
            OptionalInt headerLength = LayoutHint.markedHeaderLength(marker);
            if (headerLength.isPresent()) {
                return new StoredForm(Kind.MESSAGE, Optional.empty(), headerLength, false);
            }
            if (LATER_VERSION.matcher(marker).matches()) {
                throw new OperationRefusedException(
                        "The object's metadata entry \"" + LayoutHint.METADATA_NAME
                                + "\" is not one this version of the S3 Envelope SDK understands; its bytes are ciphertext. Update the SDK.");
            }
        }
        S3ecFormat s3ec = S3ecFormat.of(metadata);
        return switch (s3ec) {
            case NONE -> PLAIN;
            case V2, V3 -> new StoredForm(Kind.S3EC, Optional.empty());
            case V1, V2_LEGACY, V3_INSTRUCTION_FILE, INSTRUCTION_FILE ->
                throw new OperationRefusedException("The object is in the form " + s3ec
                        + " of the S3 Encryption Client, which is not read: such objects may lack any authentication. Set the"
                        + " builder's legacyUnauthenticatedReads for a whole GET of them, and write them anew. Its bytes were not given"
                        + " out.");
        };
    }

    /**
     * Tells the form of an object that is only described, not read: one that this version does not read counts as {@link #PLAIN}, as S3 describes
     * it.
     */
    static StoredForm described(Map<String, String> metadata) {
        try {
            StoredForm form = of(metadata);
            if (form.kind == Kind.S3EC) {
                S3ecMetadata.parse(metadata);
            }
            return form;
        } catch (OperationRefusedException | IntegrityException notRead) {
            return PLAIN;
        }
    }

    /** Whether metadata says that the bytes are ciphertext, in whatever form, readable or not. An instruction file is none. */
    static boolean announcesCiphertext(Map<String, String> metadata) {
        String marker = marker(metadata);
        if (marker != null
                && (LayoutHint.marks(marker) || LATER_VERSION.matcher(marker).matches())) {
            return true;
        }
        try {
            S3ecFormat format = S3ecFormat.of(metadata);
            return format != S3ecFormat.NONE && format != S3ecFormat.INSTRUCTION_FILE;
        } catch (IntegrityException halfAnEnvelope) {
            return true;
        }
    }

    /** The form of an object without a marker that turned out to be a message; a signed or unframed one has no layout. */
    static StoredForm byContent(MessageHeader header) {
        boolean laidOut =
                header.contentType() == ContentType.FRAMED && !header.suite().signed();
        return new StoredForm(
                Kind.MESSAGE,
                laidOut ? Optional.of(LayoutHint.of(header, OptionalLong.empty())) : Optional.empty(),
                OptionalInt.empty(),
                true);
    }

    /** Whether it is a message whose frames cannot be found, since it is signed or unframed. */
    boolean withoutLayout() {
        return kind == Kind.MESSAGE && hint.isEmpty() && headerLength.isEmpty();
    }

    /** Whether metadata is that of an object that is read only behind the legacy option. */
    static boolean legacy(Map<String, String> metadata) {
        String marker = marker(metadata);
        return (marker == null || LayoutHint.parse(marker).isEmpty())
                && S3ecFormat.of(metadata).legacy();
    }

    /** Whether this is what was learned of an object with that metadata. */
    boolean learnedFrom(StoredForm metadata) {
        return equals(metadata)
                || (kind == Kind.MESSAGE && metadata.headerLength.isPresent())
                || (byContent && metadata.kind == Kind.PLAIN);
    }

    static boolean isMarker(String metadataName) {
        return metadataName.equalsIgnoreCase(LayoutHint.METADATA_NAME);
    }

    private static @org.jspecify.annotations.Nullable String marker(Map<String, String> metadata) {
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            if (isMarker(entry.getKey())) {
                return entry.getValue();
            }
        }
        return null;
    }
}
