package dev.s3envelope.local.internal.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** The same authentication failure in the words of each service: S3 (XML), STS (query protocol) and KMS (JSON protocol). */
final class AuthErrors {
    private AuthErrors() {}

    static AwsError missing(String service) {
        return switch (service) {
            case "kms" -> new AwsError(400, "MissingAuthenticationTokenException", "Missing Authentication Token");
            default -> new AwsError(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
        };
    }

    static AwsError unknownKey(String service, String accessKeyId) {
        return switch (service) {
            case "s3" ->
                new AwsError(
                        403,
                        "InvalidAccessKeyId",
                        "The AWS Access Key Id you provided does not exist in our records.",
                        Map.of("AWSAccessKeyId", accessKeyId));
            default -> invalidToken(service);
        };
    }

    static AwsError invalidToken(String service) {
        return switch (service) {
            case "s3" -> new AwsError(400, "InvalidToken", "The provided token is malformed or otherwise invalid.");
            case "kms" ->
                new AwsError(
                        400, "UnrecognizedClientException", "The security token included in the request is invalid.");
            default ->
                new AwsError(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
        };
    }

    static AwsError expiredToken(String service) {
        return switch (service) {
            case "s3" -> new AwsError(400, "ExpiredToken", "The provided token has expired.");
            case "kms" ->
                new AwsError(400, "ExpiredTokenException", "The security token included in the request is expired");
            default -> new AwsError(403, "ExpiredToken", "The security token included in the request is expired");
        };
    }

    static AwsError mismatch(String service, SignatureFields fields, String stringToSign, String canonical) {
        if (service.equals("s3")) {
            Map<String, String> details = new LinkedHashMap<>();
            details.put("AWSAccessKeyId", fields.accessKeyId());
            details.put("StringToSign", stringToSign);
            details.put("SignatureProvided", fields.signature());
            details.put("CanonicalRequest", canonical);
            return new AwsError(
                    403,
                    "SignatureDoesNotMatch",
                    "The request signature we calculated does not match the signature you provided. Check your key and"
                            + " signing method.",
                    details);
        }
        return signature(
                service,
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret"
                        + " Access Key and signing method. Consult the service documentation for details.");
    }

    static AwsError skewed(String service, String requestTime, String serverTime, long maxMillis) {
        if (service.equals("s3")) {
            Map<String, String> details = new LinkedHashMap<>();
            details.put("RequestTime", requestTime);
            details.put("ServerTime", serverTime);
            details.put("MaxAllowedSkewMilliseconds", String.valueOf(maxMillis));
            return new AwsError(
                    403,
                    "RequestTimeTooSkewed",
                    "The difference between the request time and the current time is too large.",
                    details);
        }
        return signature(
                service,
                "Signature expired: " + requestTime + " is too far from " + serverTime + " (" + maxMillis / 60_000
                        + " min.)");
    }

    static AwsError wrongService(String service, String scoped) {
        String problem = "Credential should be scoped to correct service: '" + service + "'.";
        return switch (service) {
            case "s3" ->
                new AwsError(
                        400,
                        "AuthorizationHeaderMalformed",
                        "The authorization header is malformed; incorrect service \"" + scoped
                                + "\". This endpoint belongs to \"s3\".");
            default -> signature(service, problem);
        };
    }

    private static AwsError signature(String service, String message) {
        return service.equals("kms")
                ? new AwsError(400, "InvalidSignatureException", message)
                : new AwsError(403, "SignatureDoesNotMatch", message);
    }
}
