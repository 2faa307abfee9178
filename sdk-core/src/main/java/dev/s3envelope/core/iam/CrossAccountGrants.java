package dev.s3envelope.core.iam;

/**
 * Whether a grant to a principal of another account is enough by itself. AWS documents grants as one of the ways to let another
 * account use a key but does not say whether the grantee's own IAM policy must also allow it.
 */
public enum CrossAccountGrants {
    /** The grant is enough. The default: service-linked roles without KMS permissions use keys of other accounts this way. */
    SUFFICE,
    /** The caller's IAM policies must allow the action too: the cautious reading, for advice that has to hold either way. */
    NEED_IAM_ALLOW
}
