package dev.s3envelope.core.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.util.Arrays;
import java.util.Optional;
import nl.jqno.equalsverifier.EqualsVerifier;
import org.junit.jupiter.api.Test;

class EncryptionModeTest {
    private static final String ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    @Test
    void kmsCarriesItsParameters_andComesBackFromItsBuilder() {
        SseKms mode = SseKms.builder(KeyArn.parse(ARN))
                .bucketKey(BucketKey.ENABLED)
                .context(ContextPairs.of("a", "b"))
                .build();

        assertEquals(Optional.of(KeyArn.parse(ARN)), mode.key());
        assertEquals(BucketKey.ENABLED, mode.bucketKey());
        assertEquals(ContextPairs.of("a", "b"), mode.context());
        assertEquals(mode, mode.toBuilder().build());
        assertEquals(Optional.empty(), mode.toBuilder().awsManagedKey().build().key());
        assertEquals(BucketKey.UNSET, EncryptionMode.sseKms(ARN).bucketKey());
    }

    @Test
    void dsseCarriesItsParameters_andHasNoBucketKeyToSet() {
        DsseKms mode = DsseKms.builder(KeyArn.parse(ARN))
                .context(ContextPairs.of("a", "b"))
                .build();

        assertEquals(mode, mode.toBuilder().build());
        assertEquals(Optional.of(KeyArn.parse(ARN)), EncryptionMode.dsseKms(ARN).key());
        assertTrue(Arrays.stream(DsseKms.Builder.class.getMethods())
                .noneMatch(method -> method.getName().contains("bucketKey")));
    }

    @Test
    void kmsAndDsseDiffer_evenWithTheSameKey() {
        assertNotEquals(EncryptionMode.sseKms(ARN), (Object) EncryptionMode.dsseKms(ARN));
        assertNotEquals(EncryptionMode.awsManagedKms(), EncryptionMode.sseKms("alias/aws/s3"));
    }

    @Test
    void aServerSideModeIsItsOwn() {
        SseS3 mode = EncryptionMode.sseS3();

        assertSame(mode, mode.serverSide());
        assertSame(EncryptionMode.bucketDefault(), mode.withServerSide(EncryptionMode.bucketDefault()));
    }

    @Test
    void printsWhatItIs_withoutSecrets() {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) 7);
        SseCKey key = SseCKey.of(bytes);

        assertEquals("SseS3", EncryptionMode.sseS3().toString());
        assertEquals("BucketDefault", EncryptionMode.bucketDefault().toString());
        assertEquals("SseKms[key=aws/s3]", EncryptionMode.awsManagedKms().toString());
        assertEquals("DsseKms[key=" + ARN + "]", EncryptionMode.dsseKms(ARN).toString());
        assertEquals(
                "SseKms[key=" + ARN + ", bucketKey=DISABLED, context={\"a\":\"b\"}]",
                SseKms.builder(KeyArn.parse(ARN))
                        .bucketKey(BucketKey.DISABLED)
                        .context(ContextPairs.of("a", "b"))
                        .build()
                        .toString());
        assertEquals(
                "SseC[keySource=backup]",
                EncryptionMode.sseC(SseCKeySource.fixed("backup", key)).toString());
    }

    @Test
    void equalsFollowsTheParameters() {
        EqualsVerifier.forClass(SseKms.class)
                .withPrefabValues(KeyReference.class, KeyArn.parse(ARN), KeyReference.parse("alias/a"))
                .withNonnullFields("bucketKey", "context")
                .verify();
        EqualsVerifier.forClass(DsseKms.class)
                .withPrefabValues(KeyReference.class, KeyArn.parse(ARN), KeyReference.parse("alias/a"))
                .withNonnullFields("context")
                .verify();
    }
}
