package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.iam.AccessControl;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Allows everything but what a test denies, and remembers the questions. */
final class FakeAccess implements AccessControl {
    private final List<S3Access> questions = new ArrayList<>();
    private Predicate<S3Access> denied = access -> false;

    synchronized void deny(Predicate<S3Access> newDenied) {
        denied = newDenied;
    }

    synchronized List<S3Access> questions() {
        return List.copyOf(questions);
    }

    synchronized void forget() {
        questions.clear();
    }

    @Override
    public synchronized Verdict decide(S3Access access) {
        questions.add(access);
        return denied.test(access)
                ? new Verdict(
                        false,
                        "User: someone is not authorized to perform: " + access.action() + " on resource: \""
                                + access.resource() + "\" because no identity-based policy allows the "
                                + access.action() + " action",
                        List.of())
                : new Verdict(true, "", List.of("allowed by the test"));
    }

    @Override
    public void checkBucketPolicy(String bucket, String policyJson) {
        if (!policyJson.startsWith("{")) {
            throw new AwsError(400, "MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'");
        }
    }

    @Override
    public String canonicalId(String accountId) {
        return (accountId + "0".repeat(64)).substring(0, 64);
    }
}
