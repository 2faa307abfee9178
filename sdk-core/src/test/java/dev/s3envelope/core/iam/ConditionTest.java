package dev.s3envelope.core.iam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of the condition operators. In value columns a bar separates several values, and no entry at all is an absent key. */
class ConditionTest {
    private static final Principal ALICE =
            Principal.user(Policies.ACCOUNT, "alice").withTags(Map.of("team", "red", "odd", "a*c"));

    @ParameterizedTest(name = "{0} {1}, request {2}: {3}")
    @CsvSource({
        "StringEquals, a, a, true",
        "StringEquals, a, A, false",
        "StringEquals, a, ab, false",
        "StringEquals, a*, ab, false",
        "StringEquals, a*, a*, true",
        "StringEquals, a|b, b, true",
        "StringEquals, a|b, c, false",
        "StringEquals, a, , false",
        "StringEquals, a, b|a, true",
        "StringNotEquals, a, a, false",
        "StringNotEquals, a, b, true",
        "StringNotEquals, a, A, true",
        "StringNotEquals, a|b, b, false",
        "StringNotEquals, a|b, c, true",
        "StringNotEquals, a, , true",
        "StringNotEquals, a, b|a, false",
        "StringEqualsIgnoreCase, aB, Ab, true",
        "StringEqualsIgnoreCase, a, b, false",
        "StringEqualsIgnoreCase, a*, AB, false",
        "StringNotEqualsIgnoreCase, aB, Ab, false",
        "StringNotEqualsIgnoreCase, a, b, true",
        "StringLike, a*, abc, true",
        "StringLike, a*, a, true",
        "StringLike, a*, Abc, false",
        "StringLike, a?c, abc, true",
        "StringLike, a?c, ac, false",
        "StringLike, *b*, abc, true",
        "StringLike, *, , false",
        "StringNotLike, a*, abc, false",
        "StringNotLike, a*, b, true",
        "StringNotLike, a*, , true",
        "stringlike, a*, abc, true",
    })
    void strings(String operator, String policy, @Nullable String request, boolean expected) {
        check(operator, policy, request, expected);
    }

    @ParameterizedTest(name = "{0} {1}, request {2}: {3}")
    @CsvSource({
        "NumericEquals, 10, 10, true",
        "NumericEquals, 10, 10.0, true",
        "NumericEquals, 10, 11, false",
        "NumericEquals, 10, ten, false",
        "NumericEquals, 10, , false",
        "NumericEquals, 1|2, 2, true",
        "NumericNotEquals, 10, 11, true",
        "NumericNotEquals, 10, 10, false",
        "NumericLessThan, 10, 9.99, true",
        "NumericLessThan, 10, 10, false",
        "NumericLessThanEquals, 10, 10, true",
        "NumericLessThanEquals, 10, 11, false",
        "NumericGreaterThan, 10, 11, true",
        "NumericGreaterThan, 10, 10, false",
        "NumericGreaterThanEquals, 10, 10, true",
        "NumericGreaterThanEquals, -5, -6, false",
        "NumericLessThan, 1e3, 999, true",
    })
    void numbers(String operator, String policy, @Nullable String request, boolean expected) {
        check(operator, policy, request, expected);
    }

    @ParameterizedTest(name = "{0} {1}, request {2}: {3}")
    @CsvSource({
        "DateEquals, 2026-01-01T00:00:00Z, 2026-01-01T00:00:00Z, true",
        "DateEquals, 2026-01-01, 2026-01-01T00:00:00Z, true",
        "DateEquals, 2026-01-01T01:00:00+01:00, 2026-01-01T00:00:00Z, true",
        "DateEquals, 1767225600, 2026-01-01T00:00:00Z, true",
        "DateNotEquals, 2026-01-01T00:00:00Z, 2026-01-01T00:00:01Z, true",
        "DateNotEquals, 2026-01-01T00:00:00Z, 2026-01-01T00:00:00Z, false",
        "DateLessThan, 2026-01-01T00:00:00Z, 2025-12-31T23:59:59Z, true",
        "DateLessThan, 2026-01-01T00:00:00Z, 2026-01-01T00:00:00Z, false",
        "DateLessThanEquals, 2026-01-01T00:00:00Z, 2026-01-01T00:00:00Z, true",
        "DateGreaterThan, 2026-01-01T00:00:00Z, 2026-01-01T00:00:00.5Z, true",
        "DateGreaterThan, 2026-01-01T00:00:00Z, 1767225601, true",
        "DateGreaterThanEquals, 2026-01-01T00:00:00Z, 2025-12-31T23:59:59Z, false",
        "DateGreaterThan, 2026-01-01T00:00:00Z, tomorrow, false",
        "DateGreaterThan, 2026-01-01T00:00:00Z, , false",
    })
    void dates(String operator, String policy, @Nullable String request, boolean expected) {
        check(operator, policy, request, expected);
    }

    @ParameterizedTest(name = "{0} {1}, request {2}: {3}")
    @CsvSource({
        "Bool, true, true, true",
        "Bool, true, True, true",
        "Bool, True, true, true",
        "Bool, true, false, false",
        "Bool, false, false, true",
        "Bool, true, , false",
        "Bool, false, , false",
        "BinaryEquals, QmluYXJ5, QmluYXJ5, true",
        "BinaryEquals, QmluYXJ5, QmluYXJ4, false",
        "BinaryEquals, QmluYXJ5, ?, false",
        "Null, true, , true",
        "Null, true, x, false",
        "Null, false, x, true",
        "Null, false, , false",
    })
    void booleansBinaryAndPresence(String operator, String policy, @Nullable String request, boolean expected) {
        check(operator, policy, request, expected);
    }

    @ParameterizedTest(name = "{0} {1}, request {2}: {3}")
    @CsvSource({
        "IpAddress, 203.0.113.0/24, 203.0.113.7, true",
        "IpAddress, 203.0.113.0/24, 203.0.114.7, false",
        "IpAddress, 203.0.113.128/25, 203.0.113.127, false",
        "IpAddress, 203.0.113.7, 203.0.113.7, true",
        "IpAddress, 203.0.113.7, 203.0.113.8, false",
        "IpAddress, 0.0.0.0/0, 8.8.8.8, true",
        "IpAddress, 0.0.0.0/0, 2001:db8::1, false",
        "IpAddress, 2001:DB8:1234:5678::/64, 2001:db8:1234:5678::1, true",
        "IpAddress, 2001:DB8:1234:5678::/64, 2001:db8:1234:5679::1, false",
        "IpAddress, 10.0.0.0/8|192.0.2.0/24, 192.0.2.1, true",
        "IpAddress, 10.0.0.0/8, host.example, false",
        "IpAddress, 10.0.0.0/8, 10.0.0.256, false",
        "IpAddress, 10.0.0.0/8, , false",
        "NotIpAddress, 10.0.0.0/8, 11.0.0.1, true",
        "NotIpAddress, 10.0.0.0/8, 10.0.0.1, false",
        "NotIpAddress, 10.0.0.0/8, , true",
    })
    void addresses(String operator, String policy, @Nullable String request, boolean expected) {
        check(operator, policy, request, expected);
    }

    @ParameterizedTest(name = "{0} {1}, request {2}: {3}")
    @CsvSource({
        "ArnEquals, arn:aws:s3:::b, arn:aws:s3:::b, true",
        "ArnEquals, arn:aws:s3:::b, arn:aws:s3:::B, false",
        "ArnEquals, arn:aws:iam::*:role/app, arn:aws:iam::111122223333:role/app, true",
        "ArnLike, arn:aws:iam::*:role/app, arn:aws:iam::111122223333:role/app, true",
        "ArnLike, arn:aws:iam::*:role/*, arn:aws:iam::111122223333:role/x/y, true",
        "ArnLike, arn:aws:iam::*, arn:aws:iam::111122223333:role/x, false",
        "ArnLike, arn:aws:s3:*, arn:aws:s3:::b, false",
        "ArnLike, arn:aws:lambda:*:1*:function:f, arn:aws:lambda:eu-west-1:111122223333:function:f, true",
        "ArnLike, arn:*:s3:::b, arn:aws-cn:s3:::b, true",
        "ArnLike, *, arn:aws:s3:::b, true",
        "ArnLike, arn:aws:s3:::b, b, false",
        "ArnLike, arn:aws:s3:::b, , false",
        "ArnNotEquals, arn:aws:s3:::b, arn:aws:s3:::c, true",
        "ArnNotEquals, arn:aws:s3:::b, arn:aws:s3:::b, false",
        "ArnNotLike, arn:aws:s3:::b*, arn:aws:s3:::bc, false",
        "ArnNotLike, arn:aws:s3:::b*, , true",
    })
    void arns(String operator, String policy, @Nullable String request, boolean expected) {
        check(operator, policy, request, expected);
    }

    @ParameterizedTest(name = "{0} {1}, request {2}: {3}")
    @CsvSource({
        "StringEqualsIfExists, a, , true",
        "StringEqualsIfExists, a, a, true",
        "StringEqualsIfExists, a, b, false",
        "StringNotEqualsIfExists, a, , true",
        "StringNotEqualsIfExists, a, a, false",
        "BoolIfExists, true, , true",
        "BoolIfExists, true, false, false",
        "NumericLessThanIfExists, 3, , true",
        "DateLessThanIfExists, 2026-01-01, , true",
        "IpAddressIfExists, 10.0.0.0/8, , true",
        "IpAddressIfExists, 10.0.0.0/8, 11.0.0.1, false",
        "ArnLikeIfExists, arn:aws:s3:::*, , true",
        "ArnLikeIfExists, arn:aws:s3:::*, arn:aws:sqs:::x, false",
        "ForAllValues:StringEquals, a|b, a|b, true",
        "ForAllValues:StringEquals, a|b, a, true",
        "ForAllValues:StringEquals, a|b, a|c, false",
        "ForAllValues:StringEquals, a|b, , true",
        "ForAllValues:StringLike, a*|b*, a1|b1, true",
        "ForAllValues:StringNotEquals, a|b, c|d, true",
        "ForAllValues:StringNotEquals, a|b, a|d, false",
        "ForAllValues:StringNotEquals, a|b, , true",
        "ForAnyValue:StringEquals, a|b, c|a, true",
        "ForAnyValue:StringEquals, a|b, c|d, false",
        "ForAnyValue:StringEquals, a|b, , false",
        "ForAnyValue:StringNotEquals, a|b, a|c, true",
        "ForAnyValue:StringNotEquals, a|b, a|b, false",
        "ForAnyValue:StringNotEquals, a|b, , false",
        "ForAnyValue:StringEqualsIfExists, a|b, , true",
        "ForAnyValue:ArnLike, arn:aws:s3:::*, arn:aws:sqs:::x|arn:aws:s3:::y, true",
        "forallvalues:stringlike, a*, a|ab, true",
    })
    void setOperatorsAndIfExists(String operator, String policy, @Nullable String request, boolean expected) {
        check(operator, policy, request, expected);
    }

    @ParameterizedTest(name = "{0} {1}, request {2}: {3}")
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "StringEquals, ${aws:username}, alice, true",
                "StringEquals, ${aws:UserName}, alice, true",
                "StringEquals, ${aws:username}, bob, false",
                "StringLike, home/${aws:username}/*, home/alice/x, true",
                "StringLike, home/${aws:username}/*, home/bob/x, false",
                "StringEquals, ${aws:PrincipalTag/team}, red, true",
                "StringEquals, ${aws:PrincipalTag/none}, red, false",
                "StringNotEquals, ${aws:PrincipalTag/none}, red, true",
                "StringEquals, \"${aws:PrincipalTag/none, 'blue'}\", blue, true",
                "StringEquals, \"${aws:PrincipalTag/team, 'blue'}\", red, true",
                "StringLike, ${aws:PrincipalTag/odd}, abc, false",
                "StringLike, ${aws:PrincipalTag/odd}, a*c, true",
                "StringLike, a${*}c, abc, false",
                "StringLike, a${*}c, a*c, true",
                "StringLike, a${?}c, a?c, true",
                "StringLike, a${?}c, abc, false",
                "StringEquals, ${$}x, $x, true",
                "ArnLike, arn:aws:iam::${aws:PrincipalAccount}:role/*, arn:aws:iam::111122223333:role/app, true",
                "ArnLike, arn:aws:iam::${aws:PrincipalAccount}:role/*, arn:aws:iam::444455556666:role/app, false",
                "StringEqualsIgnoreCase, ${aws:username}-X, ALICE-x, true",
            })
    void variables(String operator, String policy, @Nullable String request, boolean expected) {
        check(operator, policy, request, expected);
    }

    @Test
    void variablesAreLiteral_whenTheVersionIsOld() {
        String json = Policies.quotes("{'Version':'2008-10-17','Statement':{'Effect':'Allow','Action':'s3:GetObject',"
                + "'Resource':'*','Condition':{'StringEquals':{'test:key':'${aws:username}'}}}}");
        PolicyDocument old = PolicyDocument.parse(PolicyType.IDENTITY, "old", json);
        assertFalse(applies(old, "alice"));
        assertTrue(applies(old, "${aws:username}"));
    }

    @Test
    void valueOfTheWrongKindIsAccepted_whenJsonSpellsItUnquoted() {
        PolicyDocument document = Policies.document(
                PolicyType.IDENTITY,
                "{'Effect':'Allow','Action':'s3:GetObject','Resource':'*','Condition':{'Bool':{'test:key':[false]},"
                        + "'NumericLessThan':{'other:key':7.50}}}");
        AccessRequest request = AccessRequest.builder(ALICE, "s3:GetObject", Policies.OBJECT)
                .context("test:key", "false")
                .context("other:key", "7.4")
                .build();
        assertTrue(Scan.of(document, request).allowed());
    }

    @Test
    void everyConditionMustHold() {
        PolicyDocument document = Policies.document(
                PolicyType.IDENTITY,
                "{'Effect':'Allow','Action':'s3:GetObject','Resource':'*','Condition':{'StringEquals':{'k:a':'1','k:b':'2'},"
                        + "'StringLike':{'k:c':'3*'}}}");
        for (int missing = 0; missing < 4; missing++) {
            AccessRequest request = AccessRequest.builder(ALICE, "s3:GetObject", Policies.OBJECT)
                    .context("k:a", missing == 1 ? "x" : "1")
                    .context("K:B", missing == 2 ? "x" : "2")
                    .context("k:c", missing == 3 ? "x" : "33")
                    .build();
            assertEquals(missing == 0, Scan.of(document, request).allowed(), "missing " + missing);
        }
    }

    @ParameterizedTest(name = "no such operator: {0}")
    @ValueSource(
            strings = {
                "StringMatches",
                "NullIfExists",
                "ForAllValues:Null",
                "ForSomeValues:StringEquals",
                "IfExists",
                "",
                "NumericNotLike",
                "BoolNot",
                "StringEqualsIfExistsIfExists",
                "ForAnyValue:"
            })
    void operatorIsUnknown(String operator) {
        assertTrue(ConditionOperator.parse(operator).isEmpty());
    }

    private static void check(String operator, String policy, @Nullable String request, boolean expected) {
        List<String> values = Arrays.asList(policy.split("\\|"));
        ConditionOperator parsed = ConditionOperator.parse(operator).orElseThrow();
        CompiledCondition condition = new CompiledCondition(operator, parsed, "Test:Key", values, true);
        AccessRequest.Builder access = AccessRequest.builder(ALICE, "s3:GetObject", Policies.OBJECT);
        if (request != null) {
            access.context("test:KEY", Arrays.asList(request.split("\\|")));
        }
        assertEquals(expected, condition.holds(access.build()));
    }

    private static boolean applies(PolicyDocument document, String value) {
        AccessRequest request = AccessRequest.builder(ALICE, "s3:GetObject", Policies.OBJECT)
                .context("test:key", value)
                .build();
        return Scan.of(document, request).allowed();
    }
}
