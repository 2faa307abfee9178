package dev.s3envelope.core.policy;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.internal.Text;
import dev.s3envelope.core.mode.EncryptionMode;
import java.util.Objects;

/**
 * One rule of a policy.
 *
 * @param name what messages and explanations call it; unique within its policy, 1 to 128 characters
 * @param matcher the objects it is for
 * @param strength what happens to a request that names a mode itself
 * @param mode how these objects are encrypted
 */
public record PolicyRule(String name, ObjectMatcher matcher, RuleStrength strength, EncryptionMode mode) {
    /**
     * Checks the parts.
     *
     * @throws EnvelopeException if the name is blank, too long or has control characters
     */
    public PolicyRule {
        if (name.isBlank() || name.length() > 128 || name.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            throw new EnvelopeException("Not a name for a policy rule: " + Text.quote(name)
                    + ". Give 1 to 128 characters, none of them a control character.");
        }
        Objects.requireNonNull(matcher, "matcher");
        Objects.requireNonNull(strength, "strength");
        Objects.requireNonNull(mode, "mode");
    }

    /** A rule that refuses requests which say otherwise. */
    public static PolicyRule enforce(String name, ObjectMatcher matcher, EncryptionMode mode) {
        return new PolicyRule(name, matcher, RuleStrength.ENFORCE, mode);
    }

    /** A rule for requests that name no mode. */
    public static PolicyRule byDefault(String name, ObjectMatcher matcher, EncryptionMode mode) {
        return new PolicyRule(name, matcher, RuleStrength.DEFAULT, mode);
    }
}
