package dev.s3envelope.local.internal.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The canonical request of Signature Version 4.
 *
 * <p>S3 encodes each path segment once and leaves dots and double slashes alone; every other service encodes the path
 * that is already encoded a second time.
 */
final class CanonicalRequest {
    private CanonicalRequest() {}

    static String of(HttpCall call, String rawPath, SignatureFields fields, String payloadHash) {
        StringBuilder out = new StringBuilder(512);
        out.append(call.method()).append('\n');
        out.append(
                        fields.service().equals("s3")
                                ? PercentCoding.encode(call.path(), true)
                                : PercentCoding.encode(rawPath, true))
                .append('\n');
        out.append(query(call.query())).append('\n');
        for (String name : fields.signedHeaders()) {
            out.append(name).append(':').append(header(call, name)).append('\n');
        }
        out.append('\n').append(String.join(";", fields.signedHeaders())).append('\n');
        return out.append(payloadHash).toString();
    }

    private static String query(Map<String, List<String>> query) {
        List<String> pairs = new ArrayList<>();
        query.forEach((name, values) -> {
            if (!name.equals("X-Amz-Signature")) {
                for (String value : values) {
                    pairs.add(PercentCoding.encode(name, false) + "=" + PercentCoding.encode(value, false));
                }
            }
        });
        // Sorted by name, then value: '=' would sort a name before its own extensions wrongly, so compare the parts.
        pairs.sort((a, b) -> {
            int byName = a.substring(0, a.indexOf('=')).compareTo(b.substring(0, b.indexOf('=')));
            return byName != 0 ? byName : a.compareTo(b);
        });
        return String.join("&", pairs);
    }

    private static String header(HttpCall call, String name) {
        List<String> values = call.headers().getOrDefault(name, List.of());
        StringBuilder out = new StringBuilder();
        for (String value : values) {
            if (out.length() > 0) {
                out.append(',');
            }
            appendCollapsed(out, value.strip());
        }
        return out.toString();
    }

    private static void appendCollapsed(StringBuilder out, String value) {
        boolean space = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean blank = c == ' ' || c == '\t';
            if (!(blank && space)) {
                out.append(blank ? ' ' : c);
            }
            space = blank;
        }
    }
}
