package dev.s3envelope.core.access;

import dev.s3envelope.core.advice.AdvisedPolicy;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes a report for people. Text that came from elsewhere is freed of control characters, so that it cannot move a terminal's cursor. */
final class ReportText {
    private static final int LABEL = 13;

    private final AccessReport report;
    private final StringBuilder out = new StringBuilder();

    private ReportText(AccessReport report) {
        this.report = report;
    }

    static String summary(AccessReport report) {
        StringBuilder line = new StringBuilder(what(report)).append(": ");
        Optional<AccessGate> gate = report.deniedBy();
        if (gate.isEmpty()) {
            return line.append(because(report.kind())).append('.').toString();
        }
        List<String> actions = gate.get() == AccessGate.KMS ? report.kmsActions() : report.s3Actions();
        line.append("the ").append(gate.get()).append(" gate denied ").append(String.join(" and ", actions));
        if (gate.get() == AccessGate.KMS) {
            report.key().ifPresent(key -> line.append(" on ").append(key));
        }
        report.principal().ifPresent(arn -> line.append(" to ").append(arn));
        report.reason().ifPresent(reason -> line.append(' ').append(reason.text()));
        if (report.reason().isEmpty()) {
            line.append(" (").append(because(report.kind())).append(')');
        }
        return clean(line.append('.').toString());
    }

    static String text(AccessReport report) {
        return new ReportText(report).write();
    }

    private String write() {
        line("", summary(report));
        out.append('\n');
        gate("S3 gate", report.s3(), report.s3Actions());
        gate("KMS gate", report.kms(), report.kmsActions());
        fact("principal", report.principal());
        fact("account", report.account().map(AccountId::digits));
        fact(
                "key",
                report.key()
                        .map(key -> key.text()
                                + report.keyState()
                                        .map(state -> " (" + lower(state) + ")")
                                        .orElse("")));
        fact("context", context());
        fact("bucket owner", report.bucketOwner().map(AccountId::digits));
        fact("region", report.region());
        fact("request id", report.error().flatMap(ServiceError::requestId));
        report.notes().forEach(note -> line("note", note));
        remedy();
        return out.toString();
    }

    private void gate(String label, GateVerdict gate, List<String> actions) {
        String verdict = gate.verdict() == Verdict.DENIED ? "DENIED" : lower(gate.verdict());
        line(label, verdict + (actions.isEmpty() ? "" : "  " + String.join(", ", actions)));
        gate.evidence().forEach(seen -> line("", lower(seen.source()) + ": " + seen.detail()));
    }

    private void remedy() {
        Remedy remedy = report.remedy();
        if (remedy.steps().isEmpty() && remedy.policies().isEmpty()) {
            return;
        }
        out.append("\nTo open it:\n");
        remedy.steps().forEach(step -> out.append("  ").append(clean(step)).append('\n'));
        for (AdvisedPolicy policy : remedy.policies()) {
            out.append("\n  Add to the ").append(clean(policy.title()));
            policy.account().ifPresent(id -> out.append(" (account ").append(id).append(')'));
            out.append(":\n").append(policy.json().indent(4));
        }
    }

    private Optional<String> context() {
        Map<String, String> context = report.encryptionContext();
        return context.isEmpty()
                ? Optional.empty()
                : Optional.of(context.entrySet().stream()
                        .map(pair -> pair.getKey() + "=" + pair.getValue())
                        .collect(Collectors.joining(", ")));
    }

    private void fact(String label, Optional<String> value) {
        value.ifPresent(text -> line(label, text));
    }

    private void line(String label, String text) {
        if (label.isEmpty() && out.length() == 0) {
            out.append(clean(text)).append('\n');
            return;
        }
        out.append("  ")
                .append(label)
                .append(" ".repeat(LABEL - label.length()))
                .append(clean(text))
                .append('\n');
    }

    private static String what(AccessReport report) {
        List<String> words = new ArrayList<>(List.of(report.operation()));
        report.object().ifPresent(object -> words.add(object.toString()));
        return clean(String.join(" ", words));
    }

    /** The kind as the end of a sentence. */
    private static String because(FailureKind kind) {
        return switch (kind) {
            case S3_DENIED -> "S3 refused the action";
            case KMS_DENIED -> "KMS refused the action";
            case KEY_DISABLED -> "the key is disabled";
            case KEY_NOT_USABLE -> "the key is in a state in which KMS does not use it";
            case KEY_NOT_FOUND -> "KMS knows no such key in this Region";
            case KEY_UNSUITABLE -> "the key is not for symmetric encryption";
            case WRAPPED_KEY_MISMATCH -> "the data key was wrapped under another key or encryption context";
            case KMS_THROTTLED -> "KMS was asked too often by this account and Region; neither gate denied it";
            case KMS_UNAVAILABLE -> "KMS did not answer; neither gate denied it";
            case CUSTOMER_KEY_NEEDED -> "the object is SSE-C and no key was sent; neither gate denied it";
            case CUSTOMER_KEY_WRONG -> "the object is SSE-C under another key; neither gate denied it";
            case CUSTOMER_KEY_NOT_WANTED ->
                "an SSE-C key was sent for an object that is not SSE-C; neither gate denied it";
            case CUSTOMER_KEYS_BLOCKED -> "the bucket blocks uploads under SSE-C";
            case DENIED_UNATTRIBUTED -> "denied, and the answer does not say by which gate";
            case HEAD_REJECTED -> "HEAD was answered with 400, which has no text";
            case PASSED -> "both gates are open";
            case UNRELATED -> "the failure is not about access";
        };
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String clean(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
