package dev.s3envelope.examples.tour;

import java.util.LinkedHashMap;
import java.util.Map;

/** Short names for long ARNs. They are for reading only: outcomes are compared with the ARNs in full. */
final class Names {
    private final Map<String, String> shortByArn = new LinkedHashMap<>();

    void add(String arn, String name) {
        shortByArn.put(arn, name);
    }

    /** The text with every known ARN replaced. */
    String shorten(String text) {
        String shorter = text;
        for (Map.Entry<String, String> name : shortByArn.entrySet()) {
            shorter = shorter.replace(name.getKey(), name.getValue());
        }
        return shorter;
    }
}
