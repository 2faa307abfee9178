package dev.s3envelope.local.internal.iam;

import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A root user, user or role of an account, with its policies; what can own access keys or have sessions. Thread-safe. */
public final class Holder {
    private static final Duration USUAL_SESSION = Duration.ofHours(1);

    private final Account account;
    private final Principal principal;
    private final NavigableMap<String, PolicyDocument> policies = new TreeMap<>();
    private final NavigableMap<String, String> tags = new TreeMap<>();
    private @Nullable PolicyDocument boundary;
    private @Nullable TrustPolicy trust;
    private Duration longestSession = USUAL_SESSION;

    Holder(Account account, Principal principal) {
        this.account = account;
        this.principal = principal;
    }

    public Account account() {
        return account;
    }

    /** The bare principal: without boundary, organization and session. */
    public Principal principal() {
        return principal;
    }

    public String arn() {
        return principal.arn();
    }

    public String name() {
        return principal.name();
    }

    public synchronized void policy(String name, @Nullable PolicyDocument document) {
        if (document == null) {
            policies.remove(name);
        } else {
            policies.put(name, document);
        }
    }

    public synchronized NavigableMap<String, PolicyDocument> policies() {
        return new TreeMap<>(policies);
    }

    public synchronized Optional<PolicyDocument> boundary() {
        return Optional.ofNullable(boundary);
    }

    public synchronized void boundary(@Nullable PolicyDocument document) {
        this.boundary = document;
    }

    /** Who may assume the role; empty for users and root. */
    public synchronized Optional<TrustPolicy> trust() {
        return Optional.ofNullable(trust);
    }

    public synchronized void trust(TrustPolicy policy) {
        this.trust = policy;
    }

    public synchronized Duration longestSession() {
        return longestSession;
    }

    public synchronized void longestSession(Duration duration) {
        this.longestSession = duration;
    }

    public synchronized NavigableMap<String, String> tags() {
        return new TreeMap<>(tags);
    }

    public synchronized void tags(Map<String, String> more) {
        tags.putAll(more);
    }

    /** The identity of a request, for a session of a role if {@code sessionName} is given. */
    synchronized Identity identity(@Nullable String sessionName, List<PolicyDocument> sessionPolicies) {
        Principal now = principal
                .withOrganization(account.organizationId().orElse(null))
                .withPermissionsBoundary(boundary)
                .withTags(tags);
        if (sessionName != null && now.kind() == Principal.Kind.ROLE) {
            now = now.session(sessionName);
        }
        if (!sessionPolicies.isEmpty()) {
            now = now.withSessionPolicies(sessionPolicies);
        }
        return new Identity(now, new ArrayList<>(policies.values()));
    }
}
