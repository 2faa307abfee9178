package dev.s3envelope.core.iam;

import dev.s3envelope.core.iam.ConditionOperator.Comparison;
import dev.s3envelope.core.iam.ConditionOperator.Quantifier;
import java.util.ArrayList;
import java.util.List;

/**
 * One operator and key of a Condition block with its values, ready to be asked.
 *
 * <p>Rules of the IAM pages "Condition operators" and "Set operators for multi-valued context keys": values of one key are alternatives
 * for a positive operator and all excluded by a negated one; an absent key satisfies a negated operator, {@code IfExists} and
 * {@code ForAllValues}, and never {@code ForAnyValue}. A key without values counts as absent.
 */
final class CompiledCondition {
    private final String operatorName;
    private final ConditionOperator operator;
    private final String key;
    private final String foldedKey;
    private final List<String> values;
    private final List<ValueTest> tests;

    /** @throws IllegalArgumentException if a value does not fit the operator */
    CompiledCondition(
            String operatorName, ConditionOperator operator, String key, List<String> values, boolean variables) {
        this.operatorName = operatorName;
        this.operator = operator;
        this.key = key;
        this.foldedKey = ContextKeys.fold(key);
        this.values = List.copyOf(values);
        List<ValueTest> compiled = new ArrayList<>(values.size());
        for (String value : values) {
            compiled.add(ValueTest.compile(operator.comparison(), value, variables));
        }
        this.tests = List.copyOf(compiled);
    }

    boolean holds(AccessRequest request) {
        List<String> actual = request.folded(foldedKey);
        if (operator.comparison() == Comparison.NULL) {
            return anyTest(request, actual.isEmpty() ? "true" : "false");
        }
        if (actual.isEmpty()) {
            return operator.ifExists()
                    || operator.quantifier() == Quantifier.FOR_ALL_VALUES
                    || (operator.negated() && operator.quantifier() == Quantifier.NONE);
        }
        boolean all = operator.quantifier() == Quantifier.FOR_ALL_VALUES
                || (operator.quantifier() == Quantifier.NONE && operator.negated());
        for (String value : actual) {
            boolean holds = anyTest(request, value) != operator.negated();
            if (holds != all) {
                return holds;
            }
        }
        return all;
    }

    private boolean anyTest(AccessRequest request, String value) {
        for (ValueTest test : tests) {
            if (test.test(request, value)) {
                return true;
            }
        }
        return false;
    }

    StatementTrace.Mismatch mismatch(AccessRequest request) {
        List<String> actual = request.folded(foldedKey);
        return new StatementTrace.Mismatch(
                "Condition",
                operatorName + " " + key + " " + (values.size() == 1 ? values.get(0) : values.toString()),
                actual.isEmpty() ? "(absent)" : actual.size() == 1 ? actual.get(0) : actual.toString());
    }
}
