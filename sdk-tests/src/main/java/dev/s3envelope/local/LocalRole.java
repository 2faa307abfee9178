package dev.s3envelope.local;

import dev.s3envelope.core.iam.MalformedPolicyException;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.local.internal.iam.Accounts;
import dev.s3envelope.local.internal.iam.Holder;
import dev.s3envelope.local.internal.iam.TrustPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.policybuilder.iam.IamPolicy;

/**
 * An IAM role. Used as a principal it acts through a session named {@code local}, started without asking its trust policy; STS
 * AssumeRole asks it. It may do nothing until a policy allows it; every change counts from the next request on, in open
 * sessions too.
 */
public final class LocalRole implements LocalPrincipal {
    private final Accounts accounts;
    private final Holder holder;
    private final Clock clock;
    private final PolicyHolder policies;
    private final LocalSession usual;

    LocalRole(Accounts accounts, Holder holder, Clock clock) {
        this.accounts = accounts;
        this.holder = holder;
        this.clock = clock;
        this.policies = new PolicyHolder(accounts, holder, PolicyType.IDENTITY);
        this.usual = session("local");
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
        return usual.credentials();
    }

    /** A session of the role, of one hour, limited by session policies if some are given. */
    public LocalSession session(String sessionName, String... sessionPolicies) {
        List<PolicyDocument> documents = Stream.of(sessionPolicies)
                .map(json -> PolicyDocument.parse(PolicyType.SESSION, "session policy of " + sessionName, json))
                .toList();
        return new LocalSession(accounts, holder, clock, sessionName, documents);
    }

    /** Replaces the trust policy.
     *
     * @throws MalformedPolicyException if AWS would refuse the document
     */
    public LocalRole trust(String json) {
        holder.trust(TrustPolicy.parse("trust policy of " + name(), json));
        accounts.changed(holder.account());
        return this;
    }

    /** Sets the longest session AssumeRole gives; one hour if not set. */
    public LocalRole longestSession(Duration duration) {
        if (duration.compareTo(Duration.ofHours(1)) < 0 || duration.compareTo(Duration.ofHours(12)) > 0) {
            throw new IllegalArgumentException("the longest session is between 1 and 12 hours: " + duration);
        }
        holder.longestSession(duration);
        accounts.changed(holder.account());
        return this;
    }

    /** Attaches an identity-based policy, replacing one of the same name.
     *
     * @throws MalformedPolicyException if AWS would refuse the document
     */
    public LocalRole policy(String name, String json) {
        policies.policy(name, json);
        return this;
    }

    /** Attaches an identity-based policy, replacing one of the same name. */
    public LocalRole policy(String name, IamPolicy policy) {
        return policy(name, policy.toJson());
    }

    /** Attaches a policy that allows one action on these resources, or on all if none is given. */
    public LocalRole allow(String action, String... resources) {
        policies.allow(action, resources);
        return this;
    }

    /** Detaches a policy. */
    public LocalRole removePolicy(String name) {
        policies.remove(name);
        return this;
    }

    /** Detaches all policies. */
    public LocalRole clearPolicies() {
        policies.clear();
        return this;
    }

    /** The attached policies, name to JSON. */
    public NavigableMap<String, String> policies() {
        return policies.policies();
    }

    /** Sets the permissions boundary; empty text removes it. */
    public LocalRole permissionsBoundary(String json) {
        policies.boundary(json);
        return this;
    }

    /** Adds tags, which conditions see as {@code aws:PrincipalTag/key}. */
    public LocalRole tags(Map<String, String> tags) {
        policies.tags(tags);
        return this;
    }

    @Override
    public String toString() {
        return arn();
    }
}
