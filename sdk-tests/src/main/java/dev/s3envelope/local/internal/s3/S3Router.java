package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.HttpCall;
import java.util.Set;

/**
 * Decides which operation a request asks for. A subresource that LocalAws does not have is answered as not implemented,
 * never as a plain read, write or delete of the bucket or object.
 */
final class S3Router {
    /** Subresources of AWS without an operation of the same method here. */
    private static final Set<String> BUCKET_SUBRESOURCES = Set.of(
            "abac",
            "accelerate",
            "acl",
            "analytics",
            "cors",
            "delete",
            "encryption",
            "intelligent-tiering",
            "inventory",
            "lifecycle",
            "location",
            "logging",
            "metadataAnnotationTable",
            "metadataConfiguration",
            "metadataInventoryTable",
            "metadataJournalTable",
            "metadataTable",
            "metrics",
            "notification",
            "object-lock",
            "ownershipControls",
            "policy",
            "policyStatus",
            "publicAccessBlock",
            "replication",
            "requestPayment",
            "session",
            "tagging",
            "uploads",
            "versioning",
            "versions",
            "website");

    private static final Set<String> OBJECT_SUBRESOURCES = Set.of(
            "acl",
            "annotation",
            "attributes",
            "encryption",
            "legal-hold",
            "renameObject",
            "restore",
            "retention",
            "select",
            "tagging",
            "torrent",
            "uploadId",
            "uploads",
            "partNumber");

    private S3Router() {}

    static S3Operation route(HttpCall call, S3Address address) {
        S3Operation.Scope scope = address.scope();
        for (S3Operation operation : S3Operation.values()) {
            if (operation.scope() == scope
                    && operation.method().equals(call.method())
                    && operation.copies()
                            == (call.method().equals("PUT")
                                    && operation.asksForCopy(call)
                                    && scope == S3Operation.Scope.OBJECT
                                    && copyable(call))
                    && selects(operation, call)) {
                return special(operation, call, address);
            }
        }
        return S3Operation.NOT_IMPLEMENTED;
    }

    /** A copy source on a subresource request, such as PutObjectTagging, does not make it a copy. */
    private static boolean copyable(HttpCall call) {
        for (String name : OBJECT_SUBRESOURCES) {
            if (call.hasParameter(name) && !name.equals("partNumber") && !name.equals("uploadId")) {
                return false;
            }
        }
        return true;
    }

    private static S3Operation special(S3Operation operation, HttpCall call, S3Address address) {
        if (operation == S3Operation.WRITE_GET_OBJECT_RESPONSE) {
            return address.bucket().equals("WriteGetObjectResponse") || call.header("x-amz-request-route") != null
                    ? operation
                    : call.hasParameter("delete") ? S3Operation.DELETE_OBJECTS : S3Operation.NOT_IMPLEMENTED;
        }
        return operation;
    }

    private static boolean selects(S3Operation operation, HttpCall call) {
        if (!operation.parameter().isEmpty()) {
            return call.hasParameter(operation.parameter());
        }
        if (operation == S3Operation.WRITE_GET_OBJECT_RESPONSE) {
            return true;
        }
        Set<String> others = operation.scope() == S3Operation.Scope.OBJECT ? OBJECT_SUBRESOURCES : BUCKET_SUBRESOURCES;
        boolean partRead = call.method().equals("GET") || call.method().equals("HEAD");
        for (String name : call.query().keySet()) {
            if (others.contains(name) && !(partRead && name.equals("partNumber"))) {
                return false;
            }
        }
        return true;
    }
}
