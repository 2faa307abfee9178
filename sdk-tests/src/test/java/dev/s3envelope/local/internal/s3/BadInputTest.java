package dev.s3envelope.local.internal.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Input no honest client sends gets a clear error and shows nothing of the server's insides. Anonymous access is allowed here. */
class BadInputTest extends S3Fixture {
    private String send(String request) throws IOException {
        try (Socket socket = new Socket(aws.endpoint().getHost(), aws.endpoint().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertFalse(answer.contains("dev.s3envelope"), answer);
            assertFalse(answer.contains("\tat "), answer);
            return answer;
        }
    }

    private static String request(String line, String headers, String body) {
        return line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n" + body;
    }

    private void answers(String request, int status, String code) throws IOException {
        String answer = send(request);
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertTrue(answer.contains("<Code>" + code + "</Code>"), answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AWS4-HMAC-SHA256",
                "AWS4-HMAC-SHA256 ",
                "AWS4-HMAC-SHA256 nonsense",
                "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=x",
                "AWS4-HMAC-SHA256 Credential=A/20261120/us-east-1/s3/aws4_request, SignedHeaders=host",
                "AWS4-HMAC-SHA256 Credential=A/20200101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x",
                "AWS4-ECDSA-P256-SHA256 Credential=A/20261120/s3/aws4_request, SignedHeaders=host, Signature=x",
                "AWS AKIA:signature",
                "Basic abc",
            })
    void refusesMalformedAuthorization(String header) throws IOException {
        String answer = send(request(
                "GET /bucket",
                "x-amz-date: 20261120T000000Z\r\nx-amz-content-sha256: UNSIGNED-PAYLOAD\r\nAuthorization: " + header
                        + "\r\n",
                ""));
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(
                answer.contains("<Code>AuthorizationHeaderMalformed</Code>")
                        || answer.contains("<Code>InvalidRequest</Code>"),
                answer);
    }

    @Test
    void refusesBadDates() throws IOException {
        for (String date : List.of("", "x-amz-date: yesterday\r\n", "x-amz-date: 20261399T000000Z\r\n")) {
            answers(
                    request(
                            "GET /bucket",
                            date + "Authorization: AWS4-HMAC-SHA256 Credential=A/20261120/us-east-1/s3/aws4_request,"
                                    + " SignedHeaders=host, Signature=x\r\n",
                            ""),
                    403,
                    "AccessDenied");
        }
    }

    @Test
    void refusesHugeHeaders() throws IOException {
        answers(
                request("GET /bucket", "x-filler: " + "x".repeat(40_000) + "\r\n", ""),
                400,
                "RequestHeaderSectionTooLarge");
        refused(
                400,
                "MetadataTooLarge",
                "exceed",
                () -> s3.putObject(
                        b -> b.bucket("bucket").key("k").metadata(java.util.Map.of("a", "x".repeat(2048))),
                        software.amazon.awssdk.core.sync.RequestBody.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ab", "UPPER", "a..b", "192.168.0.1", "-a-", "a_b"})
    void refusesBadBucketNames(String name) throws IOException {
        answers(request("PUT /" + name, "Content-Length: 0\r\n", ""), 400, "InvalidBucketName");
    }

    @Test
    void refusesKeysThatAreTooLong() {
        refused(400, "KeyTooLongError", "too long", () -> put("k".repeat(1025), ""));
        put("k".repeat(1024), "x");
        assertEquals("x", get("k".repeat(1024)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not xml",
                "<Wrong/>",
                "<Tagging>",
                "<Tagging><TagSet><Tag><Value>x</Value></Tag></TagSet></Tagging>",
                "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><Tagging><TagSet><Tag><Key>&e;</Key>"
                        + "<Value>v</Value></Tag></TagSet></Tagging>",
                "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><Tagging>&b;</Tagging>",
            })
    void refusesBadXml(String xml) throws IOException {
        answers(request("PUT /bucket?tagging", "Content-Length: " + xml.length() + "\r\n", xml), 400, "MalformedXML");
    }

    @Test
    void refusesDeepXml() throws IOException {
        String xml = "<Tagging>" + "<a>".repeat(5000) + "</a>".repeat(5000) + "</Tagging>";
        answers(request("PUT /bucket?tagging", "Content-Length: " + xml.length() + "\r\n", xml), 400, "MalformedXML");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\nabc\r\n0\r\n\r\n",
                "3\r\nabcX0\r\n\r\n",
                "ffffffffffffffff\r\nabc\r\n0\r\n\r\n",
                "-3\r\nabc\r\n0\r\n\r\n",
                "3\r\nabc\r\n0\r\nno-colon\r\n\r\n",
                "3\r\nabc",
                "4\r\nabcd\r\n0\r\n\r\n",
                "2\r\nab\r\n0\r\n\r\n",
                "",
            })
    void refusesBadChunkFraming(String body) throws IOException {
        String answer = send(request(
                "PUT /bucket/k",
                "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\nx-amz-decoded-content-length: 3\r\n"
                        + "Content-Length: " + body.length() + "\r\n",
                body));
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(
                answer.contains("<Code>InvalidRequest</Code>") || answer.contains("<Code>IncompleteBody</Code>"),
                answer);
        headRefused(404, () -> s3.headObject(b -> b.bucket("bucket").key("k")));
    }

    @Test
    void checksTrailers() throws IOException {
        String headers =
                "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\nx-amz-decoded-content-length: 9\r\n"
                        + "x-amz-trailer: x-amz-checksum-crc32\r\nContent-Length: %d\r\n";
        String good = "9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n";
        assertTrue(send(request("PUT /bucket/k", String.format(headers, good.length()), good))
                .startsWith("HTTP/1.1 200 "));
        assertEquals("123456789", get("k"));
        String bad = good.replace("y/Q5Jg==", "AAAAAA==");
        answers(request("PUT /bucket/k2", String.format(headers, bad.length()), bad), 400, "BadDigest");
        String none = "9\r\n123456789\r\n0\r\n\r\n";
        answers(request("PUT /bucket/k2", String.format(headers, none.length()), none), 400, "MalformedTrailerError");
    }

    @Test
    void demandsALength() throws IOException {
        answers(
                request("PUT /bucket/k", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"),
                411,
                "MissingContentLength");
        answers(
                request(
                        "PUT /bucket/k",
                        "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\nContent-Length: 0\r\n",
                        ""),
                411,
                "MissingContentLength");
    }

    @Test
    void refusesBodiesShorterThanTheirLength() throws IOException {
        send(request("PUT /bucket/k", "Content-Length: 100\r\n", "short"));
        headRefused(404, () -> s3.headObject(b -> b.bucket("bucket").key("k")));
    }

    @Test
    void refusesBrokenPercentEscapes() throws IOException {
        String answer = send(request("GET /bucket/%zz", "", ""));
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    }

    @Test
    void answersNotImplemented_whenAwsHasAnOperationThatIsNotHere() throws IOException {
        answers(request("GET /bucket?lifecycle", "", ""), 501, "NotImplemented");
        answers(request("PUT /bucket/k?renameObject", "Content-Length: 0\r\n", ""), 501, "NotImplemented");
        answers(request("POST /WriteGetObjectResponse", "Content-Length: 0\r\n", ""), 501, "NotImplemented");
        answers(request("POST /bucket/k?select&select-type=2", "Content-Length: 0\r\n", ""), 405, "MethodNotAllowed");
    }

    @Test
    void continues_whenClientExpectsIt() throws IOException {
        String answer = send(request("PUT /bucket/k", "Content-Length: 3\r\nExpect: 100-continue\r\n", "abc"));
        assertTrue(answer.startsWith("HTTP/1.1 100 "), answer);
        assertEquals("abc", get("k"));
    }
}
