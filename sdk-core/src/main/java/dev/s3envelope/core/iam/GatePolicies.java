package dev.s3envelope.core.iam;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The documents and grants one evaluation looks at, apart from the boundary and session policies the {@link Principal} carries.
 *
 * <p>Organization policies come in levels, root first: at each level at least one document must allow. Give no level where the
 * account is in no organization, is its management account, or has the policy type turned off. Immutable and thread-safe.
 */
public final class GatePolicies {
    private static final GatePolicies NONE = builder().build();

    private final List<PolicyDocument> identity;
    private final @Nullable PolicyDocument resource;
    private final List<List<PolicyDocument>> serviceControl;
    private final List<List<PolicyDocument>> resourceControl;
    private final @Nullable PolicyDocument vpcEndpoint;
    private final List<Grant> grants;
    private final boolean awsManagedKey;

    private GatePolicies(Builder b) {
        this.identity = List.copyOf(b.identity);
        this.resource = b.resource;
        this.serviceControl = List.copyOf(b.serviceControl);
        this.resourceControl = List.copyOf(b.resourceControl);
        this.vpcEndpoint = b.vpcEndpoint;
        this.grants = List.copyOf(b.grants);
        this.awsManagedKey = b.awsManagedKey;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** No documents at all: only an account's root user gets anywhere. */
    public static GatePolicies none() {
        return NONE;
    }

    public List<PolicyDocument> identity() {
        return identity;
    }

    /** The bucket policy or key policy. */
    public Optional<PolicyDocument> resource() {
        return Optional.ofNullable(resource);
    }

    public List<List<PolicyDocument>> serviceControlLevels() {
        return serviceControl;
    }

    public List<List<PolicyDocument>> resourceControlLevels() {
        return resourceControl;
    }

    public Optional<PolicyDocument> vpcEndpoint() {
        return Optional.ofNullable(vpcEndpoint);
    }

    public List<Grant> grants() {
        return grants;
    }

    /** Whether the key is managed by AWS, such as {@code aws/s3}: resource control policies do not reach it. */
    public boolean awsManagedKey() {
        return awsManagedKey;
    }

    /** Collects documents. Not thread-safe. */
    public static final class Builder {
        private final List<PolicyDocument> identity = new ArrayList<>();
        private @Nullable PolicyDocument resource;
        private final List<List<PolicyDocument>> serviceControl = new ArrayList<>();
        private final List<List<PolicyDocument>> resourceControl = new ArrayList<>();
        private @Nullable PolicyDocument vpcEndpoint;
        private final List<Grant> grants = new ArrayList<>();
        private boolean awsManagedKey;

        private Builder() {}

        /** Adds identity-based policies of the principal, those of its groups included. */
        public Builder identity(Collection<PolicyDocument> documents) {
            documents.forEach(d -> require(d.type().isIdentityBased(), d, "an identity-based policy"));
            identity.addAll(documents);
            return this;
        }

        /** Adds identity-based policies of the principal, those of its groups included. */
        public Builder identity(PolicyDocument... documents) {
            return identity(List.of(documents));
        }

        /** Sets the bucket policy or key policy; null for a bucket without one. */
        public Builder resource(@Nullable PolicyDocument document) {
            if (document != null) {
                require(document.type().isResourceBased(), document, "a bucket or key policy");
            }
            this.resource = document;
            return this;
        }

        /** Adds a level of service control policies of the principal's account, root first. */
        public Builder serviceControlLevel(Collection<PolicyDocument> documents) {
            documents.forEach(d -> require(d.type() == PolicyType.SERVICE_CONTROL, d, "a service control policy"));
            serviceControl.add(List.copyOf(documents));
            return this;
        }

        /** Adds a level of resource control policies of the resource's account, root first. */
        public Builder resourceControlLevel(Collection<PolicyDocument> documents) {
            documents.forEach(d -> require(d.type() == PolicyType.RESOURCE_CONTROL, d, "a resource control policy"));
            resourceControl.add(List.copyOf(documents));
            return this;
        }

        /** Sets the policy of the VPC endpoint the request came through; null for none. */
        public Builder vpcEndpoint(@Nullable PolicyDocument document) {
            if (document != null) {
                require(document.type() == PolicyType.VPC_ENDPOINT, document, "a VPC endpoint policy");
            }
            this.vpcEndpoint = document;
            return this;
        }

        /** Adds grants; those of other keys or other grantees do no harm. */
        public Builder grants(Collection<Grant> more) {
            grants.addAll(more);
            return this;
        }

        /** Sets whether the key is managed by AWS. */
        public Builder awsManagedKey(boolean managed) {
            this.awsManagedKey = managed;
            return this;
        }

        public GatePolicies build() {
            return new GatePolicies(this);
        }

        private static void require(boolean fits, PolicyDocument document, String wanted) {
            if (!fits) {
                throw new IllegalArgumentException(
                        "'" + document.name() + "' is a " + document.type().phrase() + ", wanted " + wanted);
            }
        }
    }
}
