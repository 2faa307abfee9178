package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.s3.ClientSideObject;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** The contract of client-side encryption on S3Proxy, a server that others wrote; and uploads, listings and copies there. */
class S3ProxyClientSideTest extends ClientSideContract {
    private static final int PART = 5 << 20;

    @Override
    Target open() {
        return new S3ProxyTarget();
    }

    @ParameterizedTest
    @EnumSource
    void partsInAnyOrder_areOneObject(Calls.Kind kind) {
        Calls s3 = client(kind, mode().build());
        byte[] body = bytes(21, 2 * PART + 70_001);
        String key = kind + "/parts";
        String id = s3.create(CreateMultipartUploadRequest.builder()
                        .bucket(target.bucket())
                        .key(key)
                        .metadata(Map.of("colour", "blue"))
                        .build())
                .uploadId();
        List<CompletedPart> sent = Stream.of(2, 1, 2, 3)
                .map(number -> CompletedPart.builder()
                        .partNumber(number)
                        .eTag(s3.part(
                                        UploadPartRequest.builder()
                                                .bucket(target.bucket())
                                                .key(key)
                                                .uploadId(id)
                                                .partNumber(number)
                                                .build(),
                                        Arrays.copyOfRange(
                                                body, (number - 1) * PART, Math.min(number * PART, body.length)))
                                .eTag())
                        .build())
                .toList();
        assertEquals(
                List.of((long) PART, (long) PART, 70_001L),
                s3
                        .parts(ListPartsRequest.builder()
                                .bucket(target.bucket())
                                .key(key)
                                .uploadId(id)
                                .build())
                        .parts()
                        .stream()
                        .map(Part::size)
                        .toList());
        s3.complete(CompleteMultipartUploadRequest.builder()
                .bucket(target.bucket())
                .key(key)
                .uploadId(id)
                .multipartUpload(upload -> upload.parts(sent.stream()
                        .skip(1)
                        .sorted(Comparator.comparing(CompletedPart::partNumber))
                        .toList()))
                .build());
        assertArrayEquals(body, s3.get(get(key)).asByteArray());
        assertArrayEquals(
                Arrays.copyOfRange(body, PART - 10, PART + 10),
                s3.get(get(key, "bytes=" + (PART - 10) + "-" + (PART + 9))).asByteArray());
        assertEquals(body.length, s3.head(head(key)).contentLength());
        assertEquals(Map.of("colour", "blue"), s3.head(head(key)).metadata());
    }

    @ParameterizedTest
    @EnumSource
    void listings_tellPlaintextSizes(Calls.Kind kind) {
        Calls s3 = client(kind, mode().build(), builder -> builder.plaintextSizesInListings(true));
        List<Integer> sizes = List.of(0, 1, FRAME, 100_003);
        sizes.forEach(size -> s3.put(put(kind + "/listed/" + size), bytes(22, size)));
        assertEquals(
                sizes,
                s3
                        .list(ListObjectsV2Request.builder()
                                .bucket(target.bucket())
                                .prefix(kind + "/listed/")
                                .build())
                        .contents()
                        .stream()
                        .map(S3Object::size)
                        .map(Math::toIntExact)
                        .sorted()
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void copiesUnderOtherNames_areEncryptedAnew(Calls.Kind kind) {
        Calls s3 = client(kind, mode().build());
        byte[] body = bytes(23, 1_500_000);
        s3.put(
                put(kind + "/copy/from").toBuilder()
                        .metadata(Map.of("colour", "blue"))
                        .build(),
                body);
        s3.copy(CopyObjectRequest.builder()
                .sourceBucket(target.bucket())
                .sourceKey(kind + "/copy/from")
                .destinationBucket(target.bucket())
                .destinationKey(kind + "/copy/to")
                .build());
        var read = s3.get(get(kind + "/copy/to"));
        assertArrayEquals(body, read.asByteArray());
        assertEquals(Map.of("colour", "blue"), read.response().metadata());
        assertTrue(ClientSideObject.of(read.response()).isPresent());
    }

    /** A later version of the server may have more; then these tests are to be run here too. */
    @Test
    void whatTheServerLacks_itDoesLack() {
        replace("lacks/some", bytes(24, 100), Map.of());
        for (Target.Lack lack : target.lacks()) {
            switch (lack) {
                case SERVER_SIDE_ENCRYPTION -> {
                    target.s3()
                            .putObject(
                                    put("lacks/sse").toBuilder()
                                            .serverSideEncryption("AES256")
                                            .build(),
                                    RequestBody.empty());
                    assertNull(target.s3().headObject(head("lacks/sse")).serverSideEncryption());
                }
                case PARTS_OF_OBJECTS ->
                    assertNull(target.s3()
                            .getObjectAsBytes(
                                    get("lacks/some").toBuilder().partNumber(1).build())
                            .response()
                            .contentRange());
                case BACKWARD_RANGES -> assertEquals(416, refused(get("lacks/some", "bytes=7-3")));
                case UNMODIFIED_SINCE_ITS_CHANGE ->
                    assertTrue(Stream.of(1, 2, 3).anyMatch(i -> refusedSinceItsChange("lacks/" + i)));
                case TAGS ->
                    assertEquals(
                            501,
                            assertThrows(
                                            S3Exception.class,
                                            () -> target.s3()
                                                    .getObjectTagging(b -> b.bucket(target.bucket())
                                                            .key("lacks/some")))
                                    .statusCode());
            }
        }
    }

    /** It compares in milliseconds a time that a header says in seconds, so that an object may pass, by chance. */
    private boolean refusedSinceItsChange(String key) {
        replace(key, bytes(25, 10), Map.of());
        Instant changed = target.s3().headObject(head(key)).lastModified();
        try {
            target.s3()
                    .getObjectAsBytes(
                            get(key).toBuilder().ifUnmodifiedSince(changed).build());
            return false;
        } catch (S3Exception e) {
            return e.statusCode() == 412;
        }
    }

    private int refused(GetObjectRequest request) {
        return assertThrows(S3Exception.class, () -> target.s3().getObjectAsBytes(request))
                .statusCode();
    }
}
