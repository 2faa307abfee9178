package dev.s3envelope.local.internal.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.local.internal.iam.Credential;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Who may speak for a credential: signatures in headers and URLs, clocks, session tokens. */
class SignaturesTest extends S3Fixture {
    private final HttpClient http = HttpClient.newHttpClient();

    private S3Presigner presigner(Credential credential) {
        return S3Presigner.builder()
                .endpointOverride(aws.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(LocalS3.provider(credential))
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .build();
    }

    private String presignedGet(String key, Duration duration) {
        try (S3Presigner presigner = presigner(LocalS3.ALICE)) {
            URL url = presigner
                    .presignGetObject(p -> p.signatureDuration(duration)
                            .getObjectRequest(g -> g.bucket("bucket").key(key)))
                    .url();
            return url.toString();
        }
    }

    private HttpResponse<String> fetch(String method, String url, String body) throws Exception {
        HttpRequest.BodyPublisher publisher =
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        return http.send(
                HttpRequest.newBuilder(URI.create(url))
                        .method(method, publisher)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static void answered(HttpResponse<String> response, int status, String text) {
        assertEquals(status, response.statusCode(), response.body());
        assertTrue(response.body().contains(text), response.body());
    }

    @Test
    void acceptsPresignedUrls() throws Exception {
        put("a b+ü", "content");
        answered(fetch("GET", presignedGet("a b+ü", Duration.ofMinutes(5)), ""), 200, "content");
        try (S3Presigner presigner = presigner(LocalS3.ALICE)) {
            String url = presigner
                    .presignPutObject(p -> p.signatureDuration(Duration.ofMinutes(5))
                            .putObjectRequest(g -> g.bucket("bucket").key("up")))
                    .url()
                    .toString();
            answered(fetch("PUT", url, "uploaded"), 200, "");
        }
        assertEquals("uploaded", get("up"));
    }

    @Test
    void refusesPresignedUrls_whenTheyExpiredOrWereChanged() throws Exception {
        put("k", "content");
        String url = presignedGet("k", Duration.ofMinutes(5));
        answered(fetch("GET", url.replace("/k?", "/other?"), ""), 403, "SignatureDoesNotMatch");
        answered(fetch("DELETE", url, ""), 403, "SignatureDoesNotMatch");
        answered(
                fetch("GET", url.replaceAll("X-Amz-Expires=[0-9]+", "X-Amz-Expires=604801"), ""),
                400,
                "AuthorizationQueryParametersError");
        answered(
                fetch("GET", url.replaceAll("X-Amz-Expires=[0-9]+", "X-Amz-Expires=abc"), ""),
                400,
                "AuthorizationQueryParametersError");
        answered(fetch("GET", url.replaceAll("&X-Amz-Date=[^&]+", ""), ""), 400, "AuthorizationQueryParametersError");
        answered(
                fetch("GET", url.replaceAll("X-Amz-Credential=[^&]+", "X-Amz-Credential=x"), ""),
                400,
                "AuthorizationQueryParametersError");
        try (LocalS3 later = LocalS3.start(
                S3Settings.defaults().withClock(Clock.fixed(Instant.now().plusSeconds(3600), ZoneOffset.UTC)), false)) {
            String moved =
                    url.replace(aws.endpoint().getAuthority(), later.endpoint().getAuthority());
            answered(fetch("GET", moved, ""), 403, "Request has expired");
        }
    }

    @Test
    void refusesRequests_whenTheClockIsFarOff() throws IOException {
        for (int seconds : new int[] {-1000, 1000}) {
            try (LocalS3 off = LocalS3.start(
                            S3Settings.defaults()
                                    .withClock(Clock.offset(Clock.systemUTC(), Duration.ofSeconds(seconds))),
                            false);
                    S3Client client = off.client()) {
                refused(403, "RequestTimeTooSkewed", "too large", client::listBuckets);
            }
        }
    }

    @Test
    void refusesUnknownKeysAndWrongSecrets() {
        try (S3Client stranger =
                aws.client(new Credential("AKIANOBODY", "x", null, Principal.user("111122223333", "nobody"), null))) {
            refused(403, "InvalidAccessKeyId", "does not exist in our records", stranger::listBuckets);
        }
        try (S3Client liar =
                aws.client(new Credential("AKIAALICE", "wrong", null, Principal.user("111122223333", "alice"), null))) {
            refused(403, "SignatureDoesNotMatch", "does not match the signature you provided", liar::listBuckets);
        }
    }

    @Test
    void checksSessionTokens() {
        Principal session = Principal.assumedRole("111122223333", "role", "session");
        aws.credentials.put("ASIAOK", new Credential("ASIAOK", "s", "token", session, Instant.MAX));
        aws.credentials.put("ASIAOLD", new Credential("ASIAOLD", "s", "token", session, Instant.EPOCH));
        try (S3Client good = client("ASIAOK", "token");
                S3Client wrong = client("ASIAOK", "other");
                S3Client old = client("ASIAOLD", "token");
                S3Client none = aws.client(new Credential("ASIAOK", "s", null, session, null))) {
            good.listBuckets();
            refused(400, "InvalidToken", "malformed or otherwise invalid", wrong::listBuckets);
            refused(400, "InvalidToken", "malformed or otherwise invalid", none::listBuckets);
            refused(400, "ExpiredToken", "expired", old::listBuckets);
        }
    }

    private S3Client client(String id, String token) {
        return S3Client.builder()
                .endpointOverride(aws.endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsSessionCredentials.create(id, "s", token)))
                .build();
    }

    @Test
    void acceptsUnsignedPayloadsAndWholePayloadHashes() {
        for (boolean chunked : new boolean[] {true, false}) {
            try (S3Client client = S3Client.builder()
                    .endpointOverride(aws.endpoint())
                    .region(Region.US_EAST_1)
                    .credentialsProvider(LocalS3.provider(LocalS3.ALICE))
                    .serviceConfiguration(S3Configuration.builder()
                            .pathStyleAccessEnabled(true)
                            .chunkedEncodingEnabled(chunked)
                            .build())
                    .build()) {
                client.putObject(b -> b.bucket("bucket").key("k"), RequestBody.fromString("content"));
                assertEquals("content", get("k"));
            }
        }
    }

    @Test
    void checksTheBodyAgainstItsDigests() {
        refused(
                400,
                "BadDigest",
                "Content-MD5",
                () -> s3.putObject(
                        b -> b.bucket("bucket").key("k").contentMD5(md5(new byte[1])),
                        RequestBody.fromString("content")));
        refused(
                400,
                "InvalidDigest",
                "Content-MD5",
                () -> s3.putObject(
                        b -> b.bucket("bucket").key("k").contentMD5("xx"), RequestBody.fromString("content")));
        refused(
                400,
                "BadDigest",
                "SHA256",
                () -> s3.putObject(
                        b -> b.bucket("bucket").key("k").checksumSHA256(base64(new byte[32])),
                        RequestBody.fromString("content")));
        refused(
                400,
                "InvalidRequest",
                "x-amz-checksum-sha256",
                () -> s3.putObject(
                        b -> b.bucket("bucket").key("k").checksumSHA256("short"), RequestBody.fromString("content")));
        headRefused(404, () -> s3.headObject(b -> b.bucket("bucket").key("k")));
    }
}
