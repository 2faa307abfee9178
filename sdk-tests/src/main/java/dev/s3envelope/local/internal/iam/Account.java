package dev.s3envelope.local.internal.iam;

import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.Principal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** One AWS account: its root user, users and roles, its organization and the policies of that organization. Thread-safe. */
public final class Account {
    private final String id;
    private final String partition;
    private final Holder root;
    private final Map<String, Holder> users = new ConcurrentSkipListMap<>();
    private final Map<String, Holder> roles = new ConcurrentSkipListMap<>();
    private volatile @Nullable String organizationId;
    private volatile List<PolicyDocument> serviceControl = List.of();
    private volatile List<PolicyDocument> resourceControl = List.of();

    Account(String id, String partition) {
        this.id = id;
        this.partition = partition;
        this.root = new Holder(this, Principal.fromArn(arn("root")).withUserId(id));
    }

    public String id() {
        return id;
    }

    private String arn(String resource) {
        return "arn:" + partition + ":iam::" + id + ":" + resource;
    }

    /** The canonical user id of S3: 64 hex digits, the same for the account in every instance. */
    public String canonicalId() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(("canonical user " + id).getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    public Holder root() {
        return root;
    }

    /** Makes a user; {@code path} is empty or ends with a slash, as in {@code team/}. */
    Holder createUser(String path, String name, String uniqueId) {
        Holder user =
                new Holder(this, Principal.fromArn(arn("user/" + path + name)).withUserId(uniqueId));
        if (users.putIfAbsent(name, user) != null) {
            throw new IllegalArgumentException("account " + id + " already has a user " + name);
        }
        return user;
    }

    Holder createRole(String path, String name, String uniqueId, TrustPolicy trust) {
        Holder role =
                new Holder(this, Principal.fromArn(arn("role/" + path + name)).withUserId(uniqueId));
        role.trust(trust);
        if (roles.putIfAbsent(name, role) != null) {
            throw new IllegalArgumentException("account " + id + " already has a role " + name);
        }
        return role;
    }

    public Optional<Holder> user(String name) {
        return Optional.ofNullable(users.get(name));
    }

    public Optional<Holder> role(String name) {
        return Optional.ofNullable(roles.get(name));
    }

    public Collection<Holder> users() {
        return List.copyOf(users.values());
    }

    public Collection<Holder> roles() {
        return List.copyOf(roles.values());
    }

    public Optional<String> organizationId() {
        return Optional.ofNullable(organizationId);
    }

    public void organizationId(@Nullable String value) {
        this.organizationId = value;
    }

    /** The service control policies of the account; empty: nothing is limited. */
    public List<PolicyDocument> serviceControl() {
        return serviceControl;
    }

    public void serviceControl(List<PolicyDocument> documents) {
        this.serviceControl = List.copyOf(documents);
    }

    /** The resource control policies of the account; empty: nothing is limited. */
    public List<PolicyDocument> resourceControl() {
        return resourceControl;
    }

    public void resourceControl(List<PolicyDocument> documents) {
        this.resourceControl = List.copyOf(documents);
    }
}
