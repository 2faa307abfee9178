package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import java.util.LinkedHashMap;
import java.util.Map;

/** The errors of S3, in its words. */
final class S3Errors {
    private S3Errors() {}

    static AwsError noSuchBucket(String bucket) {
        return new AwsError(404, "NoSuchBucket", "The specified bucket does not exist", Map.of("BucketName", bucket));
    }

    static AwsError noSuchKey(String key) {
        return new AwsError(404, "NoSuchKey", "The specified key does not exist.", Map.of("Key", key));
    }

    static AwsError noSuchVersion(String key, String version) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("Key", key);
        details.put("VersionId", version);
        return new AwsError(404, "NoSuchVersion", "The specified version does not exist.", details);
    }

    static AwsError noSuchUpload(String id) {
        return new AwsError(
                404,
                "NoSuchUpload",
                "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted"
                        + " or completed.",
                Map.of("UploadId", id));
    }

    static AwsError accessDenied() {
        return new AwsError(403, "AccessDenied", "Access Denied");
    }

    static AwsError argument(String name, String value, String message) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("ArgumentName", name);
        details.put("ArgumentValue", value);
        return new AwsError(400, "InvalidArgument", message, details);
    }

    static AwsError argument(String message) {
        return new AwsError(400, "InvalidArgument", message);
    }

    static AwsError request(String message) {
        return new AwsError(400, "InvalidRequest", message);
    }

    static AwsError precondition(String condition) {
        return new AwsError(
                412,
                "PreconditionFailed",
                "At least one of the pre-conditions you specified did not hold",
                Map.of("Condition", condition));
    }

    static AwsError methodNotAllowed(String method, String resourceType) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("Method", method);
        details.put("ResourceType", resourceType);
        return new AwsError(
                405, "MethodNotAllowed", "The specified method is not allowed against this resource.", details);
    }

    static AwsError notImplemented() {
        return new AwsError(
                501, "NotImplemented", "A header you provided implies functionality that is not implemented");
    }

    static AwsError invalidPart() {
        return new AwsError(
                400,
                "InvalidPart",
                "One or more of the specified parts could not be found.  The part may not have been uploaded, or the"
                        + " specified entity tag may not match the part's entity tag.");
    }

    static AwsError tooLarge(long size, long limit) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("ProposedSize", String.valueOf(size));
        details.put("MaxSizeAllowed", String.valueOf(limit));
        return new AwsError(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", details);
    }
}
