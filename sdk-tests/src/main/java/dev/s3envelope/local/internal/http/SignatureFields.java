package dev.s3envelope.local.internal.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of a Signature Version 4 authorization, from the header or from the query of a presigned URL. */
record SignatureFields(
        String accessKeyId,
        String date,
        String region,
        String service,
        List<String> signedHeaders,
        String signature,
        String timestamp,
        boolean presigned) {
    static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final DateTimeFormatter BASIC =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);

    String scope() {
        return date + "/" + region + "/" + service + "/aws4_request";
    }

    Instant time() {
        return parseTime(timestamp);
    }

    /** Null when the request carries no Signature Version 4 authorization at all. */
    static @Nullable SignatureFields of(HttpCall call) {
        String header = call.header("authorization");
        if (header != null) {
            return ofHeader(header, call);
        }
        if (call.hasParameter("X-Amz-Algorithm")
                || call.hasParameter("X-Amz-Signature")
                || call.hasParameter("X-Amz-Credential")) {
            return ofQuery(call);
        }
        if (call.hasParameter("AWSAccessKeyId") && call.hasParameter("Signature")) {
            throw new AwsError(
                    400,
                    "InvalidRequest",
                    "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.");
        }
        return null;
    }

    private static SignatureFields ofHeader(String header, HttpCall call) {
        if (!header.startsWith(ALGORITHM + " ")) {
            throw new AwsError(
                    400,
                    "InvalidRequest",
                    "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.");
        }
        Map<String, String> parts = new java.util.HashMap<>();
        for (String part : header.substring(ALGORITHM.length() + 1).split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                throw malformed("the authorization component \"" + abbreviated(part.strip()) + "\" is malformed.");
            }
            parts.put(
                    part.substring(0, equals).strip(),
                    part.substring(equals + 1).strip());
        }
        String credential = part(parts, "Credential");
        String headers = part(parts, "SignedHeaders");
        String signature = part(parts, "Signature");
        String timestamp = call.header("x-amz-date");
        if (timestamp == null) {
            timestamp = call.header("date");
        }
        if (timestamp == null) {
            throw new AwsError(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
        }
        return of(credential, headers, signature, timestamp, false);
    }

    private static SignatureFields ofQuery(HttpCall call) {
        if (!ALGORITHM.equals(call.parameter("X-Amz-Algorithm"))) {
            throw query("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
        }
        String credential = call.parameter("X-Amz-Credential");
        String headers = call.parameter("X-Amz-SignedHeaders");
        String signature = call.parameter("X-Amz-Signature");
        String timestamp = call.parameter("X-Amz-Date");
        if (credential == null
                || headers == null
                || signature == null
                || timestamp == null
                || !call.hasParameter("X-Amz-Expires")) {
            throw query("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential,"
                    + " X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
        }
        return of(credential, headers, signature, timestamp, true);
    }

    private static SignatureFields of(
            String credential, String headers, String signature, String timestamp, boolean presigned) {
        String[] scope = credential.split("/", -1);
        if (scope.length != 5 || !scope[4].equals("aws4_request") || scope[0].isEmpty()) {
            String problem = "the Credential is mal-formed; expecting"
                    + " \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";
            throw presigned ? query("Error parsing the X-Amz-Credential parameter; " + problem) : malformed(problem);
        }
        Instant time;
        try {
            time = parseTime(timestamp);
        } catch (DateTimeException e) {
            throw presigned
                    ? query("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
                    : new AwsError(
                            403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
        }
        if (!scope[1].equals(BASIC.format(time.atOffset(ZoneOffset.UTC)).substring(0, 8))) {
            String problem = "Invalid credential date \"" + abbreviated(scope[1]) + "\". This date is not the same as"
                    + " X-Amz-Date: \""
                    + BASIC.format(time.atOffset(ZoneOffset.UTC)).substring(0, 8) + "\".";
            throw presigned ? query(problem) : malformed(problem);
        }
        List<String> names = Arrays.asList(headers.toLowerCase(Locale.ROOT).split(";", -1));
        return new SignatureFields(
                scope[0],
                scope[1],
                scope[2],
                scope[3],
                names,
                signature,
                BASIC.format(time.atOffset(ZoneOffset.UTC)),
                presigned);
    }

    private static Instant parseTime(String text) {
        if (text.indexOf(',') > 0) {
            return DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
        }
        return LocalDateTime.parse(text, BASIC).toInstant(ZoneOffset.UTC);
    }

    private static String part(Map<String, String> parts, String name) {
        String value = parts.get(name);
        if (value == null || value.isEmpty()) {
            throw malformed("the authorization header requires three components: Credential, SignedHeaders, and"
                    + " Signature.");
        }
        return value;
    }

    private static AwsError malformed(String problem) {
        return new AwsError(400, "AuthorizationHeaderMalformed", "The authorization header is malformed; " + problem);
    }

    private static AwsError query(String problem) {
        return new AwsError(400, "AuthorizationQueryParametersError", problem);
    }

    private static String abbreviated(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
