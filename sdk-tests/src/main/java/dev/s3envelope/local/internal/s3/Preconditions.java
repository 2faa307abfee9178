package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Conditional requests: on reads, on the source of a copy, and on writes. */
final class Preconditions {
    private Preconditions() {}

    /** Whether a read is to be answered with 304; refuses with 412 where a condition demands it. */
    static boolean notModified(S3Request request, ObjectVersion version) {
        return failed(request, version, "", "if-") != null;
    }

    /** Refuses a copy whose conditions on its source do not hold. */
    static void checkCopySource(S3Request request, ObjectVersion source) {
        String failed = failed(request, source, "x-amz-copy-source-", "x-amz-copy-source-if-");
        if (failed != null) {
            throw S3Errors.precondition(failed);
        }
    }

    /** Throws for conditions that are 412; answers the name of a failed one that is 304 on reads. */
    private static @Nullable String failed(S3Request request, ObjectVersion version, String display, String prefix) {
        String match = request.header(prefix + "match");
        String noneMatch = request.header(prefix + "none-match");
        Instant modified = Instant.ofEpochMilli(version.modified() / 1000 * 1000);
        if (match != null) {
            if (!matches(match, version.etag())) {
                throw S3Errors.precondition(display + "If-Match");
            }
        } else {
            Instant unmodifiedSince = date(request.header(prefix + "unmodified-since"));
            if (unmodifiedSince != null && modified.isAfter(unmodifiedSince)) {
                throw S3Errors.precondition(display + "If-Unmodified-Since");
            }
        }
        if (noneMatch != null) {
            return matches(noneMatch, version.etag()) ? display + "If-None-Match" : null;
        }
        Instant modifiedSince = date(request.header(prefix + "modified-since"));
        return modifiedSince != null && !modified.isAfter(modifiedSince) ? display + "If-Modified-Since" : null;
    }

    /** Refuses a write whose conditions on the object there is do not hold; asked again when the write is made visible. */
    static void checkWrite(S3Request request, Bucket bucket, String key) {
        String match = request.header("if-match");
        String noneMatch = request.header("if-none-match");
        if (match == null && noneMatch == null) {
            return;
        }
        ObjectVersion latest = bucket.latest(key);
        boolean exists = latest != null && !latest.deleteMarker();
        if (noneMatch != null) {
            if (!noneMatch.strip().equals("*")) {
                throw S3Errors.notImplemented();
            }
            if (exists) {
                throw S3Errors.precondition("If-None-Match");
            }
        }
        if (match != null) {
            if (latest == null || !exists) {
                throw S3Errors.noSuchKey(key);
            }
            if (!matches(match, latest.etag())) {
                throw S3Errors.precondition("If-Match");
            }
        }
    }

    /** Refuses a conditional delete whose entity tag is not the object's. */
    static void checkDelete(@Nullable String match, @Nullable ObjectVersion existing) {
        if (match != null && existing != null && !existing.deleteMarker() && !matches(match, existing.etag())) {
            throw S3Errors.precondition("If-Match");
        }
    }

    static boolean matches(String header, String etag) {
        for (String candidate : header.split(",", -1)) {
            String tag = candidate.strip();
            if (tag.equals("*") || unquote(tag).equals(etag)) {
                return true;
            }
        }
        return false;
    }

    static String unquote(String tag) {
        String text = tag.startsWith("W/") ? tag.substring(2) : tag;
        return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
    }

    private static @Nullable Instant date(@Nullable String header) {
        if (header == null) {
            return null;
        }
        try {
            return DateTimeFormatter.RFC_1123_DATE_TIME.parse(header, Instant::from);
        } catch (DateTimeException e) {
            return null;
        }
    }

    static AwsError rangeNotSatisfiable(String range, long size) {
        java.util.Map<String, String> details = new java.util.LinkedHashMap<>();
        details.put("RangeRequested", range);
        details.put("ActualObjectSize", String.valueOf(size));
        return new AwsError(416, "InvalidRange", "The requested range is not satisfiable", details);
    }
}
