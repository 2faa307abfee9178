package dev.s3envelope.core.iam;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a request: an account's root user, an IAM user, a role (for questions about a role whatever its session), a session of an
 * assumed role, an AWS service, or nobody in particular.
 *
 * <p>The value carries what belongs to this identity alone: its ARN, account and organization, its permissions boundary, tags, and the
 * policies passed when the session was made. Its identity-based policies change independently and are given to a gate with
 * {@link GatePolicies}. Immutable; the {@code with} methods return a copy.
 */
public final class Principal {
    private static final Pattern IAM_ARN = Pattern.compile(
            "arn:(aws[a-z0-9-]*):(iam|sts)::([0-9]{12}):(root|user/.+|role/.+|assumed-role/[^/]+/[^/]+)");

    /** The kinds of principal. */
    public enum Kind {
        /** The root user of an account. */
        ROOT,
        /** An IAM user. */
        USER,
        /** A role, not a particular session of it. */
        ROLE,
        /** A session of a role. */
        ASSUMED_ROLE,
        /** An AWS service acting by itself. */
        SERVICE,
        /** An unsigned request. */
        ANONYMOUS
    }

    private final Kind kind;
    private final String arn;
    private final @Nullable String roleArn;
    private final @Nullable String account;
    private final String name;
    private final @Nullable String userId;
    private final @Nullable String organizationId;
    private final @Nullable PolicyDocument permissionsBoundary;
    private final List<PolicyDocument> sessionPolicies;
    private final Map<String, String> tags;
    private final Map<String, List<String>> derivedContext;

    private Principal(Fields f) {
        this.kind = f.kind;
        this.arn = f.arn;
        this.roleArn = f.roleArn;
        this.account = f.account;
        this.name = f.name;
        this.userId = f.userId;
        this.organizationId = f.organizationId;
        this.permissionsBoundary = f.permissionsBoundary;
        this.sessionPolicies = List.copyOf(f.sessionPolicies);
        this.tags = Map.copyOf(f.tags);
        this.derivedContext = derive();
    }

    /** The root user of an account in the {@code aws} partition. */
    public static Principal root(String account) {
        return fromArn("arn:aws:iam::" + account + ":root");
    }

    /** An IAM user in the {@code aws} partition; the name may start with a path, as in {@code team/alice}. */
    public static Principal user(String account, String name) {
        return fromArn("arn:aws:iam::" + account + ":user/" + name);
    }

    /** A role in the {@code aws} partition, whatever its session; the name may start with a path. */
    public static Principal role(String account, String name) {
        return fromArn("arn:aws:iam::" + account + ":role/" + name);
    }

    /** A session of a role in the {@code aws} partition; the role's name may start with a path. */
    public static Principal assumedRole(String account, String roleName, String sessionName) {
        return role(account, roleName).session(sessionName);
    }

    /** An AWS service, for example {@code logging.s3.amazonaws.com}. */
    public static Principal service(String serviceName) {
        Fields f = new Fields(Kind.SERVICE, serviceName, serviceName);
        return new Principal(f);
    }

    /** The principal of an unsigned request. */
    public static Principal anonymous() {
        return new Principal(new Fields(Kind.ANONYMOUS, "anonymous", "anonymous"));
    }

    /**
     * The principal an ARN of IAM or STS names. The ARN of a session does not tell its role's path; where it matters use
     * {@link #assumedRole} or {@link #session}.
     *
     * @throws IllegalArgumentException if the text is not the ARN of a root user, user, role or role session
     */
    public static Principal fromArn(String arn) {
        Matcher m = IAM_ARN.matcher(arn);
        if (!m.matches()) {
            throw new IllegalArgumentException(
                    "Not the ARN of an account root, IAM user, IAM role or role session: " + arn);
        }
        String resource = m.group(4);
        boolean sts = m.group(2).equals("sts");
        if (sts != resource.startsWith("assumed-role/")) {
            throw new IllegalArgumentException("Sessions are named by STS ARNs, everything else by IAM ARNs: " + arn);
        }
        if (sts) {
            int slash = resource.indexOf('/', "assumed-role/".length());
            String role = resource.substring("assumed-role/".length(), slash);
            return fromArn("arn:" + m.group(1) + ":iam::" + m.group(3) + ":role/" + role)
                    .session(resource.substring(slash + 1));
        }
        Kind kind = resource.equals("root") ? Kind.ROOT : resource.startsWith("user/") ? Kind.USER : Kind.ROLE;
        Fields f = new Fields(kind, arn, resource.substring(resource.lastIndexOf('/') + 1));
        f.account = m.group(3);
        f.roleArn = kind == Kind.ROLE ? arn : null;
        return new Principal(f);
    }

    /**
     * A session of this role; it keeps the role's account, organization, boundary and tags.
     *
     * @throws IllegalStateException if this is not a role
     */
    public Principal session(String sessionName) {
        if (kind != Kind.ROLE) {
            throw new IllegalStateException("Only a role has sessions: " + arn);
        }
        if (sessionName.isEmpty() || sessionName.indexOf('/') >= 0) {
            throw new IllegalArgumentException("Not a role session name: " + sessionName);
        }
        Fields f = new Fields(this);
        f.kind = Kind.ASSUMED_ROLE;
        f.arn = "arn:" + partition() + ":sts::" + account + ":assumed-role/" + name + "/" + sessionName;
        f.userId = userId == null ? null : userId + ":" + sessionName;
        return new Principal(f);
    }

    /** A copy that is a member of an organization, for {@code aws:PrincipalOrgID}; null for none. */
    public Principal withOrganization(@Nullable String organizationId) {
        Fields f = new Fields(this);
        f.organizationId = organizationId;
        return new Principal(f);
    }

    /** A copy with the unique id {@code aws:userid} shows, for example {@code AIDAEXAMPLE} or {@code AROAEXAMPLE:session}. */
    public Principal withUserId(@Nullable String userId) {
        Fields f = new Fields(this);
        f.userId = userId;
        return new Principal(f);
    }

    /** A copy limited by a permissions boundary; null for none. */
    public Principal withPermissionsBoundary(@Nullable PolicyDocument boundary) {
        requireType(boundary == null ? List.of() : List.of(boundary), PolicyType.PERMISSIONS_BOUNDARY);
        Fields f = new Fields(this);
        f.permissionsBoundary = boundary;
        return new Principal(f);
    }

    /** A copy whose session was made with these policies; they limit it together: what any of them allows is within the limit. */
    public Principal withSessionPolicies(List<PolicyDocument> policies) {
        requireType(policies, PolicyType.SESSION);
        Fields f = new Fields(this);
        f.sessionPolicies = policies;
        return new Principal(f);
    }

    /** A copy with these tags, which conditions see as {@code aws:PrincipalTag/key}. */
    public Principal withTags(Map<String, String> tags) {
        Fields f = new Fields(this);
        f.tags = new TreeMap<>(tags);
        return new Principal(f);
    }

    public Kind kind() {
        return kind;
    }

    /** The ARN that names exactly this principal: for a session its STS ARN; for a service its name; {@code anonymous} for nobody. */
    public String arn() {
        return arn;
    }

    /** The ARN of the role, with its path, for a role and its sessions. */
    public Optional<String> roleArn() {
        return Optional.ofNullable(roleArn);
    }

    /** The value of {@code aws:PrincipalArn}: the role's ARN for a session. Empty for a service and for nobody. */
    public Optional<String> principalArn() {
        return account == null ? Optional.empty() : Optional.of(roleArn == null ? arn : roleArn);
    }

    /** The 12-digit account; empty for a service and for nobody. */
    public Optional<String> account() {
        return Optional.ofNullable(account);
    }

    /** The last part of the name, without path: user name, role name, service name. */
    public String name() {
        return name;
    }

    public Optional<String> userId() {
        return Optional.ofNullable(userId);
    }

    public Optional<String> organizationId() {
        return Optional.ofNullable(organizationId);
    }

    public Optional<PolicyDocument> permissionsBoundary() {
        return Optional.ofNullable(permissionsBoundary);
    }

    public List<PolicyDocument> sessionPolicies() {
        return sessionPolicies;
    }

    public Map<String, String> tags() {
        return tags;
    }

    /** How AWS names the principal in an access denied message. */
    String displayArn() {
        return arn;
    }

    /** The partition of the ARN; {@code aws} for a service and for nobody. */
    public String partition() {
        return account == null ? "aws" : arn.substring(4, arn.indexOf(':', 4));
    }

    boolean hasIdentityPolicies() {
        return account != null;
    }

    /** The context keys every request of this principal has; names folded. */
    Map<String, List<String>> derivedContext() {
        return derivedContext;
    }

    private Map<String, List<String>> derive() {
        Map<String, String> keys = new HashMap<>();
        tags.forEach((key, value) -> keys.put(ContextKeys.AWS_PRINCIPAL_TAG_PREFIX + key, value));
        principalArn().ifPresent(value -> keys.put(ContextKeys.AWS_PRINCIPAL_ARN, value));
        account().ifPresent(value -> keys.put(ContextKeys.AWS_PRINCIPAL_ACCOUNT, value));
        organizationId().ifPresent(value -> keys.put(ContextKeys.AWS_PRINCIPAL_ORG_ID, value));
        userId().ifPresent(value -> keys.put(ContextKeys.AWS_USERID, value));
        keys.put(ContextKeys.AWS_PRINCIPAL_IS_AWS_SERVICE, Boolean.toString(kind == Kind.SERVICE));
        switch (kind) {
            case ROOT -> keys.put(ContextKeys.AWS_PRINCIPAL_TYPE, "Account");
            case USER -> {
                keys.put(ContextKeys.AWS_PRINCIPAL_TYPE, "User");
                keys.put(ContextKeys.AWS_USERNAME, name);
            }
            case ROLE, ASSUMED_ROLE -> keys.put(ContextKeys.AWS_PRINCIPAL_TYPE, "AssumedRole");
            case SERVICE -> keys.put(ContextKeys.AWS_PRINCIPAL_SERVICE_NAME, name);
            case ANONYMOUS -> {
                keys.put(ContextKeys.AWS_PRINCIPAL_TYPE, "Anonymous");
                keys.put(ContextKeys.AWS_PRINCIPAL_ACCOUNT, "anonymous");
                keys.put(ContextKeys.AWS_USERID, "anonymous");
            }
        }
        Map<String, List<String>> folded = new HashMap<>();
        keys.forEach((key, value) -> folded.put(ContextKeys.fold(key), List.of(value)));
        return folded;
    }

    static boolean isAccount(String text) {
        if (text.length() != 12) {
            return false;
        }
        for (int i = 0; i < 12; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static void requireType(List<PolicyDocument> documents, PolicyType type) {
        for (PolicyDocument document : documents) {
            if (document.type() != type) {
                throw new IllegalArgumentException("'" + document.name() + "' is of type " + document.type()
                        + ", wanted " + type.name().toLowerCase(Locale.ROOT));
            }
        }
    }

    @Override
    public String toString() {
        return arn;
    }

    /** Two principals are equal if they name the same identity; policies and tags are not compared. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Principal p && kind == p.kind && arn.equals(p.arn);
    }

    @Override
    public int hashCode() {
        return arn.hashCode();
    }

    private static final class Fields {
        private Kind kind;
        private String arn;
        private final String name;
        private @Nullable String roleArn;
        private @Nullable String account;
        private @Nullable String userId;
        private @Nullable String organizationId;
        private @Nullable PolicyDocument permissionsBoundary;
        private List<PolicyDocument> sessionPolicies = List.of();
        private Map<String, String> tags = Map.of();

        private Fields(Kind kind, String arn, String name) {
            this.kind = kind;
            this.arn = arn;
            this.name = name;
        }

        private Fields(Principal p) {
            this(p.kind, p.arn, p.name);
            this.roleArn = p.roleArn;
            this.account = p.account;
            this.userId = p.userId;
            this.organizationId = p.organizationId;
            this.permissionsBoundary = p.permissionsBoundary;
            this.sessionPolicies = p.sessionPolicies;
            this.tags = p.tags;
        }
    }
}
