package dev.s3envelope.core.iam;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.policybuilder.iam.IamCondition;
import software.amazon.awssdk.policybuilder.iam.IamStatement;
import software.amazon.awssdk.policybuilder.iam.IamValue;

/** A statement with everything compiled that does not depend on the request. Elements are asked cheapest first. */
final class CompiledStatement {
    private final StatementRef ref;
    private final @Nullable PrincipalElement principals;
    private final boolean notAction;
    private final List<int[]> actions;
    private final List<String> actionTexts;
    private final boolean notResource;
    private final List<PolicyText> resources;
    private final List<CompiledCondition> conditions;

    /** @throws IllegalArgumentException with AWS's wording if an element is malformed */
    CompiledStatement(StatementRef ref, IamStatement statement, boolean variables) {
        this.ref = ref;
        this.principals = !statement.principals().isEmpty()
                ? new PrincipalElement(false, statement.principals())
                : !statement.notPrincipals().isEmpty() ? new PrincipalElement(true, statement.notPrincipals()) : null;
        this.notAction = statement.actions().isEmpty();
        this.actionTexts = texts(notAction ? statement.notActions() : statement.actions());
        this.actions =
                actionTexts.stream().map(a -> Glob.compile(ContextKeys.fold(a))).toList();
        this.notResource =
                statement.resources().isEmpty() && !statement.notResources().isEmpty();
        this.resources = texts(notResource ? statement.notResources() : statement.resources()).stream()
                .map(r -> PolicyText.compile(r, variables, true))
                .toList();
        this.conditions = compile(statement.conditions(), variables);
    }

    private static List<CompiledCondition> compile(List<IamCondition> conditions, boolean variables) {
        // The model lists a condition for each value; the values of one operator and key belong together.
        Map<List<String>, List<String>> grouped = new LinkedHashMap<>();
        for (IamCondition c : conditions) {
            grouped.computeIfAbsent(List.of(c.operator().value(), c.key().value()), k -> new ArrayList<>())
                    .add(c.value());
        }
        List<CompiledCondition> compiled = new ArrayList<>(grouped.size());
        grouped.forEach((operatorAndKey, values) -> {
            String name = operatorAndKey.get(0);
            ConditionOperator operator = ConditionOperator.parse(name)
                    .orElseThrow(() -> new IllegalArgumentException("Invalid Condition type : " + name));
            compiled.add(new CompiledCondition(name, operator, operatorAndKey.get(1), values, variables));
        });
        return List.copyOf(compiled);
    }

    private static List<String> texts(List<? extends IamValue> values) {
        return values.stream().map(IamValue::value).toList();
    }

    StatementRef ref() {
        return ref;
    }

    /** How closely the statement names the principal if it applies to the request, else {@code NONE}. */
    PrincipalElement.Match match(AccessRequest request) {
        if (!actionFits(request)) {
            return PrincipalElement.Match.NONE;
        }
        PrincipalElement.Match match =
                principals == null ? PrincipalElement.Match.ITSELF : principals.match(request.principal());
        if (match == PrincipalElement.Match.NONE || !resourceFits(request)) {
            return PrincipalElement.Match.NONE;
        }
        for (CompiledCondition condition : conditions) {
            if (!condition.holds(request)) {
                return PrincipalElement.Match.NONE;
            }
        }
        return match;
    }

    /** The first element that does not fit, in the order a reader expects; null if the statement applies. */
    StatementTrace.@Nullable Mismatch mismatch(AccessRequest request) {
        if (principals != null && principals.match(request.principal()) == PrincipalElement.Match.NONE) {
            return principals.mismatch(request.principal());
        }
        if (!actionFits(request)) {
            return new StatementTrace.Mismatch(
                    notAction ? "NotAction" : "Action", actionTexts.toString(), request.action());
        }
        if (!resourceFits(request)) {
            return new StatementTrace.Mismatch(
                    notResource ? "NotResource" : "Resource", resources.toString(), request.resource());
        }
        for (CompiledCondition condition : conditions) {
            if (!condition.holds(request)) {
                return condition.mismatch(request);
            }
        }
        return null;
    }

    private boolean actionFits(AccessRequest request) {
        for (int[] action : actions) {
            if (Glob.matches(action, request.actionFolded())) {
                return !notAction;
            }
        }
        return notAction;
    }

    private boolean resourceFits(AccessRequest request) {
        for (PolicyText resource : resources) {
            int[] pattern = resource.resolve(request);
            if (pattern == null) {
                // An exception that cannot be told must not widen what an Allow gives.
                if (notResource && ref.effect() == Effect.ALLOW) {
                    return false;
                }
            } else if (ArnPattern.coversResource(pattern, request.resource())) {
                return !notResource;
            }
        }
        return notResource;
    }
}
