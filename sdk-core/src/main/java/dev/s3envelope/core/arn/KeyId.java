package dev.s3envelope.core.arn;

import dev.s3envelope.core.IllegalKeyException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The id of a KMS key without account and Region: a UUID, or {@code mrk-} and 32 hexadecimal digits for a multi-Region
 * key. Lower case, as KMS writes it. AWS completes it with the caller's account and Region.
 *
 * @param text the id
 */
public record KeyId(String text) implements KeyReference {
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern MULTI_REGION = Pattern.compile("mrk-[0-9a-f]{32}");

    /**
     * Checks the parts.
     *
     * @throws IllegalKeyException if the text is not a key id
     */
    public KeyId {
        String problem = problem(text);
        if (problem != null) {
            throw KmsArnParser.refusal(
                    text, "a KMS key reference (key ARN, alias ARN, alias/name or key id)", 0, problem);
        }
    }

    /** The key id the text spells; the same as the constructor. */
    public static KeyId parse(String text) {
        return new KeyId(text);
    }

    /** Whether the id is that of a multi-Region key. */
    public boolean isMultiRegion() {
        return text.startsWith("mrk-");
    }

    static @Nullable String problem(String id) {
        if (UUID.matcher(id).matches() || MULTI_REGION.matcher(id).matches()) {
            return null;
        }
        if (id.isEmpty()) {
            return "the key id is missing";
        }
        if (id.startsWith("mrk-")) {
            return "a multi-Region key id is \"mrk-\" and 32 lower-case hexadecimal digits";
        }
        return "a key id is a lower-case UUID, or \"mrk-\" and 32 lower-case hexadecimal digits";
    }

    @Override
    public String toString() {
        return text;
    }
}
