package dev.s3envelope.local.internal.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The request target as it came over the wire, and its decoded path and query. */
record RawTarget(String rawPath, String path, Map<String, List<String>> query) {

    static RawTarget parse(String target) {
        String text = target;
        int scheme = text.indexOf("://");
        if (scheme > 0 && text.indexOf('/') == scheme + 1) {
            int slash = text.indexOf('/', scheme + 3);
            text = slash < 0 ? "/" : text.substring(slash);
        }
        int mark = text.indexOf('?');
        String rawPath = mark < 0 ? text : text.substring(0, mark);
        if (rawPath.isEmpty()) {
            rawPath = "/";
        }
        Map<String, List<String>> query = mark < 0 ? Map.of() : parseQuery(text.substring(mark + 1));
        return new RawTarget(rawPath, PercentCoding.decode(rawPath, false), query);
    }

    /** Parameters in their order of appearance; a parameter without a value has the empty string. */
    static Map<String, List<String>> parseQuery(String raw) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : raw.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = PercentCoding.decode(equals < 0 ? pair : pair.substring(0, equals), true);
            String value = equals < 0 ? "" : PercentCoding.decode(pair.substring(equals + 1), true);
            query.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
        }
        return Collections.unmodifiableMap(query);
    }
}
