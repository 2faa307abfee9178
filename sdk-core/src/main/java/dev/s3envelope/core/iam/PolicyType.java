package dev.s3envelope.core.iam;

/**
 * What a document is attached to; it decides which elements are required, how long the text may be and how a denial is worded.
 *
 * <p>Limits are those of the IAM page "IAM and AWS STS quotas", the S3 page "Bucket policies", the KMS page "Resource
 * quotas" and the Organizations page "Quotas for AWS Organizations". IAM counts characters without white space, the others count
 * UTF-8 bytes as sent.
 */
public enum PolicyType {
    /** An identity-based policy whose attachment is not known: held to the largest identity limit. */
    IDENTITY("identity-based policy", 10_240),
    /** A managed policy attached to a user, group or role. */
    MANAGED("identity-based policy", 6_144),
    /** An inline policy of a user. */
    USER_INLINE("identity-based policy", 2_048),
    /** An inline policy of a group. */
    GROUP_INLINE("identity-based policy", 5_120),
    /** An inline policy of a role. */
    ROLE_INLINE("identity-based policy", 10_240),
    /** A managed policy used as the permissions boundary of a user or role. */
    PERMISSIONS_BOUNDARY("permissions boundary", 6_144),
    /** A policy passed when a session was created. */
    SESSION("session policy", 2_048),
    /** A service control policy of the principal's organization. */
    SERVICE_CONTROL("service control policy", 10_240),
    /** A resource control policy of the resource's organization. */
    RESOURCE_CONTROL("resource control policy", 10_240),
    /** The policy of the VPC endpoint a request came through. */
    VPC_ENDPOINT("VPC endpoint policy", 20_480),
    /** An S3 bucket policy. */
    BUCKET("resource-based policy", 20_480),
    /** A KMS key policy. */
    KEY("resource-based policy", 32_768);

    private final String phrase;
    private final int sizeLimit;

    PolicyType(String phrase, int sizeLimit) {
        this.phrase = phrase;
        this.sizeLimit = sizeLimit;
    }

    /** How AWS names this kind of policy in an access denied message, for example {@code identity-based policy}. */
    public String phrase() {
        return phrase;
    }

    /** The longest document accepted; characters without white space for IAM's own types, bytes for the others. */
    public int sizeLimit() {
        return sizeLimit;
    }

    /** Whether the type belongs to a principal and is one of those that can grant. */
    public boolean isIdentityBased() {
        return this == IDENTITY
                || this == MANAGED
                || this == USER_INLINE
                || this == GROUP_INLINE
                || this == ROLE_INLINE;
    }

    /** Whether the type belongs to a resource, so that its statements name principals. */
    public boolean isResourceBased() {
        return this == BUCKET || this == KEY;
    }

    /** Whether statements of this type must name a principal. */
    boolean needsPrincipal() {
        return isResourceBased() || this == RESOURCE_CONTROL || this == VPC_ENDPOINT;
    }

    boolean countsCharactersWithoutSpace() {
        return isIdentityBased() || this == PERMISSIONS_BOUNDARY || this == SESSION;
    }
}
