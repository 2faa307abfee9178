package dev.s3envelope.core.advice;

import dev.s3envelope.core.PolicySyntaxException;
import dev.s3envelope.core.arn.ObjectAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request to simulate.
 *
 * @param principal the ARN of the principal, which has an entry in the documents; {@code anonymous} for an unsigned request
 * @param task what it does; not {@link AccessTask#REPLICATE}, which is many requests
 * @param object the object
 * @param keys how the object uses KMS keys; empty for the bucket's default encryption, a list without entries for none
 * @param objectOwner the account that owns the object where that is not the bucket's
 * @param conditions further condition keys of the request with their values, for example {@code aws:SourceIp}
 */
public record AccessCase(
        String principal,
        AccessTask task,
        ObjectAddress object,
        Optional<List<KeyUse>> keys,
        Optional<String> objectOwner,
        Map<String, List<String>> conditions) {
    /** Copies the collections. */
    public AccessCase {
        if (task == AccessTask.REPLICATE) {
            throw new IllegalArgumentException("Replication is not one request; simulate what its role does");
        }
        keys = keys.map(List::copyOf);
        conditions = Map.copyOf(conditions);
    }

    /** A request for an object under the bucket's default encryption, its owner the bucket's. */
    public static AccessCase of(String principal, AccessTask task, ObjectAddress object) {
        return new AccessCase(principal, task, object, Optional.empty(), Optional.empty(), Map.of());
    }

    /**
     * Reads the entries under {@code access} of the JSON form of {@link AccessDocuments}.
     *
     * @param source what the text was read from, for messages
     * @throws PolicySyntaxException as {@link AccessDocuments#fromJson}
     */
    public static List<AccessCase> fromJson(String text, String source) {
        return DocumentsReader.read(text, source).cases();
    }

    @Override
    public String toString() {
        return principal + " " + task.word() + " " + object;
    }
}
