package dev.s3envelope.examples.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KeyUseTest {
    private static final Duration WINDOW = Duration.ofMinutes(5);

    private static Workload load(long objects, long size, long reads, double perSecond, long buckets) {
        return new Workload(objects, size, 10, reads, perSecond, buckets, WINDOW);
    }

    /** A million objects at 100 a second are 10,000 seconds, which is 34 windows of five minutes. */
    @ParameterizedTest
    @CsvSource({
        "SSE_S3, 0, 0, 0, 0",
        "SSE_KMS, 1000000, 0, 0, 3000000",
        "SSE_KMS_BUCKET_KEY, 34, 0, 0, 102",
        "DSSE_KMS, 1000000, 0, 0, 3000000",
        "SSE_C, 0, 0, 0, 0",
        "SSE_C_MAC, 0, 0, 136, 0",
        "CLIENT_SIDE, 1000000, 0, 0, 3000000",
        "CLIENT_SIDE_OBJECT, 1000000, 0, 0, 3000000",
        "CLIENT_SIDE_BUCKET, 34, 0, 0, 102",
    })
    void countsAMillionSmallObjectsReadThreeTimes(KeyUse use, long made, long parts, long macs, long opened) {
        KmsRequests requests = use.of(load(1_000_000, 10, 3, 100, 1));

        assertEquals(made, requests.generateDataKey());
        assertEquals(parts, requests.decryptToWrite());
        assertEquals(macs, requests.generateMac());
        assertEquals(opened, requests.decryptToRead());
        assertEquals(made + parts + macs + opened, requests.total());
    }

    @Test
    void countsPartsWhereS3OpensTheKeyAgain() {
        KmsRequests requests = KeyUse.SSE_KMS.of(load(7, 25, 1, 100, 1));

        assertEquals(7, requests.generateDataKey());
        assertEquals(7 * (3 + 1), requests.decryptToWrite(), "three parts and the completion");
        assertEquals(35, requests.writing());
        assertEquals(7, requests.reading());
        assertEquals(0, KeyUse.SSE_KMS_BUCKET_KEY.of(load(7, 25, 1, 100, 1)).decryptToWrite());
        assertEquals(0, load(7, 10, 1, 100, 1).parts(), "as large as a part is one PUT");
        assertEquals(2, load(7, 11, 1, 100, 1).parts());
    }

    @Test
    void multipliesByBuckets_butNeverBeyondTheObjects() {
        assertEquals(20, KeyUse.CLIENT_SIDE_BUCKET.of(load(1000, 1, 0, 100, 20)).total());
        assertEquals(
                1000,
                KeyUse.CLIENT_SIDE_BUCKET.of(load(1000, 1, 0, 0.001, 1000)).total());
    }

    @ParameterizedTest
    @EnumSource(KeyUse.class)
    void splitsIntoWritingAndReading(KeyUse use) {
        KmsRequests both = use.of(load(500, 25, 2, 1, 3));
        assertEquals(both.writing(), use.of(load(500, 25, 0, 1, 3)).total());
        assertEquals(
                both.generateDataKey() + both.decryptToWrite(), both.writing() - (use == KeyUse.SSE_C_MAC ? 6 : 0));
        assertEquals(both.total(), both.writing() + both.reading());
    }

    @Test
    void costsByTheTenThousand() {
        assertEquals(
                0.03 * 200, KeyUse.SSE_KMS.of(load(1_000_000, 1, 1, 100, 1)).cost(0.03), 1e-9);
    }

    @Test
    void knowsTheQuotas_andRefusesNonsense() {
        assertEquals(100_000, KmsQuota.perSecond("eu-west-1"));
        assertEquals(20_000, KmsQuota.perSecond("eu-central-1"));
        assertEquals(10_000, KmsQuota.perSecond("eu-north-1"));
        assertThrows(IllegalArgumentException.class, () -> load(0, 1, 1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> load(1, -1, 1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> load(1, 1, 1, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> load(1, 1, 1, 1, 2));
    }
}
