package dev.s3envelope.s3.internal.clientside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.s3envelope.core.message.IdentityCheck;
import dev.s3envelope.s3.ClientSideObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

class NotedHttpResponseTest {
    private static final ClientSideObject NOTE =
            new ClientSideObject("encryption-sdk", Optional.of(IdentityCheck.MATCHED), OptionalLong.of(1_452));
    private static final SdkHttpResponse SENT = SdkHttpResponse.builder()
            .statusCode(206)
            .statusText("Partial Content")
            .putHeader("Content-Range", "bytes 0-1451/9000")
            .putHeader("ETag", "\"etag\"")
            .putHeader("x-s3envelope-stored-length", "1")
            .build();

    @Test
    void saysWhatS3Said_andWhatTheObjectIs() {
        SdkHttpResponse noted = new NotedHttpResponse(SENT, "bytes 0-99/200", NOTE);

        assertEquals(206, noted.statusCode());
        assertEquals(Optional.of("Partial Content"), noted.statusText());
        assertEquals(Optional.of("\"etag\""), noted.firstMatchingHeader("etag"));
        assertEquals(List.of("bytes 0-99/200"), noted.headers().get("Content-Range"));
        assertEquals(List.of("1452"), noted.matchingHeaders("x-s3envelope-stored-length"), "S3's own is replaced");
        assertEquals(Optional.of(NOTE), ClientSideObject.of((GetObjectResponse)
                GetObjectResponse.builder().sdkHttpResponse(noted).build()));
        assertEquals(
                Optional.of("bytes 0-1451/9000"),
                SENT.firstMatchingHeader("Content-Range"),
                "what S3 sent is as it was");
    }

    @Test
    void aWholeObjectHasNoRange() {
        SdkHttpResponse noted = new NotedHttpResponse(SENT, null, NOTE);

        assertEquals(Optional.empty(), noted.firstMatchingHeader("Content-Range"));
        assertEquals(Optional.empty(), noted.toBuilder().build().firstMatchingHeader("Content-Range"));
    }

    @Test
    void isEqualToAnotherThatSaysTheSame() {
        SdkHttpResponse noted = new NotedHttpResponse(SENT, null, NOTE);
        SdkHttpResponse same = new NotedHttpResponse(SENT, null, NOTE);

        assertEquals(noted, same);
        assertEquals(noted.hashCode(), same.hashCode());
        assertEquals(noted.toString(), same.toString());
        assertNotEquals(noted, new NotedHttpResponse(SENT, "bytes 0-99/200", NOTE));
        assertNotEquals(noted, SENT);
    }

    @Test
    void isSerializedAsTheAwsSdksOwnIs_whichLosesItsHeaders() throws Exception {
        SdkHttpResponse noted = new NotedHttpResponse(SENT, "bytes 0-99/200", NOTE);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(noted);
        }

        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            SdkHttpResponse read = (SdkHttpResponse) in.readObject();
            assertEquals(206, read.statusCode());
            assertEquals(SENT.getClass(), read.getClass());
        }
    }
}
