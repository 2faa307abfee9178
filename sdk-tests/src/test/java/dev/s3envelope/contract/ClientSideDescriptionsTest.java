package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.IdentityCheck;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.s3.ClientSideObject;
import dev.s3envelope.s3.LengthProof;
import dev.s3envelope.s3.ReadAs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.ObjectPart;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** Lengths that are proved, and the sizes of parts, in plaintext terms. */
class ClientSideDescriptionsTest {
    private static final int S = 5 << 20;
    private static LocalAwsTarget target;

    @BeforeAll
    static void start() {
        ClientSideFixture.start();
        target = ClientSideFixture.target;
    }

    @AfterAll
    static void stop() {
        ClientSideFixture.stop();
    }

    private static Calls client(Calls.Kind kind) {
        return kind.open(target, ClientSideFixture.settings());
    }

    private static HeadObjectRequest.Builder head(String key) {
        return HeadObjectRequest.builder().bucket(target.bucket()).key(key);
    }

    private static HeadObjectRequest proved(String key) {
        return head(key).overrideConfiguration(LengthProof.required()).build();
    }

    private static void put(Calls s3, String key, byte[] body) {
        s3.put(PutObjectRequest.builder().bucket(target.bucket()).key(key).build(), body);
    }

    private static void replace(String key, byte[] bytes, Map<String, String> metadata) {
        target.s3().putObject(b -> b.bucket(target.bucket()).key(key).metadata(metadata), RequestBody.fromBytes(bytes));
    }

    @ParameterizedTest
    @CsvSource({"SYNC,0", "SYNC,1", "SYNC,65536", "SYNC,300001", "ASYNC,0", "ASYNC,1", "ASYNC,65536", "ASYNC,300001"})
    void aProvedLength_isThatOfTheMessage_whichSaysWhatItIsBoundTo(Calls.Kind kind, int length) {
        String key = kind + "/proved/" + length;
        put(client(kind), key, ClientSideFixture.bytes(length, length));
        for (Calls s3 : List.of(client(kind), client(kind))) {
            HeadObjectResponse head = s3.head(proved(key));
            assertEquals(length, head.contentLength());
            assertEquals(
                    Optional.of(IdentityCheck.MATCHED),
                    ClientSideObject.of(head).orElseThrow().identity());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTruncatedObject_isShorterToHead_andRefusedToOneThatAsksForProof(Calls.Kind kind) {
        Calls s3 = client(kind);
        String key = kind + "/truncated";
        put(s3, key, ClientSideFixture.bytes(5 * 65_536, 1));
        ResponseBytes<GetObjectResponse> raw =
                target.s3().getObjectAsBytes(b -> b.bucket(target.bucket()).key(key));
        int header = LayoutHint.parse(raw.response().metadata().get(LayoutHint.METADATA_NAME))
                .orElseThrow()
                .headerLength();
        int frame = 65_536 + FrameLayout.REGULAR_OVERHEAD;
        // Cut where frames end, so that only the final frame can tell; once more with the final frame kept in place.
        byte[] cut = Arrays.copyOf(raw.asByteArray(), header + 3 * frame);
        byte[] whole = raw.asByteArray();
        byte[] moved = Arrays.copyOf(whole, whole.length - frame);
        System.arraycopy(whole, header + 4 * frame, moved, header + 3 * frame, whole.length - header - 4 * frame);
        for (byte[] changed : List.of(cut, moved)) {
            replace(key, changed, raw.response().metadata());
            assertEquals(true, s3.head(head(key).build()).contentLength() < 5 * 65_536, "arithmetic alone cannot tell");
            assertThrows(IntegrityException.class, () -> s3.head(proved(key)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMovedObject_isRefused_whereItsLengthIsToBeProved_unlessReadAsWhatItWas(Calls.Kind kind) {
        Calls s3 = client(kind);
        String key = kind + "/bound";
        put(s3, key, ClientSideFixture.bytes(70_000, 1));
        ResponseBytes<GetObjectResponse> raw =
                target.s3().getObjectAsBytes(b -> b.bucket(target.bucket()).key(key));
        String to = kind + "/elsewhere";
        replace(to, raw.asByteArray(), raw.response().metadata());
        assertThrows(IntegrityException.class, () -> s3.head(proved(to)));
        HeadObjectRequest readAs = head(to).overrideConfiguration(o -> {
                    LengthProof.required().accept(o);
                    ReadAs.object(target.bucket(), key).accept(o);
                })
                .build();
        assertEquals(70_000, s3.head(readAs).contentLength());
    }

    @ParameterizedTest
    @EnumSource
    void thereIsNothingToProveOfAPlainObject_andNoProofOfOneWithASingleTag(Calls.Kind kind) {
        Calls s3 = client(kind);
        replace(kind + "/plain", new byte[100], Map.of());
        assertEquals(100, s3.head(proved(kind + "/plain")).contentLength());
        replace(
                kind + "/s3ec",
                new byte[100],
                Map.of(
                        "x-amz-key-v2", "AAAA",
                        "x-amz-iv", "AAAAAAAAAAAAAAAB",
                        "x-amz-cek-alg", "AES/GCM/NoPadding",
                        "x-amz-tag-len", "128",
                        "x-amz-wrap-alg", "AES/GCM",
                        "x-amz-matdesc", "{}"));
        assertEquals(84, s3.head(head(kind + "/s3ec").build()).contentLength());
        assertThrows(OperationRefusedException.class, () -> s3.head(proved(kind + "/s3ec")));
    }

    @ParameterizedTest
    @EnumSource
    void sizesOfParts_areTheSameToAttributesHeadAndGet(Calls.Kind kind) {
        Calls s3 = client(kind);
        String key = kind + "/parts";
        byte[] plain = ClientSideFixture.bytes(2 * S, 4);
        // Whole parts: a third one with the final frame alone is added.
        upload(s3, key, plain, 2);
        List<Long> sizes = new ArrayList<>();
        GetObjectAttributesResponse all = s3.attributes(attributes(key).build());
        assertEquals(2L * S, all.objectSize());
        assertNull(all.checksum(), "the checksum is of the ciphertext");
        for (ObjectPart part : all.objectParts().parts()) {
            sizes.add(part.size());
            assertNull(part.checksumCRC32());
            HeadObjectResponse head =
                    s3.head(head(key).partNumber(part.partNumber()).build());
            assertEquals(part.size(), head.contentLength(), "part " + part.partNumber());
            byte[] read = s3.get(GetObjectRequest.builder()
                            .bucket(target.bucket())
                            .key(key)
                            .partNumber(part.partNumber())
                            .build())
                    .asByteArray();
            int from = (part.partNumber() - 1) * S;
            assertArrayEquals(Arrays.copyOfRange(plain, from, from + (int) (long) part.size()), read);
        }
        assertEquals(List.of((long) S, (long) S, 0L), sizes);
        assertEquals(3, all.objectParts().totalPartsCount());

        GetObjectAttributesResponse rest =
                s3.attributes(attributes(key).partNumberMarker(1).maxParts(1).build());
        assertEquals(1, rest.objectParts().parts().size());
        assertEquals((long) S, rest.objectParts().parts().get(0).size());
        GetObjectAttributesResponse stored = s3.attributes(
                attributes(key).overrideConfiguration(ReadAs.stored()).build());
        assertNotNull(stored.checksum());
        assertEquals(true, stored.objectParts().parts().get(0).size() > S);
    }

    private static GetObjectAttributesRequest.Builder attributes(String key) {
        return GetObjectAttributesRequest.builder()
                .bucket(target.bucket())
                .key(key)
                .objectAttributes(
                        ObjectAttributes.OBJECT_SIZE, ObjectAttributes.OBJECT_PARTS, ObjectAttributes.CHECKSUM);
    }

    private static void upload(Calls s3, String key, byte[] plain, int parts) {
        String id = s3.create(CreateMultipartUploadRequest.builder()
                        .bucket(target.bucket())
                        .key(key)
                        .checksumAlgorithm(ChecksumAlgorithm.CRC32)
                        .build())
                .uploadId();
        List<CompletedPart> completed = new ArrayList<>();
        for (int number = 1; number <= parts; number++) {
            UploadPartResponse sent = s3.part(
                    UploadPartRequest.builder()
                            .bucket(target.bucket())
                            .key(key)
                            .uploadId(id)
                            .partNumber(number)
                            .checksumAlgorithm(ChecksumAlgorithm.CRC32)
                            .build(),
                    Arrays.copyOfRange(plain, (number - 1) * S, Math.min(plain.length, number * S)));
            completed.add(CompletedPart.builder()
                    .partNumber(number)
                    .eTag(sent.eTag())
                    .checksumCRC32(sent.checksumCRC32())
                    .build());
        }
        s3.complete(CompleteMultipartUploadRequest.builder()
                .bucket(target.bucket())
                .key(key)
                .uploadId(id)
                .multipartUpload(upload -> upload.parts(completed))
                .build());
    }
}
