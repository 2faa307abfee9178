package dev.s3envelope.core.iam;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.policybuilder.iam.IamEffect;
import software.amazon.awssdk.policybuilder.iam.IamPolicy;
import software.amazon.awssdk.policybuilder.iam.IamResource;
import software.amazon.awssdk.policybuilder.iam.IamStatement;

/**
 * A policy document that was checked and compiled, with a name by which explanations refer to it.
 *
 * <p>Parsing refuses what AWS refuses to store, and a little more where AWS would store something without effect: unknown elements,
 * repeated names, empty lists. Parse a document once and keep it; evaluation then costs well under a microsecond for each statement.
 * Immutable and thread-safe.
 */
public final class PolicyDocument {
    private final PolicyType type;
    private final String name;
    private final String json;
    private final IamPolicy policy;
    private final List<CompiledStatement> statements;

    private PolicyDocument(PolicyType type, String name, String json, IamPolicy policy) {
        this.type = type;
        this.name = name;
        this.json = json;
        this.policy = policy;
        this.statements = compile(type, name, policy);
    }

    /**
     * Reads a document.
     *
     * @param name how messages and explanations call the document, for example a policy's ARN or {@code bucket policy of logs}
     * @throws MalformedPolicyException if AWS would refuse to store the document
     */
    public static PolicyDocument parse(PolicyType type, String name, String json) {
        PolicyValidation.checkSize(name, type, json);
        String normalised = PolicySyntax.normalise(name, type, json);
        IamPolicy policy;
        try {
            policy = IamPolicy.fromJson(normalised);
        } catch (RuntimeException e) {
            throw new MalformedPolicyException(name, "Syntax errors in policy.", null, e);
        }
        PolicyValidation.check(name, type, policy);
        return new PolicyDocument(type, name, json, policy);
    }

    /**
     * Takes a document built with the policy builder.
     *
     * @throws MalformedPolicyException if AWS would refuse to store the document
     */
    public static PolicyDocument of(PolicyType type, String name, IamPolicy policy) {
        return parse(type, name, policy.toJson());
    }

    private static List<CompiledStatement> compile(PolicyType type, String name, IamPolicy policy) {
        // Variables came with the 2012 version; in older documents the same characters mean themselves.
        boolean variables = PolicyValidation.CURRENT_VERSION.equals(policy.version());
        List<CompiledStatement> compiled = new ArrayList<>(policy.statements().size());
        for (IamStatement statement : policy.statements()) {
            int index = compiled.size();
            Effect effect = statement.effect().equals(IamEffect.ALLOW) ? Effect.ALLOW : Effect.DENY;
            StatementRef ref = new StatementRef(name, type, index, statement.sid(), effect);
            try {
                compiled.add(new CompiledStatement(ref, statement, variables));
            } catch (IllegalArgumentException e) {
                throw new MalformedPolicyException(
                        name, String.valueOf(e.getMessage()), PolicyValidation.where(index, statement.sid()), e);
            }
        }
        return List.copyOf(compiled);
    }

    public PolicyType type() {
        return type;
    }

    public String name() {
        return name;
    }

    /** The text as it was given. */
    public String json() {
        return json;
    }

    /** The document as the policy builder models it, every condition value a string. */
    public IamPolicy policy() {
        return policy;
    }

    /** The statements in order; each index is that of {@link #policy()}. */
    public List<StatementRef> statements() {
        return statements.stream().map(CompiledStatement::ref).toList();
    }

    /**
     * Checks what S3 checks when a bucket policy is stored: that each resource is the bucket or something in it.
     *
     * @param bucketArn the bucket's ARN, for example {@code arn:aws:s3:::logs}
     * @throws MalformedPolicyException if a statement names anything else
     */
    public void requireResourcesOf(String bucketArn) {
        for (int i = 0; i < policy.statements().size(); i++) {
            IamStatement statement = policy.statements().get(i);
            List<IamResource> resources = new ArrayList<>(statement.resources());
            resources.addAll(statement.notResources());
            for (IamResource resource : resources) {
                String text = resource.value();
                if (!text.equals("*") && !text.equals(bucketArn) && !covers(text, bucketArn)) {
                    throw new MalformedPolicyException(
                            name, "Policy has invalid resource: " + text, PolicyValidation.where(i, statement.sid()));
                }
            }
        }
    }

    private static boolean covers(String resource, String bucketArn) {
        int slash = resource.indexOf('/');
        String bucketPart = slash < 0 ? resource : resource.substring(0, slash);
        return Glob.matches(Glob.compile(bucketPart), bucketArn);
    }

    List<CompiledStatement> compiled() {
        return statements;
    }

    @Override
    public String toString() {
        return type.phrase() + " '" + name + "' (" + statements.size() + " statements)";
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PolicyDocument d && type == d.type && name.equals(d.name) && json.equals(d.json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }
}
