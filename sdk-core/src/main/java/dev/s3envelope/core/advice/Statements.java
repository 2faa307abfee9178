package dev.s3envelope.core.advice;

import dev.s3envelope.core.iam.ContextKeys;
import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.core.mode.ContextScope;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.policybuilder.iam.IamConditionOperator;
import software.amazon.awssdk.policybuilder.iam.IamEffect;
import software.amazon.awssdk.policybuilder.iam.IamPrincipalType;
import software.amazon.awssdk.policybuilder.iam.IamStatement;

/** Allow statements, as narrow as their use permits. */
final class Statements {
    private static final String CONTEXT_ARN = ContextKeys.encryptionContext(KeyUse.CONTEXT_ARN);

    private Statements() {}

    static IamStatement.Builder onResource(String sid, List<String> actions, String resource) {
        return IamStatement.builder()
                .sid(sid)
                .effect(IamEffect.ALLOW)
                .actionIds(actions)
                .addResource(resource);
    }

    /** On a key; bound to S3 and to the objects where the calls are about objects. */
    static IamStatement.Builder onKey(
            String sid, List<String> actions, String resource, KeyUse use, Optional<ObjectScope> objects) {
        IamStatement.Builder statement = onResource(sid, actions, resource);
        objects.ifPresent(scope -> bind(statement, use, scope));
        return statement;
    }

    private static void bind(IamStatement.Builder statement, KeyUse use, ObjectScope objects) {
        use.viaService()
                .ifPresent(service -> statement.addCondition(
                        IamConditionOperator.STRING_EQUALS, ContextKeys.KMS_VIA_SERVICE, service));
        new TreeMap<>(use.context())
                .forEach((name, value) -> statement.addCondition(
                        IamConditionOperator.STRING_EQUALS, ContextKeys.encryptionContext(name), literal(value)));
        String partition = use.key().partition();
        if (use.scope() == ContextScope.BUCKET) {
            statement.addCondition(IamConditionOperator.STRING_EQUALS, CONTEXT_ARN, objects.bucketArn(partition));
        } else {
            // StringEquals takes a star for itself; StringLike reads the escapes of the pattern.
            statement.addCondition(IamConditionOperator.STRING_LIKE, CONTEXT_ARN, objects.pattern(partition));
        }
    }

    /** A value that StringEquals compares as it is, policy variables aside. */
    private static String literal(String value) {
        return value.replace("${", "${$}{");
    }

    static IamStatement forPrincipal(Principal principal, IamStatement.Builder statement) {
        return statement.addPrincipal(IamPrincipalType.AWS, principal.arn()).build();
    }
}
