package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.PercentCoding;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing: entries and common prefixes together in key order, up to a limit.
 *
 * @param last the last key or common prefix of the page, from which the next page goes on; null on the last page
 */
record Listing<T>(
        List<T> entries, List<String> prefixes, @Nullable String last) {

    /** What a listing asks for. */
    record Query(String prefix, @Nullable String delimiter, String after, int limit) {
        static Query of(S3Request request, String afterParameter, String limitParameter) {
            String prefix = request.parameter("prefix");
            String after = request.parameter(afterParameter);
            return new Query(
                    prefix == null ? "" : prefix,
                    request.value("delimiter"),
                    after == null ? "" : after,
                    Listing.limit(request, limitParameter, 1000));
        }
    }

    /** {@code entry} answers null for keys that are not to be listed. */
    static <S, T> Listing<T> of(NavigableMap<String, S> keys, Query query, Function<S, @Nullable T> entry) {
        List<T> entries = new ArrayList<>();
        List<String> prefixes = new ArrayList<>();
        if (query.limit() == 0) {
            return new Listing<>(entries, prefixes, null);
        }
        String last = "";
        String from = Bucket.UTF8_ORDER.compare(query.after(), query.prefix()) < 0 ? query.prefix() : query.after();
        boolean inclusive = !from.equals(query.after()) || query.after().isEmpty();
        for (var item : keys.tailMap(from, inclusive).entrySet()) {
            String key = item.getKey();
            if (!key.startsWith(query.prefix())) {
                break;
            }
            String common = common(key, query);
            if (common != null && (common.equals(query.after()) || common.equals(last))) {
                continue;
            }
            T found = entry.apply(item.getValue());
            if (found == null) {
                continue;
            }
            if (entries.size() + prefixes.size() == query.limit()) {
                return new Listing<>(entries, prefixes, last);
            }
            if (common == null) {
                entries.add(found);
                last = key;
            } else {
                prefixes.add(common);
                last = common;
            }
        }
        return new Listing<>(entries, prefixes, null);
    }

    private static @Nullable String common(String key, Query query) {
        if (query.delimiter() == null) {
            return null;
        }
        int end = key.indexOf(query.delimiter(), query.prefix().length());
        return end < 0 ? null : key.substring(0, end + query.delimiter().length());
    }

    static int limit(S3Request request, String parameter, int greatest) {
        String text = request.value(parameter);
        if (text == null) {
            return greatest;
        }
        try {
            int value = Integer.parseInt(text);
            if (value < 0) {
                throw S3Errors.argument(
                        parameter, text, "Argument " + parameter + " must be an integer between 0 and 2147483647");
            }
            return Math.min(value, greatest);
        } catch (NumberFormatException e) {
            throw S3Errors.argument(
                    parameter, text, "Provided " + parameter + " not an integer or within integer range");
        }
    }

    /** How a listing writes keys: as they are, or percent-encoded when {@code encoding-type=url} was asked for. */
    static Function<String, String> encoding(S3Request request) {
        String type = request.value("encoding-type");
        if (type == null) {
            return text -> text;
        }
        if (!type.equals("url")) {
            throw S3Errors.argument("encoding-type", type, "Invalid Encoding Method specified in Request");
        }
        return text -> PercentCoding.encode(text, true);
    }
}
