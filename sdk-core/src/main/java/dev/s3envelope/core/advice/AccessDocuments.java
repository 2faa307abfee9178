package dev.s3envelope.core.advice;

import dev.s3envelope.core.PolicySyntaxException;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.guard.KeyFacts;
import dev.s3envelope.core.iam.GatePolicies;
import dev.s3envelope.core.iam.Grant;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The documents that decide access to objects, and the facts of buckets and keys that matter beside them. What is not in here is not known:
 * {@link PolicySimulator} answers unknown, and {@link PolicyLint} stays silent about it.
 *
 * @param principals principals with their identity-based policies
 * @param buckets buckets
 * @param keys KMS keys
 */
public record AccessDocuments(List<OfPrincipal> principals, List<OfBucket> buckets, List<OfKey> keys) {
    /** Copies the lists. */
    public AccessDocuments {
        principals = List.copyOf(principals);
        buckets = List.copyOf(buckets);
        keys = List.copyOf(keys);
    }

    /**
     * What belongs to one principal.
     *
     * @param principal who, with boundary, session policies, tags and organization
     * @param identity its identity-based policies, those of its groups included
     * @param serviceControl levels of service control policies of its account, root first; none where they do not apply
     */
    public record OfPrincipal(
            Principal principal, List<PolicyDocument> identity, List<List<PolicyDocument>> serviceControl) {
        /** Copies the lists. */
        public OfPrincipal {
            identity = List.copyOf(identity);
            serviceControl = List.copyOf(serviceControl);
        }
    }

    /**
     * What belongs to one bucket.
     *
     * @param name its name
     * @param account its owner, if known
     * @param region its Region, if known
     * @param policy its bucket policy, if it has one
     * @param resourceControl levels of resource control policies of its account, root first
     * @param encryption its default encryption, if known
     * @param replication its replication configuration, if it has one
     * @param logsTo the bucket its access logs go to, if they go anywhere
     * @param objectKeys keys that objects in it are known to be under
     */
    public record OfBucket(
            String name,
            Optional<AccountId> account,
            Optional<String> region,
            Optional<PolicyDocument> policy,
            List<List<PolicyDocument>> resourceControl,
            Optional<DefaultEncryption> encryption,
            Optional<Replication> replication,
            Optional<String> logsTo,
            List<KeyArn> objectKeys) {
        /** Copies the lists; refuses an access point or directory bucket. */
        public OfBucket {
            name = ObjectScope.requireGeneralPurpose(name);
            resourceControl = List.copyOf(resourceControl);
            objectKeys = List.copyOf(objectKeys);
        }

        /** Its ARN in a partition. */
        public String arn(String partition) {
            return "arn:" + partition + ":s3:::" + name;
        }
    }

    /**
     * A bucket's default encryption, as {@code GetBucketEncryption} gives it.
     *
     * @param algorithm {@code AES256}, {@code aws:kms} or {@code aws:kms:dsse}
     * @param key the KMS key as it was configured: ARN, alias or id; empty for {@code aws/s3}
     * @param bucketKey whether Bucket Keys are on
     */
    public record DefaultEncryption(String algorithm, Optional<String> key, boolean bucketKey) {
        /** Whether objects end up under a KMS key. */
        public boolean usesKms() {
            return algorithm.startsWith("aws:kms");
        }

        /** Whether the key is the AWS managed one. */
        public boolean usesManagedKey() {
            return usesKms() && key.map(k -> k.endsWith("alias/aws/s3")).orElse(true);
        }
    }

    /**
     * A replication configuration.
     *
     * @param role the ARN of the role S3 assumes
     * @param rules its rules
     */
    public record Replication(String role, List<ReplicationRule> rules) {
        /** Copies the list. */
        public Replication {
            rules = List.copyOf(rules);
        }
    }

    /**
     * One rule of a replication configuration.
     *
     * @param id its id, or its place where it has none
     * @param enabled whether it is in force
     * @param destination the name of the bucket replicas go to
     * @param destinationAccount the account that owns the replicas, if the rule says so
     * @param kmsObjects whether {@code SourceSelectionCriteria.SseKmsEncryptedObjects} is enabled
     * @param replicaKey {@code EncryptionConfiguration.ReplicaKmsKeyID}, if given
     */
    public record ReplicationRule(
            String id,
            boolean enabled,
            String destination,
            Optional<AccountId> destinationAccount,
            boolean kmsObjects,
            Optional<String> replicaKey) {}

    /**
     * What belongs to one KMS key.
     *
     * @param facts ARN, manager and state
     * @param policy its key policy, if known
     * @param resourceControl levels of resource control policies of its account, root first
     * @param grants its grants
     */
    public record OfKey(
            KeyFacts facts,
            Optional<PolicyDocument> policy,
            List<List<PolicyDocument>> resourceControl,
            List<Grant> grants) {
        /** Copies the lists. */
        public OfKey {
            resourceControl = List.copyOf(resourceControl);
            grants = List.copyOf(grants);
        }

        /** Its ARN. */
        public KeyArn arn() {
            return facts.arn();
        }

        /** Whether AWS manages the key. */
        public boolean isAwsManaged() {
            return facts.manager() == KeyFacts.Manager.AWS;
        }
    }

    /**
     * Reads the JSON form, which {@code docs/access-documents.md} describes; entries under {@code access} are left out.
     *
     * @param source what the text was read from, for messages
     * @throws PolicySyntaxException if the text is not JSON, not of this form, or holds a policy AWS would refuse
     */
    public static AccessDocuments fromJson(String text, String source) {
        return DocumentsReader.read(text, source).documents();
    }

    /** The entry of a principal, by its ARN. */
    public Optional<OfPrincipal> principal(String arn) {
        return principals.stream().filter(p -> p.principal().arn().equals(arn)).findFirst();
    }

    /** The entry of a bucket, by its name. */
    public Optional<OfBucket> bucket(String name) {
        return buckets.stream().filter(b -> b.name().equals(name)).findFirst();
    }

    /** The entry of a key, by its ARN. */
    public Optional<OfKey> key(String arn) {
        return keys.stream().filter(k -> k.arn().text().equals(arn)).findFirst();
    }

    /** These and others together; of what both have, the entry here stays. */
    public AccessDocuments with(AccessDocuments others) {
        List<OfPrincipal> allPrincipals = new ArrayList<>(principals);
        others.principals.stream()
                .filter(p -> principal(p.principal().arn()).isEmpty())
                .forEach(allPrincipals::add);
        List<OfBucket> allBuckets = new ArrayList<>(buckets);
        others.buckets.stream().filter(b -> bucket(b.name()).isEmpty()).forEach(allBuckets::add);
        List<OfKey> allKeys = new ArrayList<>(keys);
        others.keys.stream().filter(k -> key(k.arn().text()).isEmpty()).forEach(allKeys::add);
        return new AccessDocuments(allPrincipals, allBuckets, allKeys);
    }

    /** The documents the S3 gate looks at for a principal and a bucket. */
    static GatePolicies forS3(OfPrincipal principal, OfBucket bucket) {
        GatePolicies.Builder policies =
                principalSide(principal).resource(bucket.policy().orElse(null));
        bucket.resourceControl().forEach(policies::resourceControlLevel);
        return policies.build();
    }

    /** The documents the KMS gate looks at for a principal and a key. */
    static GatePolicies forKms(OfPrincipal principal, OfKey key) {
        GatePolicies.Builder policies = principalSide(principal)
                .resource(key.policy().orElse(null))
                .grants(key.grants())
                .awsManagedKey(key.isAwsManaged());
        key.resourceControl().forEach(policies::resourceControlLevel);
        return policies.build();
    }

    private static GatePolicies.Builder principalSide(OfPrincipal principal) {
        GatePolicies.Builder policies = GatePolicies.builder().identity(principal.identity());
        principal.serviceControl().forEach(policies::serviceControlLevel);
        return policies;
    }
}
