package dev.s3envelope.core.access;

import dev.s3envelope.core.advice.AccessNeed;
import dev.s3envelope.core.advice.AccessTask;
import dev.s3envelope.core.advice.AdvisedPolicy;
import dev.s3envelope.core.advice.KeyPolicyAdvisor;
import dev.s3envelope.core.advice.KeyRoute;
import dev.s3envelope.core.advice.KeyUse;
import dev.s3envelope.core.advice.ObjectScope;
import dev.s3envelope.core.advice.PolicyAdvice;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.core.mode.ContextScope;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awssdk.policybuilder.iam.IamPolicy;
import software.amazon.awssdk.policybuilder.iam.IamStatement;

/** The statements for a report, by {@link KeyPolicyAdvisor}: those for the gates in question and no others. */
final class RemedyPolicies {
    private static final String CONTEXT_ARN = "aws:s3:arn";
    private final AccessReport report;
    private final Set<AccessGate> gates;
    private final List<String> steps = new ArrayList<>();

    private RemedyPolicies(AccessReport report, Set<AccessGate> gates) {
        this.report = report;
        this.gates = gates;
    }

    /** What is missing at the gates that denied. */
    static Remedy missing(AccessReport report) {
        return new RemedyPolicies(report, gates(report, Verdict.DENIED)).remedy();
    }

    /** What may be missing, where it is not known which gate denied. */
    static Remedy candidates(AccessReport report) {
        RemedyPolicies policies = new RemedyPolicies(report, gates(report, Verdict.UNKNOWN));
        policies.steps.add(
                "Find out which gate denied: the answer does not say. Diagnosis ACTIVE or `envelope explain` asks further. These statements let both gates"
                        + " open if a missing permission is the reason; a missing object or another owner of the bucket would be answered the same way.");
        return policies.remedy();
    }

    private static Set<AccessGate> gates(AccessReport report, Verdict verdict) {
        Set<AccessGate> gates = EnumSet.noneOf(AccessGate.class);
        Stream.of(report.s3(), report.kms())
                .filter(gate -> gate.verdict() == verdict)
                .forEach(gate -> gates.add(gate.gate()));
        return gates;
    }

    private Remedy remedy() {
        Optional<Principal> holder = report.principal().flatMap(RemedyPolicies::holder);
        Optional<AccessTask> task = task();
        Optional<ObjectScope> scope = scope();
        if (holder.isEmpty() || task.isEmpty() || scope.isEmpty() || !hasKeyFacts()) {
            steps.add("Allow " + String.join(", ", actions())
                    + report.principal().map(arn -> " to " + arn).orElse(" to the principal that asks")
                    + (gates.contains(AccessGate.KMS)
                            ? report.key().map(key -> ", on key " + key).orElse("")
                            : report.object().map(object -> ", on " + object).orElse(""))
                    + ".");
            return new Remedy(steps, List.of());
        }
        PolicyAdvice advice = KeyPolicyAdvisor.advise(need(task.get(), holder.get(), scope.get()));
        advice.obstacle().ifPresent(steps::add);
        steps.addAll(advice.notes());
        return new Remedy(
                steps,
                advice.policies().stream()
                        .map(this::ofGates)
                        .flatMap(Optional::stream)
                        .toList());
    }

    /** Whether enough is known of the key to write about it. */
    private boolean hasKeyFacts() {
        return !gates.contains(AccessGate.KMS)
                || (report.key().isPresent()
                        && (!direct() || report.encryptionContext().containsKey(CONTEXT_ARN)))
                || gates.contains(AccessGate.S3);
    }

    private AccessNeed need(AccessTask task, Principal holder, ObjectScope scope) {
        AccessNeed.Builder need = AccessNeed.builder(task, holder, scope);
        if (gates.contains(AccessGate.S3)) {
            need.bucketAccount(report.bucketOwner().orElse(null));
        } else {
            // Nothing is to be said of the bucket, so that it might as well be the principal's.
            need.bucketAccount(report.account().orElse(null));
        }
        if (gates.contains(AccessGate.KMS)) {
            report.key().ifPresent(key -> need.keys(uses(key)));
            need.keysDelegate(report.reason()
                    .filter(reason -> reason.policy() == PolicyType.KEY)
                    .isEmpty());
        }
        return need.build();
    }

    /** How the key is used; both ways, if it is not known whether the object has a Bucket Key. */
    private KeyUse[] uses(KeyArn key) {
        Map<String, String> context = new TreeMap<>(report.encryptionContext());
        Optional<String> arn = Optional.ofNullable(context.remove(CONTEXT_ARN));
        if (arn.isEmpty()) {
            steps.add(
                    "It is not known whether the object has a Bucket Key, so there is a statement for either case; one of them is enough.");
            return new KeyUse[] {KeyUse.sseKms(key), KeyUse.sseKmsWithBucketKey(key)};
        }
        ContextScope scope = arn.get().contains("/") ? ContextScope.OBJECT : ContextScope.BUCKET;
        return new KeyUse[] {new KeyUse(key, direct() ? KeyRoute.DIRECT : KeyRoute.THROUGH_S3, scope, context)};
    }

    /** The part of a document that is about the gates in question. */
    private Optional<AdvisedPolicy> ofGates(AdvisedPolicy advised) {
        List<IamStatement> statements = advised.policy().statements().stream()
                .filter(statement ->
                        statement.actions().stream().anyMatch(action -> gates.contains(gate(action.value()))))
                .toList();
        return statements.isEmpty()
                ? Optional.empty()
                : Optional.of(new AdvisedPolicy(
                        advised.type(),
                        advised.attachTo(),
                        advised.account(),
                        IamPolicy.builder().statements(statements).build()));
    }

    private static AccessGate gate(String action) {
        return action.startsWith("kms:") ? AccessGate.KMS : AccessGate.S3;
    }

    private List<String> actions() {
        List<String> actions = new ArrayList<>();
        if (gates.contains(AccessGate.S3)) {
            actions.addAll(report.s3Actions());
        }
        if (gates.contains(AccessGate.KMS)) {
            actions.addAll(report.kmsActions());
        }
        return actions;
    }

    /** What the principal wanted to do. An upload in parts is taken as a whole, for its next step would fail otherwise. */
    private Optional<AccessTask> task() {
        List<String> actions = actions();
        return switch (report.operation()) {
            case "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload" ->
                Optional.of(AccessTask.WRITE_MULTIPART);
            case "GetObjectAttributes" -> Optional.of(AccessTask.READ_ATTRIBUTES);
            case "ListParts", "AbortMultipartUpload", "DeleteObject" -> Optional.empty();
            default -> {
                if (actions.contains("s3:GetObjectVersion")) {
                    yield Optional.of(AccessTask.READ_VERSION);
                }
                yield actions.contains("s3:GetObject") || actions.contains("kms:Decrypt")
                        ? Optional.of(AccessTask.READ)
                        : actions.contains("s3:PutObject") || actions.contains("kms:GenerateDataKey")
                                ? Optional.of(AccessTask.WRITE)
                                : Optional.empty();
            }
        };
    }

    private boolean direct() {
        return report.error().filter(error -> error.service() == AccessGate.KMS).isPresent();
    }

    private Optional<ObjectScope> scope() {
        return report.object()
                .filter(address -> !address.isAccessPointArn() && !address.isDirectoryBucket())
                .map(ObjectScope::of)
                .or(this::scopeOfContext);
    }

    /** The objects that the encryption context of a client-side message names. */
    private Optional<ObjectScope> scopeOfContext() {
        return Optional.ofNullable(report.encryptionContext().get(CONTEXT_ARN))
                .map(arn -> arn.substring(arn.lastIndexOf(':') + 1))
                .map(name -> name.contains("/")
                        ? ObjectScope.object(
                                name.substring(0, name.indexOf('/')), name.substring(name.indexOf('/') + 1))
                        : ObjectScope.wholeBucket(name));
    }

    private static Optional<Principal> holder(String arn) {
        try {
            Principal principal = Principal.fromArn(arn);
            return switch (principal.kind()) {
                case USER, ROLE, ASSUMED_ROLE -> Optional.of(principal);
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException notInIam) {
            return Optional.empty();
        }
    }
}
