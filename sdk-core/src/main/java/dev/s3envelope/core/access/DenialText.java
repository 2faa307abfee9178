package dev.s3envelope.core.access;

import dev.s3envelope.core.iam.Decision;
import dev.s3envelope.core.iam.DenialReason;
import dev.s3envelope.core.iam.PolicyType;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The grammar of AWS's access denied messages (IAM User Guide, "Troubleshoot access denied error messages"; Amazon S3 User Guide, "Troubleshoot access
 * denied (403 Forbidden) errors"):
 *
 * <pre>
 * User: PRINCIPAL is not authorized to perform: ACTION on resource: RESOURCE because no TYPE policy allows the ACTION action
 * User: PRINCIPAL is not authorized to perform: ACTION on resource: RESOURCE with an explicit deny in a TYPE policy[: POLICY ARN]
 * </pre>
 *
 * <p>Fixed words may come in any case and spacing, and more may follow. S3 quotes the resource, which ends with an object key of the caller's choosing, so only the
 * first "not authorized to perform" counts, and only the last reason.
 *
 * @param principal the principal's ARN, if it is one
 * @param action with its service prefix in lower case
 * @param resource without its quotes
 * @param reason if it is worded as above
 */
record DenialText(Optional<String> principal, String action, Optional<String> resource, Optional<DenialReason> reason) {
    private static final Pattern REFUSED =
            word("not\\s+authorized\\s+to\\s+perform\\s*:?\\s+([a-z0-9-]{2,40}):([a-z0-9*]{1,80})");
    private static final Pattern PRINCIPAL = word("arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:[^\\s\"]+");
    private static final Pattern ON_RESOURCE = word("\\s+on\\s+(?:the\\s+)?resource\\s*:?\\s+");
    private static final Pattern REASON = word(
            "\\s(?:because\\s+no\\s+(?<silent>[a-z-]+(?:\\s[a-z-]+){0,2}?)\\s+allows?\\b"
                    + "|with\\s+an\\s+explicit\\s+deny\\s+in\\s+an?\\s+(?<denying>[a-z-]+(?:\\s[a-z-]+){0,2}?\\s+policy|permissions\\s+boundary)\\b)");
    private static final Pattern REASON_START = word("()\\s(?:because|with\\s+an\\s+explicit)\\s");
    private static final Pattern QUOTE_THEN_REASON = word("(\")\\s+(?:because|with\\s+an\\s+explicit)\\s");

    /** Reads a message; empty if it is worded in another way. */
    static Optional<DenialText> parse(String message) {
        Matcher refused = REFUSED.matcher(message);
        if (!refused.find()) {
            return Optional.empty();
        }
        String action = refused.group(1).toLowerCase(Locale.ROOT) + ":" + refused.group(2);
        Matcher user = PRINCIPAL.matcher(message.substring(0, refused.start()));
        Optional<String> principal = user.find() ? Optional.of(user.group()) : Optional.empty();
        String rest = message.substring(refused.end());
        int reasonAt = reasonStart(rest);
        return Optional.of(new DenialText(
                principal, action, resource(rest.substring(0, reasonAt)), reason(rest.substring(reasonAt), action)));
    }

    /** Where the reason begins: after the last quote that one follows, for a quoted resource. The end of the text if there is none. */
    private static int reasonStart(String rest) {
        Matcher start = (rest.indexOf('"') < 0 ? REASON_START : QUOTE_THEN_REASON).matcher(rest);
        int at = rest.length();
        while (start.find()) {
            at = start.end(1);
            if (rest.indexOf('"') < 0) {
                break;
            }
        }
        return at;
    }

    private static Optional<String> resource(String text) {
        Matcher on = ON_RESOURCE.matcher(text);
        if (!on.find() || on.start() != 0) {
            return Optional.empty();
        }
        String named = text.substring(on.end()).strip();
        if (named.length() >= 2 && named.startsWith("\"") && named.endsWith("\"")) {
            return Optional.of(named.substring(1, named.length() - 1));
        }
        return named.isEmpty() ? Optional.empty() : Optional.of(named);
    }

    private static Optional<DenialReason> reason(String text, String action) {
        Matcher matcher = REASON.matcher(text);
        if (!matcher.lookingAt()) {
            return Optional.empty();
        }
        String silent = matcher.group("silent");
        Decision decision = silent == null ? Decision.EXPLICITLY_DENIED : Decision.IMPLICITLY_DENIED;
        return type(silent == null ? matcher.group("denying") : silent, action)
                .map(type -> new DenialReason(decision, type, action));
    }

    private static Optional<PolicyType> type(String phrase, String action) {
        String folded = phrase.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
        boolean kms = action.startsWith("kms:");
        return switch (folded) {
            case "identity-based policy" -> Optional.of(PolicyType.IDENTITY);
            case "resource-based policy" -> Optional.of(kms ? PolicyType.KEY : PolicyType.BUCKET);
            case "permissions boundary" -> Optional.of(PolicyType.PERMISSIONS_BOUNDARY);
            case "session policy" -> Optional.of(PolicyType.SESSION);
            case "service control policy" -> Optional.of(PolicyType.SERVICE_CONTROL);
            case "resource control policy" -> Optional.of(PolicyType.RESOURCE_CONTROL);
            case "vpc endpoint policy" -> Optional.of(PolicyType.VPC_ENDPOINT);
            default -> Optional.empty();
        };
    }

    private static Pattern word(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }
}
