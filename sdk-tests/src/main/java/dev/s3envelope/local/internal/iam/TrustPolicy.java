package dev.s3envelope.local.internal.iam;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.core.iam.AccessRequest;
import dev.s3envelope.core.iam.Decision;
import dev.s3envelope.core.iam.GatePolicies;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.iam.S3Gate;
import java.time.Instant;

/**
 * Who may assume a role. A trust policy is a resource policy without resources: one that names the caller is enough in the role's own
 * account; one that names the account, and any caller of another account, needs the caller's own policies too (IAM page "Policy
 * evaluation logic").
 */
public final class TrustPolicy {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String json;
    private final PolicyDocument document;

    private TrustPolicy(String json, PolicyDocument document) {
        this.json = json;
        this.document = document;
    }

    /** Throws what {@link PolicyDocument#parse} throws. */
    public static TrustPolicy parse(String name, String json) {
        return new TrustPolicy(json, PolicyDocument.parse(PolicyType.KEY, name, withResource(json)));
    }

    /** The evaluator wants a resource in every statement; a trust policy's is the role it belongs to. */
    private static String withResource(String json) {
        JsonNode tree;
        try {
            tree = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            // The parser of policies says what is wrong with it.
            return json;
        }
        JsonNode statements = tree.path("Statement");
        if (statements instanceof ObjectNode single) {
            single.put("Resource", "*");
        } else {
            statements.forEach(statement -> {
                if (statement instanceof ObjectNode object) {
                    object.put("Resource", "*");
                }
            });
        }
        return tree.toString();
    }

    public String json() {
        return json;
    }

    /** Whether {@code caller} may assume the role {@code roleArn} of account {@code owner}. */
    public boolean admits(Identity caller, String roleArn, String owner, Instant now, boolean secure) {
        AccessRequest.Builder question = AccessRequest.builder(caller.principal(), "sts:AssumeRole", roleArn)
                .time(now)
                .secureTransport(secure);
        GatePolicies both = GatePolicies.builder()
                .identity(caller.policies())
                .resource(document)
                .build();
        // Without a known owner the gate wants both sides to allow, as a foreign role does.
        Decision together = S3Gate.create().evaluate(question.build(), both).decision();
        if (together != Decision.IMPLICITLY_DENIED || !owner.equals(caller.accountId())) {
            return together.isAllowed();
        }
        GatePolicies trustAlone = GatePolicies.builder().resource(document).build();
        return !caller.root()
                && S3Gate.create()
                        .evaluate(question.resourceAccount(owner).build(), trustAlone)
                        .allowed();
    }
}
