package dev.s3envelope.core.iam;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Short spellings of documents, for tests only. Single quotes stand for double quotes. */
final class Policies {
    static final String ACCOUNT = "111122223333";
    static final String OTHER = "444455556666";
    static final String BUCKET = "arn:aws:s3:::reports";
    static final String OBJECT = BUCKET + "/2026/q1.csv";
    static final String KEY = "arn:aws:kms:eu-west-1:" + ACCOUNT + ":key/11111111-2222-3333-4444-555555555555";
    static final String ROOT_ARN = "arn:aws:iam::" + ACCOUNT + ":root";
    static final String OTHER_ROOT_ARN = "arn:aws:iam::" + OTHER + ":root";

    private Policies() {}

    static PolicyDocument document(PolicyType type, String... statements) {
        return named(type, type.name(), statements);
    }

    static PolicyDocument named(PolicyType type, String name, String... statements) {
        return PolicyDocument.parse(type, name, json(statements));
    }

    static String json(String... statements) {
        return quotes(Arrays.stream(statements)
                .collect(Collectors.joining(",", "{'Version':'2012-10-17','Statement':[", "]}")));
    }

    static String quotes(String text) {
        return text.replace('\'', '"');
    }

    static String allow(String action, String resource) {
        return statement("Allow", null, action, resource, "");
    }

    static String deny(String action, String resource) {
        return statement("Deny", null, action, resource, "");
    }

    static String allow(String principal, String action, String resource) {
        return statement("Allow", principal, action, resource, "");
    }

    static String deny(String principal, String action, String resource) {
        return statement("Deny", principal, action, resource, "");
    }

    static String statement(
            String effect, @Nullable String principal, String action, String resource, String condition) {
        String who = principal == null
                ? ""
                : principal.equals("*") || principal.startsWith("{")
                        ? "'Principal':" + (principal.equals("*") ? "'*'" : principal) + ","
                        : "'Principal':{'" + (principal.endsWith(".amazonaws.com") ? "Service" : "AWS") + "':'"
                                + principal + "'},";
        return "{'Effect':'" + effect + "'," + who + "'Action':'" + action + "','Resource':'" + resource + "'"
                + (condition.isEmpty() ? "" : ",'Condition':" + condition) + "}";
    }

    static AccessRequest get(Principal principal, String bucketOwner) {
        return AccessRequest.builder(principal, "s3:GetObject", OBJECT)
                .resourceAccount(bucketOwner)
                .build();
    }

    static AccessRequest decrypt(Principal principal) {
        return AccessRequest.builder(principal, "kms:Decrypt", KEY)
                .resourceAccount(ACCOUNT)
                .build();
    }

    static List<PolicyDocument> identityAllowing(String action) {
        return List.of(document(PolicyType.IDENTITY, allow(action, "*")));
    }
}
