package dev.s3envelope.local.internal.iam;

import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.http.Caller;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The S3 gate as the S3 service asks it: identity policies, permissions boundary, session policy, SCPs, RCPs and the bucket policy
 * of one request. (The KMS gate stands in front of the KMS service and its backend.) Thread-safe.
 */
public interface AccessControl {
    /** Decides one action on one resource. */
    Verdict decide(S3Access access);

    /** Refuses with 403 AccessDenied in AWS's words unless the action is allowed; answers the evidence for the event log. */
    default List<String> require(S3Access access) {
        Verdict verdict = decide(access);
        if (!verdict.allowed()) {
            throw new AwsError(403, "AccessDenied", verdict.message());
        }
        return verdict.evidence();
    }

    /** Refuses a bucket policy that cannot be evaluated, with S3's 400 MalformedPolicy. */
    void checkBucketPolicy(String bucket, String policyJson);

    /** The canonical user id of an account (64 hex digits), as S3 names bucket and object owners. */
    String canonicalId(String accountId);

    /**
     * One question. {@code action} is {@code s3:GetObject}; {@code resource} the ARN of the bucket or object; {@code bucketOwner} the
     * account of the bucket ({@code null} for actions without one, such as ListAllMyBuckets); {@code conditions} the S3 condition
     * keys of the request, for example {@code s3:x-amz-server-side-encryption}. The {@code aws:} keys are added here.
     */
    record S3Access(
            Caller caller,
            String action,
            String resource,
            @Nullable String bucketOwner,
            @Nullable String bucketPolicy,
            Map<String, List<String>> conditions,
            String region,
            boolean secure,
            InetAddress source) {}

    /** The answer; {@code message} is the text for the caller, detailed or not as AWS would have it; empty if allowed. */
    record Verdict(boolean allowed, String message, List<String> evidence) {}
}
