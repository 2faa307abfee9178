package dev.s3envelope.local.internal.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.local.internal.http.ChecksumAlgorithm;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;

class MultipartChecksTest extends S3Fixture {
    private static final byte[] FULL = ObjectRoundTripTest.bytes(5 << 20);

    private String start() {
        return s3.createMultipartUpload(b -> b.bucket("bucket").key("m")).uploadId();
    }

    private CompletedPart part(String id, int number, byte[] data) {
        var response = s3.uploadPart(
                b -> b.bucket("bucket").key("m").uploadId(id).partNumber(number), RequestBody.fromBytes(data));
        return CompletedPart.builder().partNumber(number).eTag(response.eTag()).build();
    }

    private CompleteMultipartUploadResponse complete(String id, CompletedPart... parts) {
        return s3.completeMultipartUpload(
                b -> b.bucket("bucket").key("m").uploadId(id).multipartUpload(u -> u.parts(parts)));
    }

    @Test
    void refusesPartsOutOfOrder() {
        String id = start();
        CompletedPart one = part(id, 1, FULL);
        CompletedPart two = part(id, 2, new byte[1]);
        refused(400, "InvalidPartOrder", "ascending order", () -> complete(id, two, one));
        refused(400, "InvalidPartOrder", "ascending order", () -> complete(id, one, one));
    }

    @Test
    void refusesUnknownPartsAndWrongTags() {
        String id = start();
        CompletedPart one = part(id, 1, new byte[1]);
        refused(
                400,
                "InvalidPart",
                "could not be found",
                () -> complete(
                        id,
                        one,
                        CompletedPart.builder().partNumber(2).eTag("\"x\"").build()));
        refused(
                400,
                "InvalidPart",
                "could not be found",
                () -> complete(
                        id, CompletedPart.builder().partNumber(1).eTag("\"x\"").build()));
    }

    @Test
    void refusesSmallParts_whenTheyAreNotTheLast() {
        String id = start();
        CompletedPart one = part(id, 1, new byte[(5 << 20) - 1]);
        CompletedPart two = part(id, 2, new byte[1]);
        refused(400, "EntityTooSmall", "smaller than the minimum", () -> complete(id, one, two));
    }

    @Test
    void refusesAnEmptyList() {
        String id = start();
        refused(400, "MalformedXML", "well-formed", () -> complete(id));
    }

    @Test
    void refusesPartNumbersOutOfRange() {
        String id = start();
        for (int number : new int[] {0, 10_001}) {
            refused(400, "InvalidArgument", "between 1 and 10000", () -> part(id, number, new byte[1]));
        }
    }

    @Test
    void forgetsEverything_whenAborted() {
        String id = start();
        CompletedPart one = part(id, 1, new byte[1]);
        s3.abortMultipartUpload(b -> b.bucket("bucket").key("m").uploadId(id));
        refused(404, "NoSuchUpload", "does not exist", () -> complete(id, one));
        refused(404, "NoSuchUpload", "does not exist", () -> part(id, 2, new byte[1]));
        refused(
                404,
                "NoSuchUpload",
                "does not exist",
                () -> s3.listParts(b -> b.bucket("bucket").key("m").uploadId(id)));
    }

    @Test
    void usesTheLatestUpload_whenAPartIsSentAgain() {
        String id = start();
        part(id, 1, new byte[] {1});
        CompletedPart again = part(id, 1, new byte[] {2});
        complete(id, again);
        assertArrayEquals(
                new byte[] {2},
                s3.getObjectAsBytes(b -> b.bucket("bucket").key("m")).asByteArray());
    }

    @Test
    void answersTheSame_whenCompletionIsRepeated() {
        String id = start();
        CompletedPart one = part(id, 1, new byte[1]);
        assertEquals(complete(id, one).eTag(), complete(id, one).eTag());
    }

    @Test
    void skipsPartsThatAreNotNamed() {
        String id = start();
        CompletedPart one = part(id, 1, FULL);
        part(id, 2, FULL);
        CompletedPart three = part(id, 3, new byte[3]);
        complete(id, one, three);
        assertEquals(
                FULL.length + 3L,
                s3.headObject(b -> b.bucket("bucket").key("m")).contentLength());
        var second = s3.getObjectAsBytes(b -> b.bucket("bucket").key("m").partNumber(2));
        assertEquals(3, second.asByteArray().length);
        assertEquals(2, second.response().partsCount());
        refused(
                416,
                "InvalidPartNumber",
                "not satisfiable",
                () -> s3.getObjectAsBytes(b -> b.bucket("bucket").key("m").partNumber(3)));
    }

    @Test
    void demandsPartChecksums_whenTheyAreComposite() {
        String id = s3.createMultipartUpload(b -> b.bucket("bucket").key("m").checksumAlgorithm("SHA256"))
                .uploadId();
        var response = s3.uploadPart(
                b -> b.bucket("bucket").key("m").uploadId(id).partNumber(1).checksumAlgorithm("SHA256"),
                RequestBody.fromBytes(new byte[1]));
        CompletedPart bare =
                CompletedPart.builder().partNumber(1).eTag(response.eTag()).build();
        refused(400, "InvalidRequest", "It was missing for part 1", () -> complete(id, bare));
        refused(
                400,
                "InvalidPart",
                "could not be found",
                () -> complete(
                        id,
                        bare.toBuilder().checksumSHA256(base64(new byte[32])).build()));
        var done = complete(
                id, bare.toBuilder().checksumSHA256(response.checksumSHA256()).build());
        assertEquals(ChecksumType.COMPOSITE, done.checksumType());
        assertTrue(done.checksumSHA256().endsWith("-1"));
    }

    @Test
    void refusesChecksumTypesThatDoNotGoTogether() {
        refused(
                400,
                "InvalidRequest",
                "FULL_OBJECT checksum type cannot be used with the sha256",
                () -> s3.createMultipartUpload(b ->
                        b.bucket("bucket").key("m").checksumAlgorithm("SHA256").checksumType("FULL_OBJECT")));
        refused(
                400,
                "InvalidRequest",
                "COMPOSITE checksum type cannot be used with the crc64nvme",
                () -> s3.createMultipartUpload(b -> b.bucket("bucket")
                        .key("m")
                        .checksumAlgorithm("CRC64NVME")
                        .checksumType("COMPOSITE")));
    }

    @Test
    void computesTheChecksumOfTheWholeObject_whenTypeIsFullObject() {
        String id = s3.createMultipartUpload(b ->
                        b.bucket("bucket").key("m").checksumAlgorithm("CRC32").checksumType("FULL_OBJECT"))
                .uploadId();
        CompletedPart one = part(id, 1, FULL);
        CompletedPart two = part(id, 2, new byte[] {1, 2, 3});
        byte[] whole = Arrays.copyOf(FULL, FULL.length + 3);
        System.arraycopy(new byte[] {1, 2, 3}, 0, whole, FULL.length, 3);
        String expected = base64(ChecksumAlgorithm.CRC32.of(whole));
        refused(
                400,
                "BadDigest",
                "did not match",
                () -> s3.completeMultipartUpload(b -> b.bucket("bucket")
                        .key("m")
                        .uploadId(id)
                        .checksumCRC32(base64(new byte[4]))
                        .multipartUpload(u -> u.parts(one, two))));
        assertEquals(expected, complete(id, one, two).checksumCRC32());
    }

    @ParameterizedTest
    @EnumSource(
            value = ChecksumAlgorithm.class,
            names = {"CRC32", "CRC32C", "CRC64NVME"})
    void combinesCrcs(ChecksumAlgorithm algorithm) {
        long seed = 20261120;
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            byte[] data = new byte[random.nextInt(5000)];
            random.nextBytes(data);
            int cut = data.length == 0 ? 0 : random.nextInt(data.length + 1);
            byte[] combined = CrcCombination.combine(
                    algorithm,
                    algorithm.of(Arrays.copyOf(data, cut)),
                    algorithm.of(Arrays.copyOfRange(data, cut, data.length)),
                    data.length - cut);
            assertArrayEquals(algorithm.of(data), combined, "seed " + seed + " round " + i);
        }
    }

    @Test
    void listsPartsAndUploadsInPages() {
        String id = start();
        for (int n = 1; n <= 5; n++) {
            part(id, n, new byte[n]);
        }
        var first = s3.listParts(b -> b.bucket("bucket").key("m").uploadId(id).maxParts(2));
        assertTrue(first.isTruncated());
        assertEquals(2, first.nextPartNumberMarker());
        assertEquals(
                List.of(1, 2, 3, 4, 5),
                s3
                        .listPartsPaginator(
                                b -> b.bucket("bucket").key("m").uploadId(id).maxParts(2))
                        .parts()
                        .stream()
                        .map(p -> p.partNumber())
                        .toList());
        for (String key : List.of("a/1", "a/2", "b", "b", "c")) {
            s3.createMultipartUpload(b -> b.bucket("bucket").key(key));
        }
        assertEquals(
                List.of("a/1", "a/2", "b", "b", "c", "m"),
                s3.listMultipartUploadsPaginator(b -> b.bucket("bucket").maxUploads(1)).uploads().stream()
                        .map(u -> u.key())
                        .toList());
        var grouped = s3.listMultipartUploads(b -> b.bucket("bucket").delimiter("/"));
        assertEquals("a/", grouped.commonPrefixes().get(0).prefix());
        assertFalse(grouped.isTruncated());
    }

    @Test
    void crcsAgreeWithTheCheckValues() {
        byte[] nine = "123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        assertEquals("y/Q5Jg==", Base64.getEncoder().encodeToString(ChecksumAlgorithm.CRC32.of(nine)));
        assertEquals("4waSgw==", Base64.getEncoder().encodeToString(ChecksumAlgorithm.CRC32C.of(nine)));
        assertEquals(
                0xAE8B14860A799888L,
                java.nio.ByteBuffer.wrap(ChecksumAlgorithm.CRC64NVME.of(nine)).getLong());
    }
}
