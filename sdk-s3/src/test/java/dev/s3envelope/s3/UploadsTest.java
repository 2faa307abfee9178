package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** Multipart uploads: encryption when one is created, the SSE-C key identical on every request after. */
@NullUnmarked
class UploadsTest {
    private static final String KMS_KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private static final SseCKey FIRST = key(1);
    private static final SseCKey SECOND = key(2);

    private final AtomicReference<List<SseCKey>> ring = new AtomicReference<>(List.of(FIRST));
    private final SseCKeySource rotating = SseCKeySource.from(
            "rotating", object -> ring.get().stream().map(SseCKey::copy).toList());
    private final Recorder recorder = new Recorder()
            .answer(request -> request instanceof CreateMultipartUploadRequest
                    ? CreateMultipartUploadResponse.builder().uploadId("u").build()
                    : null);

    private static SseCKey key(int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return SseCKey.of(bytes);
    }

    private static List<S3Request> after() {
        return List.of(
                UploadPartRequest.builder()
                        .bucket("b-1")
                        .key("k")
                        .uploadId("u")
                        .partNumber(1)
                        .build(),
                UploadPartCopyRequest.builder()
                        .destinationBucket("b-1")
                        .destinationKey("k")
                        .uploadId("u")
                        .sourceBucket("plain")
                        .sourceKey("s")
                        .build(),
                ListPartsRequest.builder().bucket("b-1").key("k").uploadId("u").build(),
                CompleteMultipartUploadRequest.builder()
                        .bucket("b-1")
                        .key("k")
                        .uploadId("u")
                        .build());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void everyRequestOfAnUploadCarriesTheSameTrio_whenTheKeyRotatesMeanwhile(Flavor flavor) {
        Object client = client(flavor, sseCForBucket());
        Flavor.send(client, create().build());
        ring.set(List.of(SECOND, FIRST));
        for (S3Request request : after()) {
            Flavor.send(client, request);
            assertEquals(FIRST.keyBase64(), field("SSECustomerKey"), request.toString());
            assertEquals(FIRST.md5Base64(), field("SSECustomerKeyMD5"));
            assertEquals("AES256", field("SSECustomerAlgorithm"));
            assertNull(field("CopySourceSSECustomerKey"));
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void partsOfAnotherClientsUploadGetTheKeyOfThePolicy(Flavor flavor) {
        Object client = client(flavor, sseCForBucket());
        for (S3Request request : after()) {
            Flavor.send(client, request);
            assertEquals(FIRST.keyBase64(), field("SSECustomerKey"), request.toString());
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void partsCarryNothing_whenTheUploadIsNotSseC(Flavor flavor) {
        Object client = client(flavor, EncryptionPolicy.always(EncryptionMode.sseKms(KMS_KEY)));
        Flavor.send(client, create().build());
        assertEquals("aws:kms", field("ServerSideEncryption"));
        for (S3Request request : after()) {
            Flavor.send(client, request);
            Stream.of("ServerSideEncryption", "SSEKMSKeyId", "SSECustomerKey", "SSECustomerAlgorithm")
                    .forEach(name -> assertNull(field(name), name + " on " + request));
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void partsFollowTheModeDecidedAtTheBeginning_whereTheAddressAloneWouldSayOtherwise(Flavor flavor) {
        EncryptionPolicy policy = EncryptionPolicy.of(
                PolicyRule.byDefault(
                        "open", ObjectMatcher.builder().metadata("open", "*").build(), EncryptionMode.sseS3()),
                PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseC(rotating)));
        Object client = client(flavor, policy);
        Flavor.send(client, create().metadata(Map.of("open", "yes")).build());
        assertEquals("AES256", field("ServerSideEncryption"));
        Flavor.send(client, after().get(0));
        assertNull(field("SSECustomerKey"));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aCallersOwnTrioIsCompletedAndNotKept(Flavor flavor) {
        Object client = client(flavor, EncryptionPolicy.always(EncryptionMode.sseS3()));
        Flavor.send(
                client,
                create().sseCustomerAlgorithm("AES256")
                        .sseCustomerKey(SECOND.keyBase64())
                        .build());
        assertEquals(SECOND.md5Base64(), field("SSECustomerKeyMD5"));
        UploadPartRequest part = (UploadPartRequest) after().get(0);
        Flavor.send(client, part);
        assertNull(field("SSECustomerKey"));
        Flavor.send(
                client,
                part.toBuilder()
                        .sseCustomerAlgorithm("AES256")
                        .sseCustomerKey(SECOND.keyBase64())
                        .build());
        assertEquals(SECOND.md5Base64(), field("SSECustomerKeyMD5"));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void refusesAPart_whenTheKeyOfItsUploadIsGone(Flavor flavor) {
        Object client = client(flavor, sseCForBucket());
        Flavor.send(client, create().build());
        ring.set(List.of(SECOND));
        OperationRefusedException refused =
                assertThrows(OperationRefusedException.class, () -> Flavor.send(client, after().get(0)));
        assertEquals(1, recorder.requests().size());
        assertEquals(-1, refused.getMessage().indexOf(FIRST.keyBase64()));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void abortForgetsTheUpload(Flavor flavor) {
        Object client = client(flavor, sseCForBucket());
        Flavor.send(client, create().build());
        Flavor.send(
                client,
                AbortMultipartUploadRequest.builder()
                        .bucket("b-1")
                        .key("k")
                        .uploadId("u")
                        .build());
        ring.set(List.of(SECOND));
        Flavor.send(client, after().get(0));
        assertEquals(SECOND.keyBase64(), field("SSECustomerKey"));
    }

    private static CreateMultipartUploadRequest.Builder create() {
        return CreateMultipartUploadRequest.builder().bucket("b-1").key("k");
    }

    private EncryptionPolicy sseCForBucket() {
        return EncryptionPolicy.of(
                PolicyRule.enforce(
                        "vault", ObjectMatcher.builder().bucket("b-1").build(), EncryptionMode.sseC(rotating)),
                PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));
    }

    private Object client(Flavor flavor, EncryptionPolicy policy) {
        return flavor.open(recorder, builder -> builder.policy(policy));
    }

    private Object field(String name) {
        return recorder.last().getValueForField(name, Object.class).orElse(null);
    }
}
