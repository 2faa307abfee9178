package dev.s3envelope.local.internal.http;

import dev.s3envelope.local.internal.iam.Credential;
import dev.s3envelope.local.internal.iam.CredentialStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Verifies Signature Version 4 in the Authorization header and in presigned URLs. Thread-safe.
 *
 * <p>S3 allows a clock difference of 15 minutes, the other services 5. An S3 request without any authorization is
 * anonymous; elsewhere it is refused.
 */
final class SigV4Verifier {
    private static final Duration S3_SKEW = Duration.ofMinutes(15);
    private static final Duration OTHER_SKEW = Duration.ofMinutes(5);
    private static final long MAX_EXPIRES = 604_800;
    static final String UNSIGNED = "UNSIGNED-PAYLOAD";

    private final CredentialStore credentials;
    private final Clock clock;
    private final SigningKey.Cache keys = new SigningKey.Cache();

    SigV4Verifier(CredentialStore credentials, Clock clock) {
        this.credentials = credentials;
        this.clock = clock;
    }

    /** Who signed, what the payload must hash to, and how chunks are signed if they are. */
    record Verified(
            Caller caller, String payloadHash, @Nullable ChunkSigner chunks, boolean presigned) {}

    /** {@code bodyHash} computes the hash of the body for services whose clients do not send it in a header. */
    Verified verify(HttpCall call, String rawPath, String service, BodyHash bodyHash) {
        SignatureFields fields = SignatureFields.of(call);
        if (fields == null) {
            if (!service.equals("s3")) {
                throw AuthErrors.missing(service);
            }
            String declared = call.header("x-amz-content-sha256");
            return new Verified(Caller.anonymous(), declared == null ? UNSIGNED : declared, null, false);
        }
        if (!fields.service().equals(service)) {
            throw AuthErrors.wrongService(service, fields.service());
        }
        checkTime(call, fields, service);
        checkSignedHeaders(call, fields);
        String payloadHash = payloadHash(call, fields, service, bodyHash);
        Credential credential = credentials.find(fields.accessKeyId());
        if (credential == null) {
            throw AuthErrors.unknownKey(service, fields.accessKeyId());
        }
        checkToken(call, fields, service, credential);
        SigningKey key = keys.of(credential, fields);
        String canonical = CanonicalRequest.of(call, rawPath, fields, payloadHash);
        String stringToSign = SignatureFields.ALGORITHM + "\n" + fields.timestamp() + "\n" + fields.scope() + "\n"
                + HexFormat.of()
                        .formatHex(
                                ChecksumAlgorithm.digest("SHA-256").digest(canonical.getBytes(StandardCharsets.UTF_8)));
        String expected = key.sign(stringToSign);
        if (!MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), fields.signature().getBytes(StandardCharsets.UTF_8))) {
            throw AuthErrors.mismatch(service, fields, stringToSign, canonical);
        }
        ChunkSigner chunks =
                payloadHash.startsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD") ? new ChunkSigner(key, fields) : null;
        return new Verified(new Caller(credential, fields.region()), payloadHash, chunks, fields.presigned());
    }

    private void checkTime(HttpCall call, SignatureFields fields, String service) {
        Instant now = clock.instant();
        Duration skew = service.equals("s3") ? S3_SKEW : OTHER_SKEW;
        Instant signed = fields.time();
        if (!fields.presigned()) {
            if (Duration.between(signed, now).abs().compareTo(skew) > 0) {
                throw AuthErrors.skewed(
                        service,
                        fields.timestamp(),
                        now.truncatedTo(ChronoUnit.SECONDS).toString(),
                        skew.toMillis());
            }
            return;
        }
        long expires;
        try {
            expires = Long.parseLong(String.valueOf(call.parameter("X-Amz-Expires")));
        } catch (NumberFormatException e) {
            throw new AwsError(400, "AuthorizationQueryParametersError", "X-Amz-Expires should be a number");
        }
        if (expires < 0) {
            throw new AwsError(400, "AuthorizationQueryParametersError", "X-Amz-Expires must be non-negative");
        }
        if (expires > MAX_EXPIRES) {
            throw new AwsError(
                    400,
                    "AuthorizationQueryParametersError",
                    "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be"
                            + " less than 604800 seconds");
        }
        if (signed.minus(skew).isAfter(now)) {
            throw new AwsError(403, "AccessDenied", "Request is not valid yet");
        }
        Instant end = signed.plusSeconds(expires);
        if (now.isAfter(end)) {
            Map<String, String> details = new LinkedHashMap<>();
            details.put("X-Amz-Expires", String.valueOf(expires));
            details.put("Expires", end.toString());
            details.put("ServerTime", now.truncatedTo(ChronoUnit.SECONDS).toString());
            throw new AwsError(403, "AccessDenied", "Request has expired", details);
        }
    }

    private static void checkSignedHeaders(HttpCall call, SignatureFields fields) {
        if (!fields.signedHeaders().contains("host")) {
            throw new AwsError(
                    400,
                    "AuthorizationHeaderMalformed",
                    "The authorization header is malformed; 'Host' must be a"
                            + " 'SignedHeader' in the AWS Authorization.");
        }
        for (String name : call.headers().keySet()) {
            if (name.startsWith("x-amz-") && !fields.signedHeaders().contains(name)) {
                throw new AwsError(
                        403,
                        "AccessDenied",
                        "There were headers present in the request which were not signed",
                        Map.of("HeadersNotSigned", name));
            }
        }
    }

    private static String payloadHash(HttpCall call, SignatureFields fields, String service, BodyHash bodyHash) {
        String declared = call.header("x-amz-content-sha256");
        if (!service.equals("s3")) {
            return fields.presigned() && declared == null ? UNSIGNED_EMPTY : bodyHash.compute();
        }
        if (declared == null && fields.presigned()) {
            String parameter = call.parameter("X-Amz-Content-Sha256");
            return parameter == null ? UNSIGNED : parameter;
        }
        if (declared == null) {
            throw new AwsError(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
        }
        return declared;
    }

    private static final String UNSIGNED_EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private void checkToken(HttpCall call, SignatureFields fields, String service, Credential credential) {
        String sent = fields.presigned() ? call.parameter("X-Amz-Security-Token") : call.header("x-amz-security-token");
        String expected = credential.sessionToken();
        boolean same = expected == null
                ? sent == null
                : sent != null
                        && MessageDigest.isEqual(
                                expected.getBytes(StandardCharsets.UTF_8), sent.getBytes(StandardCharsets.UTF_8));
        if (!same) {
            throw AuthErrors.invalidToken(service);
        }
        if (credential.expired(clock.instant())) {
            throw AuthErrors.expiredToken(service);
        }
    }

    /** The SHA-256 of a whole body in lower-case hexadecimal. */
    interface BodyHash {
        String compute();
    }
}
