package dev.s3envelope.core.iam;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A condition operator as written in a document, taken apart: set qualifier, base comparison, negation, {@code IfExists}.
 *
 * @param quantifier how several request values are combined
 * @param comparison the comparison
 * @param negated whether the outcome of the comparison is turned round
 * @param ifExists whether an absent key satisfies the condition
 */
record ConditionOperator(Quantifier quantifier, Comparison comparison, boolean negated, boolean ifExists) {
    /** How the values of a multi-valued key are combined. */
    enum Quantifier {
        NONE,
        FOR_ALL_VALUES,
        FOR_ANY_VALUE
    }

    /** The comparisons, without their negations. */
    enum Comparison {
        STRING_EQUALS,
        STRING_EQUALS_IGNORE_CASE,
        STRING_LIKE,
        NUMERIC_EQUALS,
        NUMERIC_LESS_THAN,
        NUMERIC_LESS_THAN_EQUALS,
        NUMERIC_GREATER_THAN,
        NUMERIC_GREATER_THAN_EQUALS,
        DATE_EQUALS,
        DATE_LESS_THAN,
        DATE_LESS_THAN_EQUALS,
        DATE_GREATER_THAN,
        DATE_GREATER_THAN_EQUALS,
        BOOL,
        BINARY_EQUALS,
        IP_ADDRESS,
        ARN_EQUALS,
        ARN_LIKE,
        NULL;

        private String folded() {
            return name().replace("_", "").toLowerCase(Locale.ROOT);
        }
    }

    private static final Map<String, Comparison> POSITIVE =
            Stream.of(Comparison.values()).collect(Collectors.toMap(Comparison::folded, Function.identity()));

    private static final Map<String, Comparison> NEGATIVE = Map.of(
            "stringnotequals", Comparison.STRING_EQUALS,
            "stringnotequalsignorecase", Comparison.STRING_EQUALS_IGNORE_CASE,
            "stringnotlike", Comparison.STRING_LIKE,
            "numericnotequals", Comparison.NUMERIC_EQUALS,
            "datenotequals", Comparison.DATE_EQUALS,
            "notipaddress", Comparison.IP_ADDRESS,
            "arnnotequals", Comparison.ARN_EQUALS,
            "arnnotlike", Comparison.ARN_LIKE);

    /** Reads an operator's name, letter case aside; empty if there is no such operator. */
    static Optional<ConditionOperator> parse(String text) {
        String rest = text.toLowerCase(Locale.ROOT);
        Quantifier quantifier = Quantifier.NONE;
        if (rest.startsWith("forallvalues:")) {
            quantifier = Quantifier.FOR_ALL_VALUES;
        } else if (rest.startsWith("foranyvalue:")) {
            quantifier = Quantifier.FOR_ANY_VALUE;
        }
        rest = rest.substring(quantifier == Quantifier.NONE ? 0 : rest.indexOf(':') + 1);
        boolean ifExists = rest.endsWith("ifexists");
        rest = ifExists ? rest.substring(0, rest.length() - "ifexists".length()) : rest;
        boolean negated = NEGATIVE.containsKey(rest);
        Comparison comparison = negated ? NEGATIVE.get(rest) : POSITIVE.get(rest);
        if (comparison == null || (comparison == Comparison.NULL && (ifExists || quantifier != Quantifier.NONE))) {
            return Optional.empty();
        }
        return Optional.of(new ConditionOperator(quantifier, comparison, negated, ifExists));
    }
}
