package dev.s3envelope.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3LocationTest {
    @ParameterizedTest
    @CsvSource({
        "s3://bucket/a/b.txt, bucket, a/b.txt",
        "s3://bucket/a//b, bucket, a//b",
        "s3://bucket//a, bucket, /a",
        "s3://bucket/100%25 ?x=1#y, bucket, 100%25 ?x=1#y",
        "s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/key/x, "
                + "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap, key/x"
    })
    void takesTheKeyAsItStands(String text, String bucket, String key) {
        assertEquals(new S3Location(bucket, key), S3Location.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://bucket", "s3://bucket/"})
    void namesABucket_whenNoKeyFollows(String text) {
        assertTrue(S3Location.parse(text).isBucket());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bucket/key",
                "S3://bucket/key",
                "s3:/bucket/key",
                "s3://",
                "s3:///key",
                "s3://b/k",
                "https://b/k"
            })
    void refusesWhatIsNoAddress(String text) {
        RuntimeException refusal = assertThrows(RuntimeException.class, () -> S3Location.parse(text));
        assertTrue(String.valueOf(refusal.getMessage()).length() > 20, refusal.toString());
    }

    @Test
    void appendsTheName_whenTargetIsABucketOrFolder() {
        assertEquals(
                "s3://bucket/a.txt",
                S3Location.parse("s3://bucket").orBelow("a.txt").toString());
        assertEquals(
                "s3://bucket/d/a.txt",
                S3Location.parse("s3://bucket/d/").orBelow("a.txt").toString());
        assertEquals(
                "s3://bucket/d",
                S3Location.parse("s3://bucket/d").orBelow("a.txt").toString());
    }
}
