package dev.s3envelope.core.iam;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One question to a gate: may this principal do this to that resource, in this context.
 *
 * <p>Names of context keys are case-insensitive, values are not. The builder derives from the principal and the resource what AWS
 * derives: {@code aws:PrincipalArn}, {@code aws:PrincipalAccount}, {@code aws:PrincipalOrgID}, {@code aws:PrincipalType},
 * {@code aws:PrincipalTag/...}, {@code aws:PrincipalIsAWSService}, {@code aws:PrincipalServiceName}, {@code aws:username},
 * {@code aws:userid}, {@code aws:ResourceAccount}, and {@code s3:ResourceAccount} or {@code kms:CallerAccount} by the action's service; a
 * value given explicitly wins. Facts about the connection and the time are given by the caller: without
 * {@code aws:SecureTransport}, for example, a condition on it sees an absent key. Immutable.
 */
public final class AccessRequest {
    private static final String RESOURCE_ACCOUNT = ContextKeys.fold(ContextKeys.AWS_RESOURCE_ACCOUNT);
    private static final String S3_RESOURCE_ACCOUNT = ContextKeys.fold(ContextKeys.S3_RESOURCE_ACCOUNT);
    private static final String CALLER_ACCOUNT = ContextKeys.fold(ContextKeys.KMS_CALLER_ACCOUNT);
    private static final String CONTEXT_PREFIX = ContextKeys.fold(ContextKeys.KMS_ENCRYPTION_CONTEXT_PREFIX);
    private static final String CONTEXT_KEYS = ContextKeys.fold(ContextKeys.KMS_ENCRYPTION_CONTEXT_KEYS);

    private final Principal principal;
    private final String action;
    private final String actionFolded;
    private final String resource;
    private final @Nullable String resourceAccount;
    private final @Nullable String objectOwner;
    private final Map<String, String> encryptionContext;
    private final Map<String, List<String>> context;

    private AccessRequest(Builder b) {
        this.principal = b.principal;
        this.action = b.action;
        this.actionFolded = ContextKeys.fold(b.action);
        this.resource = b.resource;
        this.resourceAccount = b.resourceAccount;
        this.objectOwner = b.objectOwner;
        this.encryptionContext = b.encryptionContext;
        Map<String, List<String>> keys = new HashMap<>(48);
        keys.putAll(principal.derivedContext());
        derive(keys);
        keys.putAll(b.context);
        this.context = keys;
    }

    /**
     * Starts a question.
     *
     * @param action the action as policies name it, for example {@code s3:GetObject}
     * @param resource the full ARN of the resource; for a KMS action the key's ARN, or {@code *} where the action has no resource
     */
    public static Builder builder(Principal principal, String action, String resource) {
        return new Builder(principal, action, resource);
    }

    public Principal principal() {
        return principal;
    }

    public String action() {
        return action;
    }

    /** The part of the action before the colon, in lower case. */
    public String service() {
        return actionFolded.substring(0, actionFolded.indexOf(':'));
    }

    public String resource() {
        return resource;
    }

    /** The account that owns the bucket or key; empty if not known, which is treated as another account than the caller's. */
    public Optional<String> resourceAccount() {
        return Optional.ofNullable(resourceAccount);
    }

    /** The account that owns the object where it is not the bucket's. */
    public Optional<String> objectOwner() {
        return Optional.ofNullable(objectOwner);
    }

    /** The encryption context of a KMS request, keys and values exactly as sent. */
    public Map<String, String> encryptionContext() {
        return encryptionContext;
    }

    /** The values of a context key; empty if the request has none. */
    public List<String> context(String key) {
        return folded(ContextKeys.fold(key));
    }

    List<String> folded(String foldedKey) {
        List<String> values = context.get(foldedKey);
        return values == null ? List.of() : values;
    }

    String actionFolded() {
        return actionFolded;
    }

    private void derive(Map<String, List<String>> keys) {
        if (resourceAccount != null) {
            List<String> owner = List.of(resourceAccount);
            keys.put(RESOURCE_ACCOUNT, owner);
            if (actionFolded.startsWith("s3:")) {
                keys.put(S3_RESOURCE_ACCOUNT, owner);
            }
        }
        if (principal.account().isPresent() && actionFolded.startsWith("kms:")) {
            keys.put(CALLER_ACCOUNT, List.of(principal.account().get()));
        }
        if (!encryptionContext.isEmpty()) {
            encryptionContext.forEach((k, v) -> addFolded(keys, CONTEXT_PREFIX + ContextKeys.fold(k), v));
            keys.put(CONTEXT_KEYS, List.copyOf(encryptionContext.keySet()));
        }
    }

    /** Two context keys that differ only in case are one condition key with two values. */
    private static void addFolded(Map<String, List<String>> keys, String folded, String value) {
        List<String> present = keys.get(folded);
        if (present == null) {
            keys.put(folded, List.of(value));
        } else {
            List<String> more = new ArrayList<>(present);
            more.add(value);
            keys.put(folded, List.copyOf(more));
        }
    }

    @Override
    public String toString() {
        return principal + " " + action + " " + resource;
    }

    /** Collects a question. Not thread-safe. */
    public static final class Builder {
        private final Principal principal;
        private final String action;
        private final String resource;
        private @Nullable String resourceAccount;
        private @Nullable String objectOwner;
        private Map<String, String> encryptionContext = Map.of();
        private final Map<String, List<String>> context = new HashMap<>();

        private Builder(Principal principal, String action, String resource) {
            if (action.indexOf(':') < 1 || action.indexOf('*') >= 0 || action.indexOf('?') >= 0) {
                throw new IllegalArgumentException("An action is asked for as service:Name: " + action);
            }
            this.principal = principal;
            this.action = action;
            this.resource = resource;
        }

        /** The 12-digit account that owns the bucket or key. */
        public Builder resourceAccount(@Nullable String account) {
            if (account != null && !Principal.isAccount(account)) {
                throw new IllegalArgumentException("Not a 12-digit account id: " + account);
            }
            this.resourceAccount = account;
            return this;
        }

        /** The account that owns the object if it is not the bucket's: the bucket policy's Allow statements do not reach such objects. */
        public Builder objectOwner(@Nullable String account) {
            if (account != null && !Principal.isAccount(account)) {
                throw new IllegalArgumentException("Not a 12-digit account id: " + account);
            }
            this.objectOwner = account;
            return this;
        }

        /** Sets a context key to these values, replacing what it had; no values, or null, leave the key absent. */
        public Builder context(String key, Collection<String> values) {
            context.put(ContextKeys.fold(key), List.copyOf(values));
            return this;
        }

        /** Sets a context key to one value; null leaves the key absent. */
        public Builder context(String key, @Nullable String value) {
            return context(key, value == null ? List.of() : List.of(value));
        }

        /** The encryption context of a KMS request; conditions see it as {@code kms:EncryptionContext:key}, grants exactly as given. */
        public Builder encryptionContext(Map<String, String> pairs) {
            this.encryptionContext = Collections.unmodifiableMap(new TreeMap<>(pairs));
            return this;
        }

        /** Sets {@code aws:CurrentTime} and {@code aws:EpochTime}. */
        public Builder time(Instant now) {
            context(ContextKeys.AWS_CURRENT_TIME, now.toString());
            return context(ContextKeys.AWS_EPOCH_TIME, Long.toString(now.getEpochSecond()));
        }

        /** Sets {@code aws:SecureTransport}: whether the request came over TLS. */
        public Builder secureTransport(boolean tls) {
            return context(ContextKeys.AWS_SECURE_TRANSPORT, Boolean.toString(tls));
        }

        public AccessRequest build() {
            return new AccessRequest(this);
        }
    }
}
