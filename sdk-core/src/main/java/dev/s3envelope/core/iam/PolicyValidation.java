package dev.s3envelope.core.iam;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.policybuilder.iam.IamAction;
import software.amazon.awssdk.policybuilder.iam.IamPolicy;
import software.amazon.awssdk.policybuilder.iam.IamPrincipal;
import software.amazon.awssdk.policybuilder.iam.IamResource;
import software.amazon.awssdk.policybuilder.iam.IamStatement;

/** What AWS checks of a policy beyond its grammar, by type of policy; the wording follows IAM's and S3's answers. */
final class PolicyValidation {
    static final String CURRENT_VERSION = "2012-10-17";
    private static final Set<String> VERSIONS = Set.of(CURRENT_VERSION, "2008-10-17");
    private static final Pattern ACTION = Pattern.compile("\\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+");
    private static final Pattern BUCKET_ACTION =
            Pattern.compile("\\*|(s3|s3-object-lambda|s3express|s3-outposts):.*", Pattern.CASE_INSENSITIVE);
    private static final Pattern RESOURCE = Pattern.compile("\\*|arn:[a-z0-9*?-]+:[^*?:]+(:.*)?", Pattern.DOTALL);
    private static final Pattern IAM_SID = Pattern.compile("[0-9A-Za-z]*");

    private final String document;
    private final PolicyType type;

    private PolicyValidation(String document, PolicyType type) {
        this.document = document;
        this.type = type;
    }

    /** Refuses a text that is too long; done before parsing. */
    static void checkSize(String document, PolicyType type, String json) {
        long size = type.countsCharactersWithoutSpace()
                ? json.chars().filter(c -> !Character.isWhitespace(c)).count()
                : json.getBytes(StandardCharsets.UTF_8).length;
        if (size > type.sizeLimit()) {
            throw new MalformedPolicyException(
                    document,
                    "Maximum policy size of " + type.sizeLimit() + " "
                            + (type.countsCharactersWithoutSpace() ? "characters without white space" : "bytes")
                            + " exceeded by " + (size - type.sizeLimit()),
                    null);
        }
    }

    static void check(String document, PolicyType type, IamPolicy policy) {
        PolicyValidation validation = new PolicyValidation(document, type);
        if (policy.version() != null && !VERSIONS.contains(policy.version())) {
            throw validation.malformed("The policy must contain a valid version string", null);
        }
        Set<String> sids = new HashSet<>();
        List<IamStatement> statements = policy.statements();
        for (int i = 0; i < statements.size(); i++) {
            IamStatement statement = statements.get(i);
            String where = where(i, statement.sid());
            if (statement.sid() != null && !statement.sid().isEmpty() && !sids.add(statement.sid())) {
                throw validation.malformed("Statement IDs (SID) in a single policy must be unique", where);
            }
            validation.checkStatement(statement, where);
        }
    }

    static String where(int index, @Nullable String sid) {
        return "statement " + (index + 1) + (sid == null ? "" : " '" + sid + "'");
    }

    private void checkStatement(IamStatement statement, String where) {
        if (statement.sid() != null
                && !type.needsPrincipal()
                && !IAM_SID.matcher(statement.sid()).matches()) {
            throw malformed("Statement IDs (SID) must be alpha-numeric", where);
        }
        checkPrincipals(statement, where);
        boolean iam = !type.isResourceBased();
        one(!statement.actions().isEmpty(), !statement.notActions().isEmpty(), "Action", where, iam);
        one(!statement.resources().isEmpty(), !statement.notResources().isEmpty(), "Resource", where, iam);
        statement.actions().forEach(a -> checkAction(a, where));
        statement.notActions().forEach(a -> checkAction(a, where));
        statement.resources().forEach(r -> checkResource(r, where));
        statement.notResources().forEach(r -> checkResource(r, where));
    }

    private void one(boolean positive, boolean negative, String element, String where, boolean iam) {
        if (positive && negative) {
            throw malformed(element + " and Not" + element + " exclude each other", where);
        }
        if (!positive && !negative) {
            throw malformed(
                    iam
                            ? "Policy statement must contain " + element.toLowerCase(Locale.ROOT) + "s."
                            : "Missing required field " + element,
                    where);
        }
    }

    private void checkPrincipals(IamStatement statement, String where) {
        boolean principal = !statement.principals().isEmpty();
        boolean notPrincipal = !statement.notPrincipals().isEmpty();
        if (!type.needsPrincipal()) {
            if (principal || notPrincipal) {
                throw malformed("Policy document should not specify a principal.", where);
            }
            return;
        }
        if (principal && notPrincipal) {
            throw malformed("Principal and NotPrincipal exclude each other", where);
        }
        if (!principal && !notPrincipal) {
            throw malformed("Missing required field Principal", where);
        }
        if (notPrincipal && statement.effect().value().equals("Allow")) {
            throw malformed("NotPrincipal must be used with Effect Deny", where);
        }
        if (type == PolicyType.RESOURCE_CONTROL
                && (notPrincipal
                        || !statement.principals().stream()
                                .map(IamPrincipal::id)
                                .allMatch("*"::equals))) {
            throw malformed("The principal of a resource control policy must be *", where);
        }
    }

    private void checkAction(IamAction action, String where) {
        String text = action.value();
        if (!ACTION.matcher(text).matches()) {
            throw malformed(
                    text.indexOf(':') < 0
                            ? "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: " + text
                            : "Policy has invalid action: " + text,
                    where);
        }
        if (type == PolicyType.BUCKET && !BUCKET_ACTION.matcher(text).matches()) {
            throw malformed("Policy has invalid action: " + text, where);
        }
    }

    private void checkResource(IamResource resource, String where) {
        String text = resource.value();
        if (!RESOURCE.matcher(text).matches()) {
            throw malformed(
                    type.isResourceBased()
                            ? "Policy has invalid resource: " + text
                            : "Resource " + text + " must be in ARN format or \"*\".",
                    where);
        }
    }

    private MalformedPolicyException malformed(String reason, @Nullable String where) {
        return new MalformedPolicyException(document, reason, where);
    }
}
