package dev.s3envelope.core.advice;

import java.util.Locale;

/** What {@link PolicyLint} looks for. Ids are stable; the table in {@code docs/lint.md} is made from this. */
public enum LintRule {
    /** Everybody in an Allow of a key policy. */
    KEY_OPEN_TO_EVERYONE(
            Severity.ERROR,
            "a key policy allows everybody, in every account, without a condition on who",
            "name the principals, or add a condition on kms:CallerAccount or aws:PrincipalOrgID",
            "KMS key-policies"),
    /** Another account with every right on a key. */
    KEY_FULLY_OPEN_TO_ACCOUNT(
            Severity.WARNING,
            "a key policy allows another account everything, its policy and deletion included",
            "allow the roles that need the key, and the actions they need",
            "KMS key-policy-modifying-external-accounts"),
    /** No delegation to the account. */
    KEY_WITHOUT_DELEGATION(
            Severity.WARNING,
            "a key policy does not delegate to its account: IAM policies that allow the key are void, and losing the named principals loses the key",
            "add the default statement (Allow the account's root kms:*), or keep every user of the key in the key policy",
            "KMS key-policy-default"),
    /** IAM Allow that the key policy does not back. */
    IAM_ALLOW_WITHOUT_KEY_POLICY(
            Severity.ERROR,
            "an identity policy allows a key whose key policy allows neither the principal nor its account",
            "add the principal to the key policy",
            "KMS key-policies; key-policy-modifying-external-accounts"),
    /** Alias as Resource. */
    ALIAS_AS_RESOURCE(
            Severity.ERROR,
            "a statement allows the use of a key by naming an alias as its resource, which matches no key",
            "name the key's ARN, or use the condition kms:ResourceAliases",
            "KMS alias-authorization"),
    /** Object ARN as context under Bucket Keys. */
    OBJECT_CONTEXT_WITH_BUCKET_KEY(
            Severity.ERROR,
            "a condition wants an object's ARN as encryption context, but the bucket uses Bucket Keys, whose context is the bucket's ARN",
            "compare kms:EncryptionContext:aws:s3:arn with the bucket's ARN as well",
            "S3 bucket-key"),
    /** Bucket ARN as context without Bucket Keys. */
    BUCKET_CONTEXT_WITHOUT_BUCKET_KEY(
            Severity.WARNING,
            "a condition wants the bucket's ARN as encryption context, but the bucket does not use Bucket Keys: the context is the object's ARN",
            "compare kms:EncryptionContext:aws:s3:arn with the objects' ARNs, or turn Bucket Keys on",
            "S3 UsingKMSEncryption"),
    /** Alias where several accounts write. */
    ALIAS_ACROSS_ACCOUNTS(
            Severity.ERROR,
            "an alias or bare key id is configured where another account writes: it is looked up in the writer's account",
            "configure the full ARN of the key",
            "API PutBucketEncryption"),
    /** aws/s3 where sharing is wanted. */
    MANAGED_KEY_SHARED(
            Severity.ERROR,
            "objects under the AWS managed key aws/s3 are to be used by another account, which that key never allows",
            "encrypt under a customer managed key and share that key",
            "S3 UsingKMSEncryption"),
    /** Reader without kms:Decrypt. */
    READER_WITHOUT_DECRYPT(
            Severity.ERROR,
            "a principal may read objects that it cannot decrypt",
            "allow kms:Decrypt on the bucket's key",
            "S3 using-with-s3-policy-actions"),
    /** Writer without kms:GenerateDataKey. */
    WRITER_WITHOUT_GENERATE_DATA_KEY(
            Severity.ERROR,
            "a principal may write objects but gets no data key to encrypt them under",
            "allow kms:GenerateDataKey on the bucket's key",
            "S3 UsingKMSEncryption"),
    /** Writer whose large uploads fail. */
    MULTIPART_WITHOUT_DECRYPT(
            Severity.WARNING,
            "a writer lacks kms:Decrypt: small uploads succeed, multipart uploads fail",
            "allow kms:Decrypt on the bucket's key",
            "S3 mpuoverview"),
    /** Key of another Region. */
    KEY_IN_ANOTHER_REGION(
            Severity.ERROR,
            "a bucket is configured with a key of another Region, which S3 cannot use",
            "use a key of the bucket's Region; S3 takes a replica of a multi-Region key for a key of its own",
            "S3 UsingKMSEncryption"),
    /** Log delivery into a KMS bucket. */
    LOG_BUCKET_WITH_KMS(
            Severity.ERROR,
            "server access logs go to a bucket whose default encryption is a KMS key: they are not delivered",
            "set the default encryption of the log bucket to SSE-S3",
            "S3 enable-server-access-logging"),
    /** Replication without SseKmsEncryptedObjects. */
    REPLICATION_SKIPS_KMS_OBJECTS(
            Severity.ERROR,
            "a replication rule does not select objects under KMS keys, so those are not replicated",
            "enable SourceSelectionCriteria.SseKmsEncryptedObjects in the rule, with a ReplicaKmsKeyID",
            "S3 replication-config-for-kms-objects"),
    /** Replication without replica key. */
    REPLICATION_WITHOUT_REPLICA_KEY(
            Severity.ERROR,
            "a replication rule selects objects under KMS keys but names no key for the replicas",
            "set EncryptionConfiguration.ReplicaKmsKeyID to a key of the destination's Region",
            "S3 replication-config-for-kms-objects"),
    /** Replication role without GetObjectVersionForReplication. */
    REPLICATION_ROLE_WITHOUT_VERSION_READ(
            Severity.ERROR,
            "a replication role lacks s3:GetObjectVersionForReplication; s3:GetObjectVersion does not do for objects under KMS keys",
            "allow the role s3:GetObjectVersionForReplication on the source objects",
            "S3 replication-config-for-kms-objects"),
    /** Replication role without KMS rights. */
    REPLICATION_ROLE_WITHOUT_KEY(
            Severity.ERROR,
            "a replication role may not decrypt under the source's key, or not encrypt under the replica key",
            "allow the role kms:Decrypt on the source's key and kms:Encrypt on the replica key",
            "S3 replication-config-for-kms-objects"),
    /** Pending deletion with data behind it. */
    KEY_PENDING_DELETION_IN_USE(
            Severity.ERROR,
            "a key that is pending deletion has data behind it: once it is gone that data is lost",
            "cancel the deletion, and encrypt the data under another key before it is scheduled again",
            "KMS deleting-keys"),
    /** Disabled with data behind it. */
    KEY_OUT_OF_USE(
            Severity.ERROR,
            "a key that cannot be used in its state is configured or has data behind it: reads and writes fail",
            "enable the key, or configure another",
            "KMS key-state");

    private final Severity severity;
    private final String meaning;
    private final String fix;
    private final String source;

    LintRule(Severity severity, String meaning, String fix, String source) {
        this.severity = severity;
        this.meaning = meaning;
        this.fix = fix;
        this.source = source;
    }

    /** The id in output, for example {@code key-open-to-everyone}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Severity severity() {
        return severity;
    }

    /** What is wrong, in general. */
    public String meaning() {
        return meaning;
    }

    /** What to do. */
    public String fix() {
        return fix;
    }

    /** The AWS page the rule rests on: the guide and the page's file name. */
    public String source() {
        return source;
    }

    /** All rules as a table in Markdown. */
    public static String table() {
        StringBuilder out =
                new StringBuilder("| id | severity | found where | fix | source |\n|---|---|---|---|---|\n");
        for (LintRule rule : values()) {
            out.append("| `")
                    .append(rule.id())
                    .append("` | ")
                    .append(rule.severity.name().toLowerCase(Locale.ROOT));
            out.append(" | ").append(rule.meaning).append(" | ").append(rule.fix);
            out.append(" | ").append(rule.source).append(" |\n");
        }
        return out.toString();
    }
}
