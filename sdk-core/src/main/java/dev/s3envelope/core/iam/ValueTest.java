package dev.s3envelope.core.iam;

import dev.s3envelope.core.iam.ConditionOperator.Comparison;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One value of a condition compiled for its operator. A request value of the wrong form satisfies no comparison; a policy value of
 * the wrong form is refused when the document is read.
 */
@FunctionalInterface
interface ValueTest {
    /** Whether the positive comparison holds between this policy value and a request value. */
    boolean test(AccessRequest request, String value);

    /**
     * Compiles a policy value.
     *
     * @throws IllegalArgumentException if the value does not have the form its operator needs
     */
    static ValueTest compile(Comparison comparison, String value, boolean variables) {
        return switch (comparison) {
            case STRING_EQUALS -> text(PolicyText.compile(value, variables, false), Glob::matches);
            case STRING_EQUALS_IGNORE_CASE ->
                text(
                        PolicyText.compile(value, variables, false),
                        (tokens, v) -> new String(tokens, 0, tokens.length).equalsIgnoreCase(v));
            case STRING_LIKE -> text(PolicyText.compile(value, variables, true), Glob::matches);
            case ARN_EQUALS, ARN_LIKE -> text(PolicyText.compile(value, variables, true), ArnPattern::matchesParts);
            case NUMERIC_EQUALS -> numeric(value, c -> c == 0);
            case NUMERIC_LESS_THAN -> numeric(value, c -> c < 0);
            case NUMERIC_LESS_THAN_EQUALS -> numeric(value, c -> c <= 0);
            case NUMERIC_GREATER_THAN -> numeric(value, c -> c > 0);
            case NUMERIC_GREATER_THAN_EQUALS -> numeric(value, c -> c >= 0);
            case DATE_EQUALS -> date(value, c -> c == 0);
            case DATE_LESS_THAN -> date(value, c -> c < 0);
            case DATE_LESS_THAN_EQUALS -> date(value, c -> c <= 0);
            case DATE_GREATER_THAN -> date(value, c -> c > 0);
            case DATE_GREATER_THAN_EQUALS -> date(value, c -> c >= 0);
            case BOOL, NULL -> bool(value);
            case BINARY_EQUALS -> binary(value);
            case IP_ADDRESS -> {
                CidrBlock block = CidrBlock.parse(value);
                yield (request, v) -> block.contains(v);
            }
        };
    }

    /** A comparison of compiled text with a request value. */
    @FunctionalInterface
    interface TextComparison {
        boolean matches(int[] tokens, String value);
    }

    private static ValueTest text(PolicyText text, TextComparison comparison) {
        return (request, value) -> {
            int[] tokens = text.resolve(request);
            return tokens != null && comparison.matches(tokens, value);
        };
    }

    private static ValueTest numeric(String value, IntPredicate outcome) {
        BigDecimal wanted = Parsing.number(value);
        if (wanted == null) {
            throw new IllegalArgumentException("Not a number: " + value);
        }
        return (request, v) -> {
            BigDecimal number = Parsing.number(v);
            return number != null && outcome.test(number.compareTo(wanted));
        };
    }

    private static ValueTest date(String value, IntPredicate outcome) {
        Instant wanted = Parsing.instant(value);
        if (wanted == null) {
            throw new IllegalArgumentException("Not an ISO 8601 date or epoch time: " + value);
        }
        return (request, v) -> {
            Instant instant = Parsing.instant(v);
            return instant != null && outcome.test(instant.compareTo(wanted));
        };
    }

    private static ValueTest bool(String value) {
        String wanted = value.toLowerCase(Locale.ROOT);
        if (!wanted.equals("true") && !wanted.equals("false")) {
            throw new IllegalArgumentException("Not true or false: " + value);
        }
        return (request, v) -> wanted.equalsIgnoreCase(v);
    }

    private static ValueTest binary(String value) {
        byte[] wanted = Parsing.base64(value);
        if (wanted == null) {
            throw new IllegalArgumentException("Not base64: " + value);
        }
        return (request, v) -> Arrays.equals(wanted, Parsing.base64(v));
    }

    /** The typed forms of values; null for text that does not have the form. */
    final class Parsing {
        // Bounded, so that a hostile exponent cannot make a comparison expensive.
        private static final Pattern NUMBER =
                Pattern.compile("[+-]?[0-9]{1,40}(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?");
        private static final Pattern EPOCH = Pattern.compile("[0-9]{1,11}(\\.[0-9]{1,9})?");

        private Parsing() {}

        static @Nullable BigDecimal number(String text) {
            return NUMBER.matcher(text).matches() ? new BigDecimal(text) : null;
        }

        static @Nullable Instant instant(String text) {
            try {
                if (EPOCH.matcher(text).matches() && text.length() > 4) {
                    BigDecimal seconds = new BigDecimal(text);
                    return Instant.ofEpochSecond(
                            seconds.longValue(),
                            seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue());
                }
                if (text.indexOf('T') < 0) {
                    return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
                }
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException e) {
                return null;
            }
        }

        static byte @Nullable [] base64(String text) {
            try {
                return Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
    }
}
