package dev.s3envelope.local.internal.sts;

import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.http.HttpCall;
import dev.s3envelope.local.internal.iam.Credential;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** An XML answer of STS. */
final class StsXml {
    private static final String NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
    private final String operation;
    private final StringBuilder xml = new StringBuilder();

    StsXml(String operation) {
        this.operation = operation;
        xml.append('<')
                .append(operation)
                .append("Response xmlns=\"")
                .append(NAMESPACE)
                .append("\">");
        open(operation + "Result");
    }

    StsXml open(String name) {
        xml.append('<').append(name).append('>');
        return this;
    }

    StsXml close(String name) {
        xml.append("</").append(name).append('>');
        return this;
    }

    StsXml text(String name, String value) {
        open(name);
        xml.append(escape(value));
        return close(name);
    }

    StsXml credentials(Credential credential) {
        Instant expiration = credential.expiration() == null ? Instant.MAX : credential.expiration();
        return open("Credentials")
                .text("AccessKeyId", credential.accessKeyId())
                .text("SecretAccessKey", credential.secretAccessKey())
                .text("SessionToken", String.valueOf(credential.sessionToken()))
                .text("Expiration", expiration.truncatedTo(ChronoUnit.SECONDS).toString())
                .close("Credentials");
    }

    String end(String requestId) {
        close(operation + "Result")
                .open("ResponseMetadata")
                .text("RequestId", requestId)
                .close("ResponseMetadata");
        return close(operation + "Response").xml.toString();
    }

    static void write(HttpCall call, AwsError error) {
        String body = "<ErrorResponse xmlns=\"" + NAMESPACE + "\"><Error><Type>"
                + (error.status() < 500 ? "Sender" : "Receiver") + "</Type><Code>" + escape(error.code())
                + "</Code><Message>" + escape(error.text()) + "</Message></Error><RequestId>"
                + escape(call.requestId()) + "</RequestId></ErrorResponse>";
        call.respond(error.status(), headers(call), body.getBytes(StandardCharsets.UTF_8));
    }

    static Map<String, String> headers(HttpCall call) {
        return Map.of("content-type", "text/xml", "x-amzn-requestid", call.requestId());
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
