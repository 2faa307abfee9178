package dev.s3envelope.core.arn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectAddressTest {
    private static final String ACCESS_POINT = "arn:aws:s3:eu-west-1:111122223333:accesspoint/mine";

    @Test
    void givesTheArnsOfBucketAndObject() {
        ObjectAddress address = new ObjectAddress("my-bucket", "a/b c.txt");

        assertEquals("arn:aws-cn:s3:::my-bucket", address.bucketArn("aws-cn"));
        assertEquals("arn:aws:s3:::my-bucket/a/b c.txt", address.arn("aws"));
        assertEquals("s3://my-bucket/a/b c.txt", address.toString());
        assertFalse(address.isAccessPointArn());
    }

    @Test
    void givesTheArnsOfTheAccessPoint_whenTheBucketFieldNamesOne() {
        ObjectAddress address = new ObjectAddress(ACCESS_POINT, "k");

        assertTrue(address.isAccessPointArn());
        assertEquals(ACCESS_POINT, address.bucketArn("aws"));
        assertEquals(ACCESS_POINT + "/object/k", address.arn("aws"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abc",
                "my.bucket.example",
                "Old_Style-Bucket",
                "name-abc123-s3alias",
                "data--use1-az4--x-s3",
                "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap",
                "arn:aws-us-gov:s3-outposts:us-gov-west-1:111122223333:outpost/op-1/accesspoint/a",
                "arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint/o"
            })
    void acceptsBucketField_inEveryFormRequestsUse(String bucket) {
        assertEquals(bucket, new ObjectAddress(bucket, "k").bucket());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ab",
                "-abc",
                "abc-",
                "a/b",
                "a b c",
                "s3://abc",
                "b\u00fccket",
                "arn:aws:s3:::bucket",
                "arn:aws:kms:eu-west-1:111122223333:key/x",
                "abc\n"
            })
    void refusesBucketField_whenNoBucketCanHaveIt(String bucket) {
        assertThrows(EnvelopeException.class, () -> new ObjectAddress(bucket, "k"));
    }

    @Test
    void refusesDirectoryBucketArn_becauseTheNameLacksAccountAndRegion() {
        ObjectAddress address = new ObjectAddress("data--use1-az4--x-s3", "k");

        assertTrue(address.isDirectoryBucket());
        assertThrows(EnvelopeException.class, () -> address.bucketArn("aws"));
    }

    @Test
    void limitsTheKeyTo1024BytesOfUtf8() {
        assertEquals(1024, new ObjectAddress("abc", "k".repeat(1024)).key().length());
        assertThrows(EnvelopeException.class, () -> new ObjectAddress("abc", "k".repeat(1025)));
        assertThrows(EnvelopeException.class, () -> new ObjectAddress("abc", "\u20ac".repeat(342)));
        assertEquals(341, new ObjectAddress("abc", "\u20ac".repeat(341)).key().length());
        assertThrows(EnvelopeException.class, () -> new ObjectAddress("abc", ""));
        assertThrows(EnvelopeException.class, () -> new ObjectAddress("abc", "x\ud800"));
    }
}
