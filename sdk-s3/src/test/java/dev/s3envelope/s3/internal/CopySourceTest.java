package dev.s3envelope.s3.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CopySourceTest {
    @ParameterizedTest
    @CsvSource({
        "my-bucket/key, my-bucket, key, ",
        "/my-bucket/a/b/c, my-bucket, a/b/c, ",
        "my-bucket/a%2Fb%20c, my-bucket, a/b c, ",
        "my-bucket/a+b, my-bucket, a+b, ",
        "my-bucket/caf%C3%A9?versionId=v%2B1, my-bucket, caf\u00e9, v+1",
        "my-bucket/what%3FversionId=no, my-bucket, what?versionId=no, ",
        "arn:aws:s3:us-west-2:111122223333:accesspoint/ap/object/a/object/b, arn:aws:s3:us-west-2:111122223333:accesspoint/ap, a/object/b, ",
    })
    void readsEveryFormOfTheHeader(String header, String bucket, String key, String version) {
        CopySource source = CopySource.parse(header);
        assertEquals(bucket, source.address().bucket());
        assertEquals(key, source.address().key());
        assertEquals(Optional.ofNullable(version), source.versionId());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "bucket",
                "bucket/",
                "/bucket/",
                "bucket/%zz",
                "arn:aws:s3:us-west-2:111122223333:accesspoint/ap"
            })
    void refusesWhatNamesNoObject(String header) {
        assertThrows(IllegalEncryptionException.class, () -> CopySource.parse(header));
    }

    @Test
    void throwsNothingButItsOwn_forAnyText() {
        long seed = 7L;
        Random random = new Random(seed);
        String alphabet = "ab/%2F?versionId=+:arn \u00e9";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(40);
            for (int j = 0; j < length; j++) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                assertTrue(!CopySource.parse(text.toString()).address().key().isEmpty());
            } catch (EnvelopeException expected) {
                assertTrue(expected.getMessage() != null, "seed " + seed);
            }
        }
    }
}
