package dev.s3envelope.core.iam;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.policybuilder.iam.IamPrincipal;

/** The Principal or NotPrincipal element of a resource policy's statement. */
final class PrincipalElement {
    /** How closely an element names the principal; the later, the closer. */
    enum Match {
        /** Not at all. */
        NONE,
        /** By its account: authority is handed to the account, whose own policies must then allow. */
        ACCOUNT,
        /** As anybody. */
        EVERYONE,
        /** By its role. */
        ROLE,
        /** Itself: the user, the session, the service, or the root user by its account. */
        ITSELF
    }

    private static final Pattern ROOT_ARN = Pattern.compile("arn:aws[a-z0-9-]*:iam::([0-9]{12}):root");
    private static final Pattern OTHER_ARN = Pattern.compile(
            "arn:aws[a-z0-9-]*:(iam::[0-9]{12}:(user|role)/[^*?]+|sts::[0-9]{12}:(assumed-role/[^/*?]+/[^/*?]+|federated-user/[^/*?]+)|iam::cloudfront:user/[^*?]+)");
    // What AWS leaves in a stored policy when the principal was deleted.
    private static final Pattern UNIQUE_ID = Pattern.compile("[A-Z0-9]{16,128}");

    private final boolean negated;
    private final List<Entry> entries;
    private final String text;

    private record Entry(String type, String id, @Nullable String rootOf) {}

    /** @throws IllegalArgumentException if an entry does not name a principal */
    PrincipalElement(boolean negated, List<IamPrincipal> principals) {
        this.negated = negated;
        this.entries = principals.stream().map(PrincipalElement::entry).toList();
        this.text = principals.stream()
                .map(p -> p.type().value().equals("*") ? "*" : p.type().value() + " " + p.id())
                .toList()
                .toString();
    }

    private static Entry entry(IamPrincipal principal) {
        String type = principal.type().value();
        String id = principal.id();
        switch (type) {
            case "*" -> {
                if (!id.equals("*")) {
                    throw new IllegalArgumentException("Invalid principal in policy: " + id);
                }
            }
            case "AWS" -> {
                var root = ROOT_ARN.matcher(id);
                if (root.matches()) {
                    return new Entry(type, id, root.group(1));
                }
                if (Principal.isAccount(id)) {
                    return new Entry(type, id, id);
                }
                if (!id.equals("*")
                        && !OTHER_ARN.matcher(id).matches()
                        && !UNIQUE_ID.matcher(id).matches()) {
                    throw new IllegalArgumentException("Invalid principal in policy: \"AWS\":\"" + id + "\"");
                }
            }
            case "Service", "Federated", "CanonicalUser" -> {
                if (id.isEmpty() || id.indexOf('*') >= 0) {
                    throw new IllegalArgumentException("Invalid principal in policy: \"" + type + "\":\"" + id + "\"");
                }
            }
            default -> throw new IllegalArgumentException("Invalid principal in policy: unknown type " + type);
        }
        return new Entry(type.equals("*") ? "AWS" : type, id, null);
    }

    /** How closely the element names the principal; for NotPrincipal, {@code EVERYONE} or {@code NONE}. */
    Match match(Principal principal) {
        if (negated) {
            return excepts(principal) ? Match.NONE : Match.EVERYONE;
        }
        Match best = Match.NONE;
        for (Entry entry : entries) {
            Match match = match(entry, principal);
            best = match.compareTo(best) > 0 ? match : best;
        }
        return best;
    }

    private static Match match(Entry entry, Principal principal) {
        if (entry.type().equals("Service")) {
            return principal.kind() == Principal.Kind.SERVICE && entry.id().equals(principal.arn())
                    ? Match.ITSELF
                    : Match.NONE;
        }
        if (!entry.type().equals("AWS")) {
            return Match.NONE;
        }
        if (entry.id().equals("*")) {
            return Match.EVERYONE;
        }
        if (entry.rootOf() != null) {
            if (!entry.rootOf().equals(principal.account().orElse(null))) {
                return Match.NONE;
            }
            return principal.kind() == Principal.Kind.ROOT ? Match.ITSELF : Match.ACCOUNT;
        }
        if (principal.account().isEmpty()) {
            return Match.NONE;
        }
        if (principal.roleArn().isPresent()
                && entry.id().equals(principal.roleArn().get())) {
            return Match.ROLE;
        }
        return entry.id().equals(principal.arn()) ? Match.ITSELF : Match.NONE;
    }

    /**
     * Whether a NotPrincipal element lists the principal at every level at which AWS looks: account, role, and the user or session
     * itself. One with a permissions boundary is never excepted (IAM page "IAM JSON policy elements: NotPrincipal").
     */
    private boolean excepts(Principal principal) {
        if (principal.permissionsBoundary().isPresent()) {
            return false;
        }
        boolean everyone = entries.stream().anyMatch(e -> e.id().equals("*"));
        boolean itself = entries.stream().anyMatch(e -> match(e, principal) == Match.ITSELF);
        boolean account = entries.stream().anyMatch(e -> e.rootOf() != null && match(e, principal) != Match.NONE);
        boolean role = entries.stream().anyMatch(e -> match(e, principal) == Match.ROLE);
        return everyone
                || switch (principal.kind()) {
                    case ROOT, SERVICE, ANONYMOUS -> itself;
                    case USER -> account && itself;
                    case ROLE -> account && role;
                    case ASSUMED_ROLE -> account && role && itself;
                };
    }

    StatementTrace.Mismatch mismatch(Principal principal) {
        return new StatementTrace.Mismatch(negated ? "NotPrincipal" : "Principal", text, principal.arn());
    }
}
