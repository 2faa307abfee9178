package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.local.internal.http.AwsError;
import java.util.List;
import java.util.function.Function;

/** The pages of list answers: {@code Limit}, {@code Marker}, {@code NextMarker} and {@code Truncated}. */
final class Pages {
    private Pages() {}

    /** One page of {@code items}; the marker is the number of items before the page. */
    static <T> ObjectNode answer(
            Parameters in, String member, List<T> items, int most, int usual, Function<T, ObjectNode> render) {
        int limit = in.number("Limit", 1, most).orElse(usual);
        int from = start(in, items.size());
        int to = Math.min(items.size(), from + limit);
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        ArrayNode page = out.putArray(member);
        items.subList(from, to).forEach(item -> page.add(render.apply(item)));
        out.put("Truncated", to < items.size());
        if (to < items.size()) {
            out.put("NextMarker", String.valueOf(to));
        }
        return out;
    }

    private static int start(Parameters in, int size) {
        String marker = in.text("Marker", "0");
        try {
            int from = Integer.parseInt(marker);
            if (from >= 0) {
                return Math.min(from, size);
            }
        } catch (NumberFormatException e) {
            // Not one of ours: refused below.
        }
        throw new AwsError(400, "InvalidMarkerException", "Invalid marker.");
    }
}
