package dev.s3envelope.examples.tour;

import dev.s3envelope.local.Event;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What was asked of KMS, by S3 for its callers or by this SDK, from the event log.
 *
 * @param calls by operation, denied ones included
 * @param contexts {@code bucket ARN}, {@code object ARN}, both, or {@code none}
 */
record KmsUse(Map<String, Integer> calls, String contexts) {
    private static final String KEY = "aws:s3:arn";

    /** What S3 asked since {@code mark} for one bucket. */
    static KmsUse since(Stage stage, EventMark mark, String bucket) {
        return of(stage.events(mark).service("kms").viaService().list(), bucket);
    }

    /** What anybody asked since {@code mark}, this SDK included. */
    static KmsUse ofAll(Stage stage, EventMark mark, String bucket) {
        return of(stage.events(mark).service("kms").list(), bucket);
    }

    private static KmsUse of(List<Event> events, String bucket) {
        String bucketArn = "arn:aws:s3:::" + bucket;
        Map<String, Integer> calls = new TreeMap<>(Comparator.reverseOrder());
        events.forEach(event -> calls.merge(event.operation(), 1, Integer::sum));
        String contexts = events.stream()
                .map(event -> kind(bucketArn, event.encryptionContext().getOrDefault(KEY, "without " + KEY)))
                .distinct()
                .sorted()
                .collect(Collectors.joining(" and "));
        return new KmsUse(calls, contexts.isEmpty() ? "none" : contexts);
    }

    private static String kind(String bucketArn, String arn) {
        if (arn.equals(bucketArn)) {
            return "bucket ARN";
        }
        return arn.startsWith(bucketArn + "/") ? "object ARN" : arn;
    }

    int count(String operation) {
        return calls.getOrDefault(operation, 0);
    }

    int total() {
        return calls.values().stream().mapToInt(Integer::intValue).sum();
    }

    String text() {
        return calls.isEmpty()
                ? "no KMS calls"
                : "KMS calls: "
                        + calls.entrySet().stream()
                                .map(call -> call.getKey() + " " + call.getValue())
                                .collect(Collectors.joining(", "));
    }
}
