package dev.s3envelope.s3.internal;

import dev.s3envelope.s3.internal.OperationTreatment.Kind;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateBucketMetadataConfigurationRequest;
import software.amazon.awssdk.services.s3.model.CreateBucketMetadataTableConfigurationRequest;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateSessionRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketAnalyticsConfigurationRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketCorsRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketIntelligentTieringConfigurationRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketInventoryConfigurationRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketLifecycleRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketMetadataConfigurationRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketMetadataTableConfigurationRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketMetricsConfigurationRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketOwnershipControlsRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketPolicyRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketReplicationRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketTaggingRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketWebsiteRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectAnnotationRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeletePublicAccessBlockRequest;
import software.amazon.awssdk.services.s3.model.GetBucketAbacRequest;
import software.amazon.awssdk.services.s3.model.GetBucketAccelerateConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketAclRequest;
import software.amazon.awssdk.services.s3.model.GetBucketAnalyticsConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketCorsRequest;
import software.amazon.awssdk.services.s3.model.GetBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.GetBucketIntelligentTieringConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketInventoryConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketLifecycleConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketLocationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketLoggingRequest;
import software.amazon.awssdk.services.s3.model.GetBucketMetadataConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketMetadataTableConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketMetricsConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketNotificationConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketOwnershipControlsRequest;
import software.amazon.awssdk.services.s3.model.GetBucketPolicyRequest;
import software.amazon.awssdk.services.s3.model.GetBucketPolicyStatusRequest;
import software.amazon.awssdk.services.s3.model.GetBucketReplicationRequest;
import software.amazon.awssdk.services.s3.model.GetBucketRequestPaymentRequest;
import software.amazon.awssdk.services.s3.model.GetBucketTaggingRequest;
import software.amazon.awssdk.services.s3.model.GetBucketVersioningRequest;
import software.amazon.awssdk.services.s3.model.GetBucketWebsiteRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAclRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAnnotationRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectLegalHoldRequest;
import software.amazon.awssdk.services.s3.model.GetObjectLockConfigurationRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRetentionRequest;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.GetObjectTorrentRequest;
import software.amazon.awssdk.services.s3.model.GetPublicAccessBlockRequest;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListBucketAnalyticsConfigurationsRequest;
import software.amazon.awssdk.services.s3.model.ListBucketIntelligentTieringConfigurationsRequest;
import software.amazon.awssdk.services.s3.model.ListBucketInventoryConfigurationsRequest;
import software.amazon.awssdk.services.s3.model.ListBucketMetricsConfigurationsRequest;
import software.amazon.awssdk.services.s3.model.ListBucketsRequest;
import software.amazon.awssdk.services.s3.model.ListDirectoryBucketsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectAnnotationsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.PutBucketAbacRequest;
import software.amazon.awssdk.services.s3.model.PutBucketAccelerateConfigurationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketAclRequest;
import software.amazon.awssdk.services.s3.model.PutBucketAnalyticsConfigurationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketCorsRequest;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.PutBucketIntelligentTieringConfigurationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketInventoryConfigurationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketLifecycleConfigurationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketLoggingRequest;
import software.amazon.awssdk.services.s3.model.PutBucketMetricsConfigurationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketNotificationConfigurationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketOwnershipControlsRequest;
import software.amazon.awssdk.services.s3.model.PutBucketPolicyRequest;
import software.amazon.awssdk.services.s3.model.PutBucketReplicationRequest;
import software.amazon.awssdk.services.s3.model.PutBucketRequestPaymentRequest;
import software.amazon.awssdk.services.s3.model.PutBucketTaggingRequest;
import software.amazon.awssdk.services.s3.model.PutBucketVersioningRequest;
import software.amazon.awssdk.services.s3.model.PutBucketWebsiteRequest;
import software.amazon.awssdk.services.s3.model.PutObjectAclRequest;
import software.amazon.awssdk.services.s3.model.PutObjectAnnotationRequest;
import software.amazon.awssdk.services.s3.model.PutObjectLegalHoldRequest;
import software.amazon.awssdk.services.s3.model.PutObjectLockConfigurationRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRetentionRequest;
import software.amazon.awssdk.services.s3.model.PutObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.PutPublicAccessBlockRequest;
import software.amazon.awssdk.services.s3.model.RenameObjectRequest;
import software.amazon.awssdk.services.s3.model.RestoreObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.UpdateBucketMetadataAnnotationTableConfigurationRequest;
import software.amazon.awssdk.services.s3.model.UpdateBucketMetadataInventoryTableConfigurationRequest;
import software.amazon.awssdk.services.s3.model.UpdateBucketMetadataJournalTableConfigurationRequest;
import software.amazon.awssdk.services.s3.model.UpdateObjectEncryptionRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.WriteGetObjectResponseRequest;

/** The operations of S3, each with its treatment. A test holds the table against the interfaces of the AWS SDK. */
final class OperationTable {
    private final Map<Class<? extends S3Request>, OperationTreatment> treatments = new LinkedHashMap<>();

    private OperationTable() {}

    static Map<Class<? extends S3Request>, OperationTreatment> treatments() {
        OperationTable table = new OperationTable();
        table.objects();
        table.uploads();
        table.annotationsAndSessions();
        table.lists();
        table.objectProperties();
        table.access();
        table.bucketEncryption();
        table.bucketConfiguration();
        return Map.copyOf(table.treatments);
    }

    private void objects() {
        passed(
                "removes an object or its names; reads and writes no bytes",
                DeleteObjectRequest.class,
                DeleteObjectsRequest.class);
        passed(
                "hashes for BitTorrent, by S3 itself; it refuses encrypted objects it has no key for",
                GetObjectTorrentRequest.class);
        transformed("writes an object: mode, key and context decided by the policy", PutObjectRequest.class);
        transformed(
                "writes an object from another: the destination's own mode, the source's SSE-C key",
                CopyObjectRequest.class);
        transformed(
                "reads an object or its facts: the SSE-C key where the object has one, else no encryption header",
                GetObjectRequest.class,
                HeadObjectRequest.class,
                GetObjectAttributesRequest.class,
                SelectObjectContentRequest.class);
        transformed(
                "gives an object a name whose rule must agree with how the object is encrypted",
                RenameObjectRequest.class);
        transformed(
                "may write its output to S3: the output location's mode decided by the policy",
                RestoreObjectRequest.class);
        transformed(
                "answers another's GET: the encryption it reports must be one S3 could have",
                WriteGetObjectResponseRequest.class);
        transformed(
                "changes the key of an object: full key ARN, agreed with the policy and the write guard",
                UpdateObjectEncryptionRequest.class);
    }

    private void uploads() {
        transformed(
                "begins an object: mode decided by the policy and remembered for the parts",
                CreateMultipartUploadRequest.class);
        transformed(
                "carries the SSE-C key of its upload, and nothing else",
                UploadPartRequest.class,
                CompleteMultipartUploadRequest.class,
                ListPartsRequest.class);
        transformed("ends an upload: what was remembered of it is forgotten", AbortMultipartUploadRequest.class);
        transformed("carries the SSE-C key of its upload, and that of its source", UploadPartCopyRequest.class);
    }

    private void annotationsAndSessions() {
        passed(
                "names of annotations, or their removal; no payload",
                ListObjectAnnotationsRequest.class,
                DeleteObjectAnnotationRequest.class);
        passed(
                "payload under the encryption of its object, which S3 removes; S3 gives annotations to no SSE-C object",
                GetObjectAnnotationRequest.class);
        transformed(
                "writes a payload under the encryption of its object, where that is S3's to apply",
                PutObjectAnnotationRequest.class);
        transformed(
                "fixes the encryption of later writes to a directory bucket: legal combinations, key agreed with the write guard",
                CreateSessionRequest.class);
    }

    private void lists() {
        passed(
                "names, sizes and ETags only, as S3 has them",
                ListObjectsRequest.class,
                ListObjectsV2Request.class,
                ListObjectVersionsRequest.class,
                ListMultipartUploadsRequest.class,
                ListBucketsRequest.class,
                ListDirectoryBucketsRequest.class);
        passed(
                "makes or removes an empty bucket, or asks where it is",
                CreateBucketRequest.class,
                DeleteBucketRequest.class,
                HeadBucketRequest.class,
                GetBucketLocationRequest.class);
    }

    private void objectProperties() {
        passed(
                "access control, tags and holds of an object; not its bytes",
                GetObjectAclRequest.class,
                PutObjectAclRequest.class,
                GetObjectTaggingRequest.class,
                PutObjectTaggingRequest.class,
                DeleteObjectTaggingRequest.class,
                GetObjectLegalHoldRequest.class,
                PutObjectLegalHoldRequest.class,
                GetObjectRetentionRequest.class,
                PutObjectRetentionRequest.class,
                GetObjectLockConfigurationRequest.class,
                PutObjectLockConfigurationRequest.class);
    }

    private void access() {
        passed(
                "who may do what; no object bytes",
                GetBucketAclRequest.class,
                PutBucketAclRequest.class,
                GetBucketPolicyRequest.class,
                PutBucketPolicyRequest.class,
                DeleteBucketPolicyRequest.class,
                GetBucketPolicyStatusRequest.class,
                GetBucketOwnershipControlsRequest.class,
                PutBucketOwnershipControlsRequest.class,
                DeleteBucketOwnershipControlsRequest.class,
                GetPublicAccessBlockRequest.class,
                PutPublicAccessBlockRequest.class,
                DeletePublicAccessBlockRequest.class,
                GetBucketAbacRequest.class,
                PutBucketAbacRequest.class);
    }

    private void bucketEncryption() {
        passed(
                "reads or removes the bucket's default encryption; an explicit mode does not depend on it",
                GetBucketEncryptionRequest.class,
                DeleteBucketEncryptionRequest.class);
        transformed(
                "sets a bucket's default: legal combinations only, key agreed with the write guard",
                PutBucketEncryptionRequest.class);
    }

    private void bucketConfiguration() {
        passed(
                "configuration of a bucket; what S3 then writes by itself is encrypted as that configuration says",
                GetBucketReplicationRequest.class,
                PutBucketReplicationRequest.class,
                DeleteBucketReplicationRequest.class,
                GetBucketInventoryConfigurationRequest.class,
                PutBucketInventoryConfigurationRequest.class,
                DeleteBucketInventoryConfigurationRequest.class,
                ListBucketInventoryConfigurationsRequest.class,
                GetBucketAnalyticsConfigurationRequest.class,
                PutBucketAnalyticsConfigurationRequest.class,
                DeleteBucketAnalyticsConfigurationRequest.class,
                ListBucketAnalyticsConfigurationsRequest.class,
                GetBucketLoggingRequest.class,
                PutBucketLoggingRequest.class,
                CreateBucketMetadataConfigurationRequest.class,
                GetBucketMetadataConfigurationRequest.class,
                DeleteBucketMetadataConfigurationRequest.class,
                CreateBucketMetadataTableConfigurationRequest.class,
                GetBucketMetadataTableConfigurationRequest.class,
                DeleteBucketMetadataTableConfigurationRequest.class,
                UpdateBucketMetadataInventoryTableConfigurationRequest.class,
                UpdateBucketMetadataJournalTableConfigurationRequest.class,
                UpdateBucketMetadataAnnotationTableConfigurationRequest.class);
        passed(
                "configuration of a bucket; no object bytes",
                GetBucketAccelerateConfigurationRequest.class,
                PutBucketAccelerateConfigurationRequest.class,
                GetBucketCorsRequest.class,
                PutBucketCorsRequest.class,
                DeleteBucketCorsRequest.class,
                GetBucketIntelligentTieringConfigurationRequest.class,
                PutBucketIntelligentTieringConfigurationRequest.class,
                DeleteBucketIntelligentTieringConfigurationRequest.class,
                ListBucketIntelligentTieringConfigurationsRequest.class,
                GetBucketLifecycleConfigurationRequest.class,
                PutBucketLifecycleConfigurationRequest.class,
                DeleteBucketLifecycleRequest.class,
                GetBucketMetricsConfigurationRequest.class,
                PutBucketMetricsConfigurationRequest.class,
                DeleteBucketMetricsConfigurationRequest.class,
                ListBucketMetricsConfigurationsRequest.class,
                GetBucketNotificationConfigurationRequest.class,
                PutBucketNotificationConfigurationRequest.class,
                GetBucketRequestPaymentRequest.class,
                PutBucketRequestPaymentRequest.class,
                GetBucketTaggingRequest.class,
                PutBucketTaggingRequest.class,
                DeleteBucketTaggingRequest.class,
                GetBucketVersioningRequest.class,
                PutBucketVersioningRequest.class,
                GetBucketWebsiteRequest.class,
                PutBucketWebsiteRequest.class,
                DeleteBucketWebsiteRequest.class);
    }

    @SafeVarargs
    private void passed(String reason, Class<? extends S3Request>... requests) {
        add(Kind.PASSED, reason, requests);
    }

    @SafeVarargs
    private void transformed(String reason, Class<? extends S3Request>... requests) {
        add(Kind.TRANSFORMED, reason, requests);
    }

    @SafeVarargs
    private void add(Kind kind, String reason, Class<? extends S3Request>... requests) {
        for (Class<? extends S3Request> request : requests) {
            if (treatments.put(request, new OperationTreatment(request, kind, reason)) != null) {
                throw new IllegalStateException(request + " is listed twice");
            }
        }
    }
}
