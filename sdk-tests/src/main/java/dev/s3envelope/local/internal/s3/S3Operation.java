package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.HttpCall;
import java.util.Locale;

/**
 * Every operation of the S3 API and how a request asks for it: method, whether the path names a bucket or an object, and
 * the query parameter that selects a subresource. Where several could match, the first that does wins.
 */
enum S3Operation {
    LIST_BUCKETS("GET", Scope.SERVICE, ""),
    WRITE_GET_OBJECT_RESPONSE("POST", Scope.BUCKET, ""),

    LIST_PARTS("GET", Scope.OBJECT, "uploadId"),
    GET_OBJECT_ACL("GET", Scope.OBJECT, "acl"),
    GET_OBJECT_TAGGING("GET", Scope.OBJECT, "tagging"),
    GET_OBJECT_ATTRIBUTES("GET", Scope.OBJECT, "attributes"),
    GET_OBJECT_LEGAL_HOLD("GET", Scope.OBJECT, "legal-hold"),
    GET_OBJECT_RETENTION("GET", Scope.OBJECT, "retention"),
    GET_OBJECT_TORRENT("GET", Scope.OBJECT, "torrent"),
    GET_OBJECT_ANNOTATION("GET", Scope.OBJECT, "annotation"),
    GET_OBJECT("GET", Scope.OBJECT, ""),
    HEAD_OBJECT("HEAD", Scope.OBJECT, ""),
    UPLOAD_PART("PUT", Scope.OBJECT, "partNumber"),
    PUT_OBJECT_ACL("PUT", Scope.OBJECT, "acl"),
    PUT_OBJECT_TAGGING("PUT", Scope.OBJECT, "tagging"),
    PUT_OBJECT_LEGAL_HOLD("PUT", Scope.OBJECT, "legal-hold"),
    PUT_OBJECT_RETENTION("PUT", Scope.OBJECT, "retention"),
    PUT_OBJECT_ANNOTATION("PUT", Scope.OBJECT, "annotation"),
    RENAME_OBJECT("PUT", Scope.OBJECT, "renameObject"),
    UPDATE_OBJECT_ENCRYPTION("PUT", Scope.OBJECT, "encryption"),
    PUT_OBJECT("PUT", Scope.OBJECT, ""),
    COPY_OBJECT("PUT", Scope.OBJECT, ""),
    UPLOAD_PART_COPY("PUT", Scope.OBJECT, "partNumber"),
    CREATE_MULTIPART_UPLOAD("POST", Scope.OBJECT, "uploads"),
    COMPLETE_MULTIPART_UPLOAD("POST", Scope.OBJECT, "uploadId"),
    SELECT_OBJECT_CONTENT("POST", Scope.OBJECT, "select"),
    RESTORE_OBJECT("POST", Scope.OBJECT, "restore"),
    ABORT_MULTIPART_UPLOAD("DELETE", Scope.OBJECT, "uploadId"),
    DELETE_OBJECT_TAGGING("DELETE", Scope.OBJECT, "tagging"),
    DELETE_OBJECT_ANNOTATION("DELETE", Scope.OBJECT, "annotation"),
    DELETE_OBJECT("DELETE", Scope.OBJECT, ""),

    GET_BUCKET_LOCATION("GET", Scope.BUCKET, "location"),
    GET_BUCKET_VERSIONING("GET", Scope.BUCKET, "versioning"),
    GET_BUCKET_POLICY("GET", Scope.BUCKET, "policy"),
    GET_BUCKET_POLICY_STATUS("GET", Scope.BUCKET, "policyStatus"),
    GET_BUCKET_ENCRYPTION("GET", Scope.BUCKET, "encryption"),
    GET_BUCKET_TAGGING("GET", Scope.BUCKET, "tagging"),
    GET_BUCKET_ACL("GET", Scope.BUCKET, "acl"),
    GET_BUCKET_OWNERSHIP_CONTROLS("GET", Scope.BUCKET, "ownershipControls"),
    GET_BUCKET_REPLICATION("GET", Scope.BUCKET, "replication"),
    GET_BUCKET_LOGGING("GET", Scope.BUCKET, "logging"),
    GET_PUBLIC_ACCESS_BLOCK("GET", Scope.BUCKET, "publicAccessBlock"),
    LIST_OBJECT_VERSIONS("GET", Scope.BUCKET, "versions"),
    LIST_MULTIPART_UPLOADS("GET", Scope.BUCKET, "uploads"),
    LIST_OBJECTS_V2("GET", Scope.BUCKET, "list-type"),
    LIST_OBJECTS("GET", Scope.BUCKET, ""),
    HEAD_BUCKET("HEAD", Scope.BUCKET, ""),
    PUT_BUCKET_VERSIONING("PUT", Scope.BUCKET, "versioning"),
    PUT_BUCKET_POLICY("PUT", Scope.BUCKET, "policy"),
    PUT_BUCKET_ENCRYPTION("PUT", Scope.BUCKET, "encryption"),
    PUT_BUCKET_TAGGING("PUT", Scope.BUCKET, "tagging"),
    PUT_BUCKET_ACL("PUT", Scope.BUCKET, "acl"),
    PUT_BUCKET_OWNERSHIP_CONTROLS("PUT", Scope.BUCKET, "ownershipControls"),
    PUT_BUCKET_REPLICATION("PUT", Scope.BUCKET, "replication"),
    PUT_BUCKET_LOGGING("PUT", Scope.BUCKET, "logging"),
    PUT_PUBLIC_ACCESS_BLOCK("PUT", Scope.BUCKET, "publicAccessBlock"),
    CREATE_BUCKET("PUT", Scope.BUCKET, ""),
    DELETE_BUCKET_POLICY("DELETE", Scope.BUCKET, "policy"),
    DELETE_BUCKET_ENCRYPTION("DELETE", Scope.BUCKET, "encryption"),
    DELETE_BUCKET_TAGGING("DELETE", Scope.BUCKET, "tagging"),
    DELETE_BUCKET_OWNERSHIP_CONTROLS("DELETE", Scope.BUCKET, "ownershipControls"),
    DELETE_BUCKET_REPLICATION("DELETE", Scope.BUCKET, "replication"),
    DELETE_PUBLIC_ACCESS_BLOCK("DELETE", Scope.BUCKET, "publicAccessBlock"),
    DELETE_BUCKET("DELETE", Scope.BUCKET, ""),
    DELETE_OBJECTS("POST", Scope.BUCKET, "delete"),

    /** An operation of AWS that LocalAws does not have; answered with 501 NotImplemented. */
    NOT_IMPLEMENTED("", Scope.BUCKET, "");

    enum Scope {
        SERVICE,
        BUCKET,
        OBJECT
    }

    private final String method;
    private final Scope scope;
    private final String parameter;
    private final String apiName;

    S3Operation(String method, Scope scope, String parameter) {
        this.method = method;
        this.scope = scope;
        this.parameter = parameter;
        StringBuilder text = new StringBuilder();
        for (String word : name().split("_", -1)) {
            text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        this.apiName = text.toString();
    }

    String method() {
        return method;
    }

    Scope scope() {
        return scope;
    }

    /** The query parameter that selects the subresource; empty where the plain path is meant. */
    String parameter() {
        return parameter;
    }

    /** The name in the API, such as {@code GetObject}. */
    String apiName() {
        return apiName;
    }

    boolean copies() {
        return this == COPY_OBJECT || this == UPLOAD_PART_COPY;
    }

    boolean asksForCopy(HttpCall call) {
        return call.header("x-amz-copy-source") != null;
    }
}
