package dev.s3envelope.core.advice;

import java.util.List;
import java.util.Locale;

/**
 * What a principal is to do, with the actions both gates ask for.
 *
 * <p>Sources: S3 pages "Required permissions for Amazon S3 API operations", "Using server-side encryption with AWS KMS keys", "Uploading
 * and copying objects using multipart upload", "Setting up permissions for live replication" and "Replicating encrypted objects". An action
 * on a bucket is listed apart from those on objects because its resource is another one.
 */
@SuppressWarnings("ImmutableEnumChecker") // the lists are unmodifiable
public enum AccessTask {
    /** GetObject and ranges of it; HeadObject needs no more, and no KMS action. */
    READ(List.of("s3:GetObject"), List.of(), List.of("kms:Decrypt"), List.of("kms:Decrypt")),

    /** GetObject of a version that is named. */
    READ_VERSION(List.of("s3:GetObjectVersion"), List.of(), List.of("kms:Decrypt"), List.of("kms:Decrypt")),

    /** GetObjectAttributes; checksums of objects under a KMS key are stored encrypted. It never opens a client-side message. */
    READ_ATTRIBUTES(List.of("s3:GetObject", "s3:GetObjectAttributes"), List.of(), List.of("kms:Decrypt"), List.of()),

    /** PutObject in one request. */
    WRITE(List.of("s3:PutObject"), List.of(), List.of("kms:GenerateDataKey"), List.of("kms:GenerateDataKey")),

    /**
     * Multipart upload, from creation to completion or abort. S3 decrypts the upload's data key for each part; a client-side upload
     * keeps the data key it made.
     */
    WRITE_MULTIPART(
            List.of("s3:PutObject", "s3:AbortMultipartUpload"),
            List.of(),
            List.of("kms:GenerateDataKey", "kms:Decrypt"),
            List.of("kms:GenerateDataKey")),

    /** The role of a replication configuration, which S3 assumes; client-side messages travel as they are. */
    REPLICATE(
            List.of("s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"),
            List.of("s3:GetReplicationConfiguration", "s3:ListBucket"),
            List.of("kms:Decrypt"),
            List.of()),

    /** Looking at how a bucket and its keys are set up, as {@link PolicyLint} wants it, without reading an object. */
    AUDIT(
            List.of(),
            List.of(
                    "s3:GetEncryptionConfiguration",
                    "s3:GetBucketPolicy",
                    "s3:GetReplicationConfiguration",
                    "s3:GetBucketLogging",
                    "s3:ListBucket"),
            List.of("kms:DescribeKey", "kms:GetKeyPolicy", "kms:ListGrants"),
            List.of("kms:DescribeKey", "kms:GetKeyPolicy", "kms:ListGrants"));

    /** What a replication role does to the objects of the destination. */
    static final List<String> REPLICA_ACTIONS = List.of("s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags");

    private final List<String> objectActions;
    private final List<String> bucketActions;
    private final List<String> keyActionsThroughS3;
    private final List<String> directKeyActions;

    AccessTask(
            List<String> objectActions,
            List<String> bucketActions,
            List<String> keyActionsThroughS3,
            List<String> directKeyActions) {
        this.objectActions = objectActions;
        this.bucketActions = bucketActions;
        this.keyActionsThroughS3 = keyActionsThroughS3;
        this.directKeyActions = directKeyActions;
    }

    /** S3 actions whose resource is the object, in the source bucket for a replication role. */
    public List<String> objectActions() {
        return objectActions;
    }

    /** S3 actions whose resource is the bucket. */
    public List<String> bucketActions() {
        return bucketActions;
    }

    /** KMS actions on a key by the way it is used; none where the task does not touch it. */
    public List<String> keyActions(KeyRoute route) {
        return route == KeyRoute.THROUGH_S3 ? keyActionsThroughS3 : directKeyActions;
    }

    /** The task as files and commands name it, for example {@code write-multipart}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the KMS actions are about data, so that they carry an encryption context; an auditor's are not. */
    boolean usesKeyForData() {
        return this != AUDIT;
    }
}
