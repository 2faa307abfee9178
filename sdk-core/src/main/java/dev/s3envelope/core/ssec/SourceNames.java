package dev.s3envelope.core.ssec;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.internal.Text;

/** The rule for names of key sources. */
final class SourceNames {
    private SourceNames() {}

    static String require(String name) {
        boolean plain = name.chars().noneMatch(c -> c < 0x20 || c == 0x7f);
        if (name.isBlank() || name.length() > 128 || !plain) {
            throw new IllegalEncryptionException("Not a name for a key source: " + Text.quote(name)
                    + ". Give 1 to 128 characters, none of them a control character.");
        }
        return name;
    }
}
