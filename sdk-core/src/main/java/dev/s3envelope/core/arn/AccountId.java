package dev.s3envelope.core.arn;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.internal.Text;
import java.util.Optional;

/**
 * A twelve-digit AWS account id.
 *
 * @param digits exactly twelve ASCII digits; leading zeros count
 */
public record AccountId(String digits) {
    /**
     * Checks the parts.
     *
     * @throws EnvelopeException if {@code digits} is anything but twelve ASCII digits
     */
    public AccountId {
        if (!isValid(digits)) {
            throw new EnvelopeException("Not an AWS account id: " + Text.quote(digits)
                    + ". An account id is exactly 12 digits, such as 111122223333.");
        }
    }

    /** The account id the text spells; the same as the constructor. */
    public static AccountId of(String digits) {
        return new AccountId(digits);
    }

    /** The account id, or empty where the text is none. */
    public static Optional<AccountId> tryParse(String text) {
        return isValid(text) ? Optional.of(new AccountId(text)) : Optional.empty();
    }

    static boolean isValid(String text) {
        return text.length() == 12 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    @Override
    public String toString() {
        return digits;
    }
}
