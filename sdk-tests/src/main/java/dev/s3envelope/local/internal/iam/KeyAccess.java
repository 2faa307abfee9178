package dev.s3envelope.local.internal.iam;

import dev.s3envelope.core.iam.Grant;
import dev.s3envelope.local.internal.iam.AccessControl.Verdict;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The KMS gate as the KMS service asks it. Thread-safe. */
public interface KeyAccess {
    /** Decides one KMS action. */
    Verdict decide(Question question);

    /** Refuses a key policy that cannot be evaluated, with KMS's MalformedPolicyDocumentException. */
    void checkKeyPolicy(String policyJson);

    /** Whether the accounts are the same or of one organization, so that a denial may be explained. */
    boolean sameOrganization(String one, String other);

    /** A key as the gate sees it. */
    record GuardedKey(String arn, String account, String policy, boolean awsManaged, List<Grant> grants) {}

    /**
     * One question; {@code key} is null for actions without a key, whose {@code resource} is an alias or {@code *}. The {@code aws:} keys
     * are added to {@code conditions} here.
     */
    record Question(
            Identity identity,
            String action,
            String resource,
            @Nullable GuardedKey key,
            Map<String, String> encryptionContext,
            Map<String, List<String>> conditions,
            String region,
            boolean secure,
            @Nullable InetAddress source,
            @Nullable String viaService) {}
}
