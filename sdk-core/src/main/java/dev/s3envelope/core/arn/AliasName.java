package dev.s3envelope.core.arn;

import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.internal.Text;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An alias without account and Region, {@code alias/name}. Names are 1 to 256 characters with the prefix, of letters,
 * digits, {@code /}, {@code _} and {@code -}; those beginning {@code alias/aws/} are reserved for the keys that AWS manages
 * (AWS KMS API Reference, "CreateAlias"). AWS looks the alias up in the caller's account and Region.
 *
 * @param text the name with its prefix
 */
public record AliasName(String text) implements KeyReference {
    static final String PREFIX = "alias/";
    static final String RESERVED = "alias/aws/";
    static final String AWS_S3 = "alias/aws/s3";

    private static final int LONGEST = 256;
    private static final Pattern FORM = Pattern.compile("alias/[a-zA-Z0-9/_-]+");

    /**
     * Checks the parts.
     *
     * @throws IllegalKeyException if the text is not an alias name with its prefix
     */
    public AliasName {
        String problem = problem(text);
        if (problem != null) {
            throw KmsArnParser.refusal(text, "a KMS alias name (alias/name)", firstBad(text), problem);
        }
    }

    /** The alias the text spells; the same as the constructor. */
    public static AliasName parse(String text) {
        return new AliasName(text);
    }

    static @Nullable String problem(String name) {
        if (!name.startsWith(PREFIX)) {
            return "it does not start with \"alias/\"";
        }
        if (name.length() == PREFIX.length()) {
            return "the name after \"alias/\" is missing";
        }
        if (name.length() > LONGEST) {
            return "an alias has at most " + LONGEST + " characters, this one " + name.length();
        }
        if (!FORM.matcher(name).matches()) {
            return "an alias has letters, digits, '/', '_' and '-' only, not "
                    + Text.quote(name.charAt(firstBad(name)));
        }
        return null;
    }

    /** The index of the first character that no alias may have, else where its name starts or the limit is passed. */
    static int firstBad(String name) {
        if (!name.startsWith(PREFIX)) {
            return 0;
        }
        for (int i = PREFIX.length(); i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!allowed && c != '/' && c != '_' && c != '-') {
                return i;
            }
        }
        return Math.min(name.length(), LONGEST);
    }

    @Override
    public boolean isReservedAlias() {
        return text.startsWith(RESERVED);
    }

    @Override
    public boolean isAwsManagedS3() {
        return text.equals(AWS_S3);
    }

    @Override
    public String toString() {
        return text;
    }
}
