package dev.s3envelope.core.iam;

import java.util.Locale;

/**
 * Names of the condition keys this SDK and its test server know. Names are case-insensitive wherever they are used; any other
 * name may be used as well. Sources: IAM page "AWS global condition context keys", KMS page "Condition keys for AWS KMS", and the
 * S3 section of the "Service Authorization Reference".
 */
public final class ContextKeys {
    public static final String AWS_CURRENT_TIME = "aws:CurrentTime";
    public static final String AWS_EPOCH_TIME = "aws:EpochTime";
    public static final String AWS_MULTI_FACTOR_AUTH_PRESENT = "aws:MultiFactorAuthPresent";
    public static final String AWS_PRINCIPAL_ACCOUNT = "aws:PrincipalAccount";
    public static final String AWS_PRINCIPAL_ARN = "aws:PrincipalArn";
    public static final String AWS_PRINCIPAL_IS_AWS_SERVICE = "aws:PrincipalIsAWSService";
    public static final String AWS_PRINCIPAL_ORG_ID = "aws:PrincipalOrgID";
    public static final String AWS_PRINCIPAL_SERVICE_NAME = "aws:PrincipalServiceName";
    /** Prefix of the tags of the principal; the tag's key follows. */
    public static final String AWS_PRINCIPAL_TAG_PREFIX = "aws:PrincipalTag/";

    public static final String AWS_PRINCIPAL_TYPE = "aws:PrincipalType";
    public static final String AWS_REFERER = "aws:Referer";
    public static final String AWS_REQUESTED_REGION = "aws:RequestedRegion";
    public static final String AWS_RESOURCE_ACCOUNT = "aws:ResourceAccount";
    public static final String AWS_RESOURCE_ORG_ID = "aws:ResourceOrgID";
    public static final String AWS_SECURE_TRANSPORT = "aws:SecureTransport";
    public static final String AWS_SOURCE_ACCOUNT = "aws:SourceAccount";
    public static final String AWS_SOURCE_ARN = "aws:SourceArn";
    public static final String AWS_SOURCE_IP = "aws:SourceIp";
    public static final String AWS_SOURCE_VPC = "aws:SourceVpc";
    public static final String AWS_SOURCE_VPCE = "aws:SourceVpce";
    public static final String AWS_USERID = "aws:userid";
    public static final String AWS_USERNAME = "aws:username";
    public static final String AWS_USER_AGENT = "aws:UserAgent";
    public static final String AWS_VIA_AWS_SERVICE = "aws:ViaAWSService";
    public static final String AWS_CALLED_VIA = "aws:CalledVia";

    public static final String KMS_CALLER_ACCOUNT = "kms:CallerAccount";
    /** Prefix of the encryption context pairs; the context's key follows, colons and all. */
    public static final String KMS_ENCRYPTION_CONTEXT_PREFIX = "kms:EncryptionContext:";

    public static final String KMS_ENCRYPTION_CONTEXT_KEYS = "kms:EncryptionContextKeys";
    public static final String KMS_GRANTEE_PRINCIPAL = "kms:GranteePrincipal";
    public static final String KMS_GRANT_CONSTRAINT_TYPE = "kms:GrantConstraintType";
    public static final String KMS_GRANT_IS_FOR_AWS_RESOURCE = "kms:GrantIsForAWSResource";
    public static final String KMS_GRANT_OPERATIONS = "kms:GrantOperations";
    public static final String KMS_KEY_ORIGIN = "kms:KeyOrigin";
    public static final String KMS_KEY_SPEC = "kms:KeySpec";
    public static final String KMS_KEY_USAGE = "kms:KeyUsage";
    public static final String KMS_MULTI_REGION = "kms:MultiRegion";
    public static final String KMS_REQUEST_ALIAS = "kms:RequestAlias";
    public static final String KMS_RESOURCE_ALIASES = "kms:ResourceAliases";
    public static final String KMS_RETIRING_PRINCIPAL = "kms:RetiringPrincipal";
    public static final String KMS_REENCRYPT_ON_SAME_KEY = "kms:ReEncryptOnSameKey";
    public static final String KMS_SCHEDULE_KEY_DELETION_PENDING_WINDOW_IN_DAYS =
            "kms:ScheduleKeyDeletionPendingWindowInDays";
    public static final String KMS_VIA_SERVICE = "kms:ViaService";

    public static final String S3_AUTH_TYPE = "s3:authType";
    public static final String S3_DELIMITER = "s3:delimiter";
    public static final String S3_EXISTING_OBJECT_TAG_PREFIX = "s3:ExistingObjectTag/";
    public static final String S3_MAX_KEYS = "s3:max-keys";
    public static final String S3_PREFIX = "s3:prefix";
    public static final String S3_REQUEST_OBJECT_TAG_PREFIX = "s3:RequestObjectTag/";
    public static final String S3_RESOURCE_ACCOUNT = "s3:ResourceAccount";
    public static final String S3_SIGNATURE_AGE = "s3:signatureAge";
    public static final String S3_SIGNATURE_VERSION = "s3:signatureversion";
    public static final String S3_TLS_VERSION = "s3:TlsVersion";
    public static final String S3_VERSION_ID = "s3:VersionId";
    public static final String S3_X_AMZ_ACL = "s3:x-amz-acl";
    public static final String S3_X_AMZ_CONTENT_SHA256 = "s3:x-amz-content-sha256";
    public static final String S3_X_AMZ_COPY_SOURCE = "s3:x-amz-copy-source";
    public static final String S3_X_AMZ_SERVER_SIDE_ENCRYPTION = "s3:x-amz-server-side-encryption";
    public static final String S3_X_AMZ_SERVER_SIDE_ENCRYPTION_AWS_KMS_KEY_ID =
            "s3:x-amz-server-side-encryption-aws-kms-key-id";
    public static final String S3_X_AMZ_SERVER_SIDE_ENCRYPTION_CUSTOMER_ALGORITHM =
            "s3:x-amz-server-side-encryption-customer-algorithm";
    public static final String S3_X_AMZ_STORAGE_CLASS = "s3:x-amz-storage-class";

    private ContextKeys() {}

    /** The condition key that carries the value of one encryption context pair, for example {@code kms:EncryptionContext:aws:s3:arn}. */
    public static String encryptionContext(String contextKey) {
        return KMS_ENCRYPTION_CONTEXT_PREFIX + contextKey;
    }

    static String fold(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
