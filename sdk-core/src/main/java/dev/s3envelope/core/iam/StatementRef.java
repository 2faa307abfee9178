package dev.s3envelope.core.iam;

import org.jspecify.annotations.Nullable;

/**
 * Points at one statement of one document.
 *
 * @param document the name given to the document when it was parsed
 * @param type what the document is attached to
 * @param index position of the statement, from 0
 * @param sid the statement's Sid, or null if it has none
 * @param effect what the statement does when it applies
 */
public record StatementRef(
        String document,
        PolicyType type,
        int index,
        @Nullable String sid,
        Effect effect) {
    @Override
    public String toString() {
        return (effect == Effect.ALLOW ? "Allow" : "Deny") + " statement " + (index + 1)
                + (sid == null ? "" : " '" + sid + "'") + " of " + type.phrase() + " '" + document + "'";
    }
}
