package dev.s3envelope.core.keyring;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IntegrityException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The encryption context: non-secret key-value pairs bound to a wrapped key, and visible in CloudTrail.
 *
 * <p>An immutable value, sorted as it is serialized: by key, as unsigned UTF-8 bytes.
 *
 * <pre>{@code
 * serialized   count 2 | per pair: key length 2, key, value length 2, value      (big-endian; empty context: no bytes)
 * }</pre>
 *
 * <p>{@link #of(Map)} is strict, for what we write: what every reader and KMS accept. {@link #parse(byte[])} takes all that the
 * format allows, for what others wrote. Source: AWS Encryption SDK specification, framework/structures, "Encryption Context".
 */
public final class EncryptionContext {
    /** Keys that start with this belong to the message format. */
    public static final String RESERVED_PREFIX = "aws-crypto-";

    /** The reserved key that holds the verification key of a signed message. */
    public static final String PUBLIC_KEY = "aws-crypto-public-key";

    private static final int MAX_TEXT = 32_767;
    private static final int MAX_SERIALIZED = 65_535;
    private static final EncryptionContext EMPTY = new EncryptionContext(Map.of(), new byte[0]);

    private final Map<String, String> pairs;
    private final byte[] serialized;

    private EncryptionContext(Map<String, String> pairs, byte[] serialized) {
        this.pairs = pairs;
        this.serialized = serialized;
    }

    /** Returns the context without pairs. */
    public static EncryptionContext empty() {
        return EMPTY;
    }

    /**
     * Returns the context of these pairs, for writing.
     *
     * @throws IllegalEncryptionException if a key or value is empty, longer than 32,767 bytes or not valid Unicode, if a key starts with
     *     {@value #RESERVED_PREFIX}, or if all together take more than 65,535 bytes
     */
    public static EncryptionContext of(Map<String, String> pairs) {
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            checkText("key", pair.getKey(), pair.getKey());
            checkText("value", pair.getKey(), pair.getValue());
            if (pair.getKey().startsWith(RESERVED_PREFIX)) {
                throw new IllegalEncryptionException(
                        "The encryption context key \"" + pair.getKey() + "\" is reserved: keys starting with "
                                + RESERVED_PREFIX + " belong to the message format. Use another key.");
            }
        }
        return canonical(pairs);
    }

    /**
     * Reads a serialized context as any writer may have produced it.
     *
     * @throws IntegrityException if it is malformed: a wrong length or count, a duplicate key, bytes that are not UTF-8
     */
    public static EncryptionContext parse(byte[] serialized) {
        if (serialized.length == 0) {
            return EMPTY;
        }
        ByteBuffer in = ByteBuffer.wrap(serialized);
        int count = unsignedShort(in);
        if (count == 0) {
            throw malformed("it announces no pairs");
        }
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = text(in);
            if (pairs.put(key, text(in)) != null) {
                throw malformed("a key occurs twice");
            }
        }
        if (in.hasRemaining()) {
            throw malformed("bytes follow the last pair");
        }
        return canonical(pairs);
    }

    /** Returns the pairs, sorted, unmodifiable. */
    public Map<String, String> asMap() {
        return pairs;
    }

    /** Returns the value of this key, if present. */
    public Optional<String> get(String key) {
        return Optional.ofNullable(pairs.get(key));
    }

    /** Returns whether there are no pairs. */
    public boolean isEmpty() {
        return pairs.isEmpty();
    }

    /** Returns the serialized form; a new array. */
    public byte[] serialize() {
        return serialized.clone();
    }

    /** Returns the bytes of the serialized form. */
    public int serializedLength() {
        return serialized.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EncryptionContext that && Arrays.equals(serialized, that.serialized);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(serialized);
    }

    @Override
    public String toString() {
        return pairs.toString();
    }

    private static EncryptionContext canonical(Map<String, String> pairs) {
        if (pairs.isEmpty()) {
            return EMPTY;
        }
        Map<byte[], byte[]> sorted = new TreeMap<>(Arrays::compareUnsigned);
        pairs.forEach((key, value) ->
                sorted.put(key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)));
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        putShort(out, sorted.size());
        Map<String, String> ordered = new LinkedHashMap<>();
        sorted.forEach((key, value) -> {
            putShort(out, key.length);
            out.writeBytes(key);
            putShort(out, value.length);
            out.writeBytes(value);
            ordered.put(new String(key, StandardCharsets.UTF_8), new String(value, StandardCharsets.UTF_8));
        });
        if (out.size() > MAX_SERIALIZED) {
            throw new IllegalEncryptionException("The encryption context takes " + out.size()
                    + " bytes; the message format has room for " + MAX_SERIALIZED + ". Shorten it.");
        }
        return new EncryptionContext(Collections.unmodifiableMap(ordered), out.toByteArray());
    }

    private static void checkText(String what, String key, String text) {
        CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
        if (text.isEmpty() || !encoder.canEncode(text)) {
            throw new IllegalEncryptionException("The encryption context has an empty or malformed " + what
                    + " at key \"" + key + "\"; other readers of the format refuse that. Give both key and value.");
        }
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT) {
            throw new IllegalEncryptionException(
                    "The encryption context has a " + what + " of more than " + MAX_TEXT + " bytes; shorten it.");
        }
    }

    private static String text(ByteBuffer in) {
        int length = unsignedShort(in);
        if (length > in.remaining()) {
            throw malformed("it ends early");
        }
        ByteBuffer slice = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
        } catch (CharacterCodingException e) {
            throw malformed("a text is not UTF-8");
        }
    }

    private static int unsignedShort(ByteBuffer in) {
        if (in.remaining() < Short.BYTES) {
            throw malformed("it ends early");
        }
        return Short.toUnsignedInt(in.getShort());
    }

    private static void putShort(ByteArrayOutputStream out, int value) {
        out.write(value >>> 8);
        out.write(value);
    }

    private static IntegrityException malformed(String why) {
        return new IntegrityException("The encryption context of the message is malformed: " + why + ".");
    }
}
