package dev.s3envelope.core.access;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The actions one S3 operation on an object needs at each gate (Amazon S3 User Guide, "Required permissions for Amazon S3 API operations" and "Using server-side
 * encryption with AWS KMS keys"; where pages differ, what all of them ask for).
 *
 * @param s3 asked of S3; those of a copy name its source first
 * @param kms asked of KMS if the object is under a KMS key; empty where the operation needs none
 */
public record OperationActions(List<String> s3, List<String> kms) {
    private static final String DECRYPT = "kms:Decrypt";
    private static final String GENERATE = "kms:GenerateDataKey";

    private static final Map<String, OperationActions> TABLE = Map.ofEntries(
            Map.entry("GetObject", reads(List.of("s3:GetObject"))),
            Map.entry("HeadObject", new OperationActions(List.of("s3:GetObject"), List.of())),
            Map.entry("GetObjectAttributes", reads(List.of("s3:GetObject", "s3:GetObjectAttributes"))),
            Map.entry("SelectObjectContent", reads(List.of("s3:GetObject"))),
            Map.entry("PutObject", new OperationActions(List.of("s3:PutObject"), List.of(GENERATE))),
            Map.entry("CopyObject", copies()),
            Map.entry("CreateMultipartUpload", uploads()),
            Map.entry("UploadPart", uploads()),
            Map.entry("UploadPartCopy", copies()),
            Map.entry("CompleteMultipartUpload", new OperationActions(List.of("s3:PutObject"), List.of(DECRYPT))),
            Map.entry("AbortMultipartUpload", new OperationActions(List.of("s3:AbortMultipartUpload"), List.of())),
            Map.entry("ListParts", reads(List.of("s3:ListMultipartUploadParts"))),
            Map.entry("DeleteObject", new OperationActions(List.of("s3:DeleteObject"), List.of())));

    public OperationActions {
        s3 = List.copyOf(s3);
        kms = List.copyOf(kms);
    }

    /**
     * The actions of an operation on the current version of an object; empty for operations that are not about one object.
     *
     * @param operation its API name, such as {@code GetObject}
     */
    public static Optional<OperationActions> of(String operation) {
        return Optional.ofNullable(TABLE.get(operation));
    }

    private static OperationActions reads(List<String> s3) {
        return new OperationActions(s3, List.of(DECRYPT));
    }

    private static OperationActions uploads() {
        return new OperationActions(List.of("s3:PutObject"), List.of(GENERATE, DECRYPT));
    }

    private static OperationActions copies() {
        return new OperationActions(List.of("s3:GetObject", "s3:PutObject"), List.of(DECRYPT, GENERATE));
    }
}
