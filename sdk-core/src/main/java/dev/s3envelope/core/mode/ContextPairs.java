package dev.s3envelope.core.mode;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.internal.Json;
import dev.s3envelope.core.internal.JsonProblem;
import dev.s3envelope.core.internal.JsonReader;
import dev.s3envelope.core.internal.Text;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.thirdparty.jackson.core.JsonFactory;
import software.amazon.awssdk.thirdparty.jackson.core.JsonGenerator;

/**
 * The pairs a mode adds to the encryption context: of S3's calls to KMS, or of a client-side message ({@link
 * dev.s3envelope.core.keyring.EncryptionContext}). Immutable, sorted by the UTF-8 form of the keys.
 *
 * <p>Keys are not empty and do not begin with {@code aws:} in any case, for {@code aws:s3:arn} is added by S3, or by this SDK; keys and
 * values have a UTF-8 form. The header form ({@code x-amz-server-side-encryption-context}) is the base64 of a JSON object of
 * strings (Amazon S3 API Reference, "PutObject"), at most 8192 characters, since S3 takes no more than 8 KB of request headers.
 *
 * <p>The pairs are not secret: S3 stores them with the object and KMS writes them to CloudTrail in the clear. So they may appear in
 * logs and messages, and nothing confidential belongs into them.
 */
public final class ContextPairs {
    private static final int LONGEST_HEADER = 8192;
    private static final ContextPairs EMPTY = new ContextPairs(new TreeMap<>());
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final Comparator<String> BY_UTF8 =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private final SortedMap<String, String> pairs;

    private ContextPairs(SortedMap<String, String> pairs) {
        this.pairs = Collections.unmodifiableSortedMap(pairs);
    }

    /** No pairs. */
    public static ContextPairs empty() {
        return EMPTY;
    }

    /** One pair. */
    public static ContextPairs of(String key, String value) {
        return of(Map.of(key, value));
    }

    /**
     * The pairs of the map, copied.
     *
     * @throws IllegalEncryptionException if a key is empty, begins with {@code aws:}, a text has no UTF-8 form, or all is too
     *     long for the header
     */
    public static ContextPairs of(Map<String, String> pairs) {
        if (pairs.isEmpty()) {
            return EMPTY;
        }
        SortedMap<String, String> sorted = new TreeMap<>(BY_UTF8);
        pairs.forEach((key, value) -> {
            check(key, value);
            sorted.put(key, value);
        });
        ContextPairs context = new ContextPairs(sorted);
        int length = context.headerValue().length();
        if (length > LONGEST_HEADER) {
            throw new IllegalEncryptionException("The encryption context takes " + length
                    + " characters as a header; S3 takes at most " + LONGEST_HEADER + ". Shorten its values.");
        }
        return context;
    }

    private static void check(String key, String value) {
        if (key.isEmpty()) {
            throw new IllegalEncryptionException(
                    "An encryption context key is empty (its value: " + Text.quote(value) + ").");
        }
        if (key.toLowerCase(Locale.ROOT).startsWith("aws:")) {
            throw new IllegalEncryptionException(
                    "Encryption context key " + Text.quote(key)
                            + " begins with \"aws:\", which AWS reserves; S3 adds aws:s3:arn by itself. Leave it out or rename it.");
        }
        if (!Text.isWellFormed(key) || !Text.isWellFormed(value)) {
            throw new IllegalEncryptionException(
                    "Encryption context pair " + Text.quote(key) + " has an unpaired surrogate and so no UTF-8 form.");
        }
    }

    /**
     * Reads the header form.
     *
     * @throws IllegalEncryptionException if it is not canonical base64 of UTF-8 JSON holding one object of strings, repeats a
     *     key, or holds pairs that {@link #of(Map)} refuses
     */
    public static ContextPairs parseHeader(String header) {
        if (header.length() > LONGEST_HEADER) {
            throw malformed("it has " + header.length() + " characters, more than " + LONGEST_HEADER, null);
        }
        Json json;
        try {
            byte[] bytes = Base64.getDecoder().decode(header);
            if (!Base64.getEncoder().encodeToString(bytes).equals(header)) {
                throw malformed("it is not canonical base64 (padding or trailing bits)", null);
            }
            json = JsonReader.read(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (JsonProblem e) {
            throw malformed(e.why() + " (at " + e.place().path() + ")", e);
        } catch (CharacterCodingException e) {
            throw malformed("what it encodes is not UTF-8", e);
        } catch (IllegalArgumentException e) {
            throw malformed("it is not base64: " + e.getMessage(), e);
        }
        if (!(json instanceof Json.Obj object)) {
            throw malformed("it holds " + json.kind() + " instead of an object", null);
        }
        Map<String, String> pairs = new LinkedHashMap<>();
        object.members().forEach((key, value) -> {
            if (!(value instanceof Json.Str string)) {
                throw malformed(
                        "the value of " + Text.quote(key) + " is " + value.kind() + " instead of a string", null);
            }
            pairs.put(key, string.value());
        });
        return of(pairs);
    }

    private static IllegalEncryptionException malformed(String why, @Nullable Throwable cause) {
        return new IllegalEncryptionException(
                "Malformed encryption context header: " + why
                        + ". Expected the base64 of UTF-8 JSON, one object with string values.",
                cause);
    }

    /** The pairs, unmodifiable, in the order of the keys' UTF-8 form. */
    public SortedMap<String, String> asMap() {
        return pairs;
    }

    /** Whether there is no pair. */
    public boolean isEmpty() {
        return pairs.isEmpty();
    }

    /** The header form; equal contexts have the same. */
    public String headerValue() {
        return Base64.getEncoder().encodeToString(json().getBytes(StandardCharsets.UTF_8));
    }

    private String json() {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            for (Map.Entry<String, String> pair : pairs.entrySet()) {
                json.writeStringField(pair.getKey(), pair.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ContextPairs that && pairs.equals(that.pairs);
    }

    @Override
    public int hashCode() {
        return pairs.hashCode();
    }

    /** The pairs as JSON. */
    @Override
    public String toString() {
        return json();
    }
}
