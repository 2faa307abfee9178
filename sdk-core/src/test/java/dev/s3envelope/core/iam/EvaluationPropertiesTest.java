package dev.s3envelope.core.iam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of every decision, on generated documents and requests. */
class EvaluationPropertiesTest {
    private static final int CASES = 1_500;
    private static final List<String> ACTIONS =
            List.of("s3:GetObject", "s3:PutObject", "kms:Decrypt", "kms:GenerateDataKey");
    private static final List<Principal> PRINCIPALS = List.of(
            Principal.user(Policies.ACCOUNT, "alice"),
            Principal.assumedRole(Policies.ACCOUNT, "app", "s1"),
            Principal.root(Policies.ACCOUNT),
            Principal.user(Policies.OTHER, "bob"),
            Principal.assumedRole(Policies.OTHER, "app", "s1"),
            Principal.service("logging.s3.amazonaws.com"),
            Principal.anonymous());

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 20261120, 987654321})
    void addingAMatchingDenyDenies(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < CASES; i++) {
            Case c = new Case(random);
            Evaluation before = c.evaluate();
            Part part = c.parts().get(random.nextInt(c.parts().size()));
            c.add(part, statement("Deny", part, c.request.action(), "*", part.needsPrincipal() ? "*" : ""), random);
            Evaluation after = c.evaluate();
            assertEquals(Decision.EXPLICITLY_DENIED, after.decision(), c.describe(seed, i, before, after));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {2, 20261120, 123456789})
    void addingAnyDenyNeverAllows_andAddingAnyAllowNeverDeniesOrLiftsAnExplicitDeny(long seed) {
        Random random = new Random(seed);
        Map<Decision, Integer> seen = new EnumMap<>(Decision.class);
        for (int i = 0; i < CASES; i++) {
            Case c = new Case(random);
            Evaluation before = c.evaluate();
            seen.merge(before.decision(), 1, Integer::sum);
            Part part = c.parts().get(random.nextInt(c.parts().size()));
            boolean deny = random.nextBoolean();
            c.add(part, c.randomStatement(deny ? "Deny" : "Allow", part, random), random);
            Evaluation after = c.evaluate();
            String description = c.describe(seed, i, before, after);
            if (deny) {
                assertTrue(before.allowed() || !after.allowed(), description);
            } else {
                assertTrue(!before.allowed() || after.allowed(), description);
                assertTrue(
                        before.decision() != Decision.EXPLICITLY_DENIED
                                || after.decision() == Decision.EXPLICITLY_DENIED,
                        description);
            }
        }
        assertEquals(Set.of(Decision.values()), seen.keySet(), "seed " + seed + " must reach every decision");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {3, 20261120, 5550123})
    void orderOfStatementsDoesNotMatter(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < CASES; i++) {
            Case c = new Case(random);
            Evaluation before = c.evaluate();
            c.statements.values().forEach(list -> Collections.shuffle(list, random));
            Evaluation after = c.evaluate();
            String description = c.describe(seed, i, before, after);
            assertEquals(before.decision(), after.decision(), description);
            assertEquals(before.denial(), after.denial(), description);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {4, 20261120})
    void explanationAgreesWithTheEvaluation(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < CASES; i++) {
            Case c = new Case(random);
            Evaluation evaluation = c.evaluate();
            Explanation explanation = c.gate().explain(c.request, c.policies());
            assertEquals(evaluation, explanation.evaluation(), "seed " + seed);
            boolean anyDenyApplies = explanation.statements().stream()
                    .anyMatch(s -> s.applies() && s.statement().effect() == Effect.DENY);
            assertEquals(anyDenyApplies, evaluation.decision() == Decision.EXPLICITLY_DENIED, explanation::text);
            for (StatementRef ref : evaluation.evidence().statements()) {
                assertTrue(
                        explanation.statements().stream()
                                .anyMatch(s -> s.applies() && s.statement().equals(ref)),
                        explanation::text);
            }
        }
    }

    /** Where a statement may stand. */
    private enum Part {
        IDENTITY(PolicyType.IDENTITY),
        BUCKET(PolicyType.BUCKET),
        KEY(PolicyType.KEY),
        BOUNDARY(PolicyType.PERMISSIONS_BOUNDARY),
        SESSION(PolicyType.SESSION),
        SERVICE_CONTROL(PolicyType.SERVICE_CONTROL),
        RESOURCE_CONTROL(PolicyType.RESOURCE_CONTROL);

        private final PolicyType type;

        Part(PolicyType type) {
            this.type = type;
        }

        boolean needsPrincipal() {
            return type.needsPrincipal();
        }
    }

    /** A generated request with its documents, which can be added to. */
    private static final class Case {
        private final Map<Part, List<String>> statements = new EnumMap<>(Part.class);
        private final Principal principal;
        private AccessRequest request;

        Case(Random random) {
            principal = PRINCIPALS.get(random.nextInt(PRINCIPALS.size()));
            String action = ACTIONS.get(random.nextInt(ACTIONS.size()));
            request = build(principal, action);
            for (Part part : parts()) {
                boolean limit = part != Part.IDENTITY && part != Part.BUCKET && part != Part.KEY;
                if (limit && random.nextInt(4) > 0) {
                    continue;
                }
                List<String> list = new ArrayList<>();
                for (int n = limit ? 1 + random.nextInt(2) : random.nextInt(4); n > 0; n--) {
                    list.add(randomStatement(random.nextInt(8) == 0 ? "Deny" : "Allow", part, random));
                }
                if (!list.isEmpty()) {
                    statements.put(part, list);
                }
            }
        }

        private static AccessRequest build(Principal principal, String action) {
            boolean s3 = action.startsWith("s3:");
            return AccessRequest.builder(principal, action, s3 ? Policies.OBJECT : Policies.KEY)
                    .resourceAccount(Policies.ACCOUNT)
                    .context("aws:SecureTransport", "true")
                    .build();
        }

        /** The parts that bind this principal and action. */
        List<Part> parts() {
            List<Part> parts = new ArrayList<>();
            parts.add(request.service().equals("s3") ? Part.BUCKET : Part.KEY);
            parts.add(Part.RESOURCE_CONTROL);
            if (principal.hasIdentityPolicies()) {
                parts.addAll(List.of(Part.IDENTITY, Part.SERVICE_CONTROL, Part.BOUNDARY));
                if (principal.kind() == Principal.Kind.ASSUMED_ROLE) {
                    parts.add(Part.SESSION);
                }
            }
            return parts;
        }

        String randomStatement(String effect, Part part, Random random) {
            String service = request.service();
            String action = List.of(request.action(), service + ":*", "*", service + ":Put*")
                    .get(random.nextInt(4));
            String resource = List.of("*", request.resource(), "arn:aws:s3:::other/*", "arn:aws:s3:::reports/*")
                    .get(random.nextInt(4));
            String who = "";
            if (part == Part.RESOURCE_CONTROL) {
                who = "*";
            } else if (part.needsPrincipal()) {
                who = List.of(
                                "*",
                                Policies.ROOT_ARN,
                                Policies.OTHER_ROOT_ARN,
                                principal.principalArn().orElse("*"),
                                principal.account().isPresent() ? principal.arn() : "*")
                        .get(random.nextInt(5));
            }
            String plain = statement(effect, part, action, resource, who);
            return switch (random.nextInt(6)) {
                case 0 -> plain.replace("}#", ",'Condition':{'Bool':{'aws:SecureTransport':'true'}}}#");
                case 1 -> plain.replace("}#", ",'Condition':{'StringEquals':{'x:absent':'1'}}}#");
                default -> plain;
            };
        }

        /** Adds to a document; where the part had none there was no limit, so the new document also keeps that. */
        void add(Part part, String statement, Random random) {
            List<String> list = statements.get(part);
            if (list == null) {
                list = new ArrayList<>();
                boolean limit = part != Part.IDENTITY && part != Part.BUCKET && part != Part.KEY;
                if (limit) {
                    list.add(statement("Allow", part, "*", "*", part.needsPrincipal() ? "*" : ""));
                }
                statements.put(part, list);
            }
            list.add(random.nextInt(list.size() + 1), statement);
        }

        Gate gate() {
            return request.service().equals("s3") ? S3Gate.create() : KmsGate.create();
        }

        Evaluation evaluate() {
            Principal limited = principal;
            PolicyDocument boundary = document(Part.BOUNDARY);
            if (boundary != null) {
                limited = limited.withPermissionsBoundary(boundary);
            }
            PolicyDocument session = document(Part.SESSION);
            if (session != null) {
                limited = limited.withSessionPolicies(List.of(session));
            }
            request = build(limited, request.action());
            return gate().evaluate(request, policies());
        }

        GatePolicies policies() {
            GatePolicies.Builder policies =
                    GatePolicies.builder().resource(document(request.service().equals("s3") ? Part.BUCKET : Part.KEY));
            PolicyDocument identity = document(Part.IDENTITY);
            if (identity != null) {
                policies.identity(identity);
            }
            PolicyDocument scp = document(Part.SERVICE_CONTROL);
            if (scp != null) {
                policies.serviceControlLevel(List.of(scp));
            }
            PolicyDocument rcp = document(Part.RESOURCE_CONTROL);
            if (rcp != null) {
                policies.resourceControlLevel(List.of(rcp));
            }
            return policies.build();
        }

        @Nullable
        PolicyDocument document(Part part) {
            List<String> list = statements.get(part);
            return list == null
                    ? null
                    : Policies.document(
                            part.type,
                            list.stream().map(s -> s.replace("#", "")).toArray(String[]::new));
        }

        String describe(long seed, int i, Evaluation before, Evaluation after) {
            return "seed " + seed + ", case " + i + ": " + request + " " + before.decision() + " -> " + after.decision()
                    + " " + statements;
        }
    }

    /** A statement that ends in a mark, before which a condition can be put. */
    private static String statement(String effect, Part part, String action, String resource, String who) {
        return Policies.statement(effect, who.isEmpty() ? null : who, action, resource, "") + "#";
    }
}
