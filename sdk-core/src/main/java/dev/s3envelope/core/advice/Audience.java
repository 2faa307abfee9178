package dev.s3envelope.core.advice;

import dev.s3envelope.core.iam.ContextKeys;
import dev.s3envelope.core.iam.Wildcards;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.policybuilder.iam.IamCondition;
import software.amazon.awssdk.policybuilder.iam.IamEffect;
import software.amazon.awssdk.policybuilder.iam.IamStatement;

/**
 * Whom an Allow statement of a resource policy speaks to.
 *
 * @param everyone whether it names everybody
 * @param accounts the accounts it names, as wholes or by their principals; where it names everybody, those a condition narrows it to
 * @param narrowed whether a condition narrows who it is
 */
record Audience(boolean everyone, Set<String> accounts, boolean narrowed) {
    /** Condition keys that say who asks, or on whose behalf a service does. */
    private static final Set<String> WHO = Stream.of(
                    ContextKeys.KMS_CALLER_ACCOUNT,
                    ContextKeys.AWS_PRINCIPAL_ACCOUNT,
                    ContextKeys.AWS_PRINCIPAL_ARN,
                    ContextKeys.AWS_PRINCIPAL_ORG_ID,
                    "aws:PrincipalOrgPaths",
                    ContextKeys.AWS_PRINCIPAL_SERVICE_NAME,
                    ContextKeys.AWS_SOURCE_ACCOUNT,
                    ContextKeys.AWS_SOURCE_ARN,
                    "aws:SourceOrgID",
                    ContextKeys.AWS_USERID)
            .map(key -> key.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());

    private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");
    private static final Pattern ARN_ACCOUNT = Pattern.compile("arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}):.*");

    static Audience of(IamStatement statement) {
        Set<String> accounts = new TreeSet<>();
        boolean everyone = !statement.notPrincipals().isEmpty();
        for (var principal : statement.principals()) {
            everyone |= principal.id().equals("*");
            account(principal.id()).ifPresent(accounts::add);
        }
        List<IamCondition> narrowing =
                statement.conditions().stream().filter(Audience::narrows).toList();
        if (everyone) {
            narrowing.forEach(c -> account(c.value()).ifPresent(accounts::add));
        }
        return new Audience(everyone, accounts, !narrowing.isEmpty());
    }

    private static Optional<String> account(String text) {
        if (ACCOUNT.matcher(text).matches()) {
            return Optional.of(text);
        }
        Matcher arn = ARN_ACCOUNT.matcher(text);
        return arn.matches() ? Optional.of(arn.group(1)) : Optional.empty();
    }

    /** Whether a condition holds only for some: a positive comparison that an absent key fails, with a value that is not just a star. */
    private static boolean narrows(IamCondition condition) {
        String operator = condition.operator().value().toLowerCase(Locale.ROOT);
        boolean positive = (operator.contains("string") || operator.contains("arn"))
                && !operator.contains("not")
                && !operator.endsWith("ifexists")
                && !operator.startsWith("forallvalues");
        return positive
                && WHO.contains(condition.key().value().toLowerCase(Locale.ROOT))
                && !condition.value().replace("*", "").isEmpty();
    }

    /** Whether it speaks to anybody outside an account. */
    boolean reachesBeyond(String account) {
        boolean others = accounts.stream().anyMatch(a -> !a.equals(account));
        // Narrowed to an organization, a service or the like: no account is told, so others may be meant.
        return everyone ? others || accounts.isEmpty() : others;
    }

    static boolean isAllow(IamStatement statement) {
        return statement.effect().equals(IamEffect.ALLOW);
    }

    /** Whether the statement's actions take in an action. */
    static boolean covers(IamStatement statement, String action) {
        return statement.actions().isEmpty()
                ? statement.notActions().stream().noneMatch(a -> Wildcards.matchesAction(a.value(), action))
                : statement.actions().stream().anyMatch(a -> Wildcards.matchesAction(a.value(), action));
    }
}
