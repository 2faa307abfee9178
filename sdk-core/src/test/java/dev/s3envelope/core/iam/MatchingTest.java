package dev.s3envelope.core.iam;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wildcards, actions and resource ARNs. */
class MatchingTest {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {3, 20261120, 424242})
    void globEqualsAReferenceExpression(long seed) {
        Random random = new Random(seed);
        String alphabet = "aab:/*?";
        int matched = 0;
        for (int i = 0; i < 50_000; i++) {
            String pattern = random(random, alphabet, random.nextInt(9));
            String text = random(random, "aab:/", random.nextInt(10));
            boolean expected = reference(pattern).matcher(text).matches();
            matched += expected ? 1 : 0;
            assertEquals(
                    expected,
                    Glob.matches(Glob.compile(pattern), text),
                    () -> "seed " + seed + ": '" + pattern + "' on '" + text + "'");
        }
        assertEquals(true, matched > 1_000, "the generator must produce matches");
    }

    private static Pattern reference(String pattern) {
        return Pattern.compile(
                pattern.chars()
                        .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf((char) c)))
                        .collect(Collectors.joining()),
                Pattern.DOTALL);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {5, 20261120})
    void resourceMatchEqualsAReferenceExpression(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            String pattern = random(random, "aa:::*?", random.nextInt(14));
            String text = random(random, "aa:::", random.nextInt(14));
            boolean expected = resourceReference(pattern).matcher(text).matches();
            assertEquals(
                    expected,
                    ArnPattern.coversResource(Glob.compile(pattern), text),
                    () -> "seed " + seed + ": '" + pattern + "' on '" + text + "'");
        }
    }

    /** Within the first five segments a wildcard stops at a colon, unless it is a star that ends its segment. */
    private static Pattern resourceReference(String pattern) {
        StringBuilder out = new StringBuilder();
        int colons = 0;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            boolean last = i + 1 == pattern.length() || pattern.charAt(i + 1) == ':';
            boolean within = colons < 5;
            switch (c) {
                case '*' -> out.append(within && !last ? "[^:]*" : ".*");
                case '?' -> out.append(within ? "[^:]" : ".");
                default -> out.append(Pattern.quote(String.valueOf(c)));
            }
            colons += c == ':' ? 1 : 0;
        }
        return Pattern.compile(out.toString(), Pattern.DOTALL);
    }

    @Test
    void questionMarkMatchesOneCharacter_whenItTakesTwoUnits() {
        assertEquals(true, Glob.matches(Glob.compile("a?b"), "a\ud83d\ude00b"));
        assertEquals(false, Glob.matches(Glob.compile("a??b"), "a\ud83d\ude00b"));
        assertEquals(true, Glob.matches(Glob.compile("*?"), "\ud83d\ude00"));
    }

    @ParameterizedTest(name = "{0} covers {1}: {2}")
    @CsvSource({
        "*, arn:aws:s3:::b/k, true",
        "arn:aws:s3:::b/*, arn:aws:s3:::b/k, true",
        "arn:aws:s3:::b/*, arn:aws:s3:::b/, true",
        "arn:aws:s3:::b/*, arn:aws:s3:::b, false",
        "arn:aws:s3:::b*, arn:aws:s3:::b/k, true",
        "arn:aws:s3:::b/*, arn:aws:s3:::B/k, false",
        "arn:aws:s3:::b/*, arn:aws:s3:::b/a:b:c, true",
        "arn:aws:s3:::b/?, arn:aws:s3:::b/:, true",
        "arn:aws:kms:*:111122223333:key/*, arn:aws:kms:eu-west-1:111122223333:key/k, true",
        "arn:aws:kms:*:111122223333:key/*, arn:aws:kms:eu-west-1:444455556666:key/k, false",
        "arn:aws:kms:eu-*-1:111122223333:key/k, arn:aws:kms:eu-west-1:111122223333:key/k, true",
        "arn:aws:kms:*-1:111122223333:key/k, arn:aws:kms:eu-west-1:111122223333:key/k, true",
        "arn:aws:kms:*1:*:key/k, arn:aws:kms:eu-west-1:111122223333:key/k, true",
        "arn:aws:kms:*, arn:aws:kms:eu-west-1:111122223333:key/k, true",
        "arn:aws:kms:e*k, arn:aws:kms:eu-west-1:111122223333:key/k, false",
        "arn:aws-cn:s3:::b/*, arn:aws:s3:::b/k, false",
    })
    void resources(String pattern, String resource, boolean expected) {
        assertEquals(expected, ArnPattern.coversResource(Glob.compile(pattern), resource));
    }

    @ParameterizedTest(name = "{0} covers {1}: {2}")
    @CsvSource({
        "*, s3:GetObject, true",
        "s3:*, s3:GetObject, true",
        "s3:*, kms:Decrypt, false",
        "s3:Get*, s3:GetObjectVersion, true",
        "S3:getobject, s3:GetObject, true",
        "s3:GetObject, s3:GetObjectVersion, false",
        "s3:*Object, s3:GetObject, true",
        "s3:*Object, s3:GetObjectAcl, false",
        "kms:GenerateDataKey*, kms:GenerateDataKeyWithoutPlaintext, true",
        "kms:ReEncrypt*, kms:ReEncryptFrom, true",
        "s3:?etObject, s3:GetObject, true",
    })
    void actions(String pattern, String action, boolean expected) {
        PolicyDocument document = Policies.document(PolicyType.IDENTITY, Policies.allow(pattern, "*"));
        AccessRequest request = AccessRequest.builder(
                        Principal.user(Policies.ACCOUNT, "alice"), action, Policies.OBJECT)
                .build();
        assertEquals(expected, Scan.of(document, request).allowed());
        PolicyDocument inverse = Policies.document(
                PolicyType.IDENTITY, "{'Effect':'Allow','NotAction':'" + pattern + "','Resource':'*'}");
        assertEquals(!expected, Scan.of(inverse, request).allowed());
    }

    @ParameterizedTest(name = "{0} with {1}: allow {2}, deny {3}")
    @CsvSource({
        "Resource, arn:aws:s3:::reports/${aws:username}/*, true, true",
        "Resource, arn:aws:s3:::reports/${aws:PrincipalTag/none}/*, false, false",
        "NotResource, arn:aws:s3:::reports/${aws:username}/*, false, false",
        "NotResource, arn:aws:s3:::other/${aws:username}/*, true, true",
        "NotResource, arn:aws:s3:::other/${aws:PrincipalTag/none}/*, false, true",
    })
    void variablesInResources(String element, String pattern, boolean allowed, boolean denied) {
        AccessRequest request = AccessRequest.builder(
                        Principal.user(Policies.ACCOUNT, "alice"), "s3:GetObject", "arn:aws:s3:::reports/alice/x")
                .build();
        String rest = "','Action':'*','" + element + "':'" + pattern + "'}";
        PolicyDocument document =
                Policies.document(PolicyType.IDENTITY, "{'Effect':'Allow" + rest, "{'Effect':'Deny" + rest);
        Scan scan = Scan.of(document, request);
        assertEquals(allowed, scan.allowed());
        assertEquals(denied, scan.deny() != null);
    }

    private static String random(Random random, String alphabet, int length) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < length; i++) {
            out.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return out.toString();
    }
}
