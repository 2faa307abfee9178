package dev.s3envelope.local;

import dev.s3envelope.core.iam.MalformedPolicyException;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.local.internal.iam.Accounts;
import dev.s3envelope.local.internal.iam.Holder;
import java.util.Map;
import java.util.NavigableMap;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.policybuilder.iam.IamPolicy;

/** An IAM user. It may do nothing until a policy allows it; every change counts from the next request on. */
public final class LocalUser implements LocalPrincipal {
    private final Accounts accounts;
    private final Holder holder;
    private final PolicyHolder policies;
    private final LongTermKey key;

    LocalUser(Accounts accounts, Holder holder) {
        this.accounts = accounts;
        this.holder = holder;
        this.policies = new PolicyHolder(accounts, holder, PolicyType.IDENTITY);
        this.key = new LongTermKey(accounts, holder);
    }

    /** The name without its path. */
    public String name() {
        return holder.name();
    }

    @Override
    public String arn() {
        return holder.arn();
    }

    @Override
    public String accountId() {
        return holder.account().id();
    }

    @Override
    public AwsCredentials credentials() {
        return key.credentials();
    }

    /** Gives the user this access key, which {@link #credentials()} answers from now on if it had none. */
    public LocalUser accessKey(String accessKeyId, String secretAccessKey) {
        accounts.restore(holder, accessKeyId, secretAccessKey);
        return this;
    }

    /** Attaches an identity-based policy, replacing one of the same name.
     *
     * @throws MalformedPolicyException if AWS would refuse the document
     */
    public LocalUser policy(String name, String json) {
        policies.policy(name, json);
        return this;
    }

    /** Attaches an identity-based policy, replacing one of the same name. */
    public LocalUser policy(String name, IamPolicy policy) {
        return policy(name, policy.toJson());
    }

    /** Attaches a policy that allows one action on these resources, or on all if none is given. */
    public LocalUser allow(String action, String... resources) {
        policies.allow(action, resources);
        return this;
    }

    /** Detaches a policy. */
    public LocalUser removePolicy(String name) {
        policies.remove(name);
        return this;
    }

    /** Detaches all policies. */
    public LocalUser clearPolicies() {
        policies.clear();
        return this;
    }

    /** The attached policies, name to JSON. */
    public NavigableMap<String, String> policies() {
        return policies.policies();
    }

    /** Sets the permissions boundary; empty text removes it. */
    public LocalUser permissionsBoundary(String json) {
        policies.boundary(json);
        return this;
    }

    /** Adds tags, which conditions see as {@code aws:PrincipalTag/key}. */
    public LocalUser tags(Map<String, String> tags) {
        policies.tags(tags);
        return this;
    }

    @Override
    public String toString() {
        return arn();
    }
}
