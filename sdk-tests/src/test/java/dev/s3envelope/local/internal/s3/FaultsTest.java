package dev.s3envelope.local.internal.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;

/** Injected faults are seen by the AWS SDK as the trouble they stand for, and pass. */
class FaultsTest extends S3Fixture {
    @Test
    void throttles() {
        put("k", "x");
        aws.faults.on("s3", "GetObject").times(2).throttle();
        assertEquals("x", get("k"));
        assertEquals(
                2,
                aws.events
                        .operation("GetObject")
                        .failed()
                        .where(e -> e.status() == 503)
                        .size());
        aws.faults.on("s3", "GetObject").always().throttle();
        refused(503, "SlowDown", "reduce your request rate", () -> get("k"));
        aws.faults.clear();
        assertEquals("x", get("k"));
    }

    @Test
    void dropsTheConnectionWithinARequestBody_andStoresNothing() {
        byte[] data = ObjectRoundTripTest.bytes(500_000);
        aws.faults.on("s3", "PutObject").always().dropConnection(100_000);
        assertThrows(
                SdkException.class, () -> s3.putObject(b -> b.bucket("bucket").key("k"), RequestBody.fromBytes(data)));
        headRefused(404, () -> s3.headObject(b -> b.bucket("bucket").key("k")));
        aws.faults.clear();
        aws.faults.on("s3", "PutObject").dropConnection(100_000);
        s3.putObject(b -> b.bucket("bucket").key("k"), RequestBody.fromBytes(data));
        assertArrayEquals(
                data, s3.getObjectAsBytes(b -> b.bucket("bucket").key("k")).asByteArray());
    }

    @Test
    void carriesOutButDoesNotAnswer_whenTheDropComesAfterTheBody() {
        aws.faults.on("s3", "PutObject").dropConnection(1_000_000);
        put("k", "x");
        assertEquals("x", get("k"));
        assertEquals(2, aws.events.operation("PutObject").size());
    }

    @Test
    void cutsAnswersShort() {
        byte[] data = ObjectRoundTripTest.bytes(300_000);
        s3.putObject(b -> b.bucket("bucket").key("k"), RequestBody.fromBytes(data));
        aws.faults.on("s3", "GetObject").always().truncateAnswer(1000);
        assertThrows(
                SdkException.class,
                () -> s3.getObjectAsBytes(b -> b.bucket("bucket").key("k")));
        aws.faults.clear();
        aws.faults
                .on("s3", "GetObject")
                .resource("arn:aws:s3:::bucket/other")
                .always()
                .truncateAnswer(1000);
        assertArrayEquals(
                data, s3.getObjectAsBytes(b -> b.bucket("bucket").key("k")).asByteArray());
    }

    @Test
    void delays() {
        put("k", "x");
        aws.faults.on("s3", "GetObject").delay(Duration.ofMillis(300));
        long start = System.nanoTime();
        assertEquals("x", get("k"));
        assertTrue(System.nanoTime() - start >= 300_000_000L);
    }
}
