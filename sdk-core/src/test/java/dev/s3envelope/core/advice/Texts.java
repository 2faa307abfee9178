package dev.s3envelope.core.advice;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Parts of the JSON form of access documents; single quotes stand for double quotes. For tests only. */
final class Texts {
    static final String OWN = "111122223333";
    static final String OTHER = "444455556666";
    static final String KEY = "arn:aws:kms:eu-west-1:" + OWN + ":key/11111111-2222-3333-4444-555555555555";
    static final String US_KEY = "arn:aws:kms:us-east-1:" + OWN + ":key/22222222-2222-3333-4444-555555555555";
    static final String OTHER_KEY = "arn:aws:kms:us-east-1:" + OTHER + ":key/33333333-2222-3333-4444-555555555555";
    static final String APP = "arn:aws:iam::" + OWN + ":role/app";
    static final String PARTNER = "arn:aws:iam::" + OTHER + ":role/partner";
    static final String DELEGATION = allow("'AWS':'arn:aws:iam::" + OWN + ":root'", "kms:*", "*", "");

    private Texts() {}

    static String file(String principals, String buckets, String keys) {
        return file(principals, buckets, keys, "");
    }

    static String file(String principals, String buckets, String keys, String access) {
        return ("{'version':1,'principals':[" + principals + "],'buckets':[" + buckets + "],'keys':[" + keys
                        + "],'access':[" + access + "]}")
                .replace('\'', '"');
    }

    static String principal(String arn, String... statements) {
        return "{'arn':'" + arn + "','identityPolicies':[" + policy(statements) + "]}";
    }

    /** A key with the default key policy and more statements. */
    static String key(String arn, String... statements) {
        return keyWith(
                arn,
                "",
                Stream.concat(Stream.of(DELEGATION), Stream.of(statements)).toArray(String[]::new));
    }

    /** A key with exactly these statements, and further fields. */
    static String keyWith(String arn, String fields, String... statements) {
        return "{'arn':'" + arn + "'" + fields + ",'policy':" + policy(statements) + "}";
    }

    static String bucket(String name, String fields) {
        return "{'name':'" + name + "','account':'" + OWN + "','region':'eu-west-1'" + fields + "}";
    }

    static String kms(String key, boolean bucketKey) {
        return ",'encryption':{'algorithm':'aws:kms','key':'" + key + "','bucketKey':" + bucketKey + "}";
    }

    static String managedKms() {
        return ",'encryption':{'algorithm':'aws:kms'}";
    }

    static String sseS3() {
        return ",'encryption':{'algorithm':'AES256'}";
    }

    static String withPolicy(String... statements) {
        return ",'policy':" + policy(statements);
    }

    static String policy(String... statements) {
        return Stream.of(statements).collect(Collectors.joining(",", "{'Version':'2012-10-17','Statement':[", "]}"));
    }

    static String allow(String action, String resource) {
        return "{'Effect':'Allow','Action':" + list(action) + ",'Resource':" + list(resource) + "}";
    }

    static String allow(String principal, String action, String resource, String condition) {
        return "{'Effect':'Allow','Principal':" + (principal.equals("*") ? "'*'" : "{" + principal + "}") + ",'Action':"
                + list(action) + ",'Resource':" + list(resource)
                + (condition.isEmpty() ? "" : ",'Condition':{" + condition + "}") + "}";
    }

    static String allowIf(String action, String resource, String condition) {
        return "{'Effect':'Allow','Action':" + list(action) + ",'Resource':" + list(resource) + ",'Condition':{"
                + condition + "}}";
    }

    private static String list(String values) {
        return Stream.of(values.split(" ")).map(v -> "'" + v + "'").collect(Collectors.joining(",", "[", "]"));
    }
}
