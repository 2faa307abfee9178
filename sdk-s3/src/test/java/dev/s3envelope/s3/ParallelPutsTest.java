package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** Puts in parts, several in flight: which bodies, in which order, and what the requests say. Against an S3 without a network. */
@NullUnmarked
class ParallelPutsTest extends ParallelPutsFixture {
    private static final ExecutionAttribute<String> MARK = new ExecutionAttribute<>("ParallelPutsTest");

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "5242880, 0", "10485759, 0", "10485760, 2", "10485761, 3", "15728640, 3", "31457287, 7"
    })
    void aBodyGoesInParts_fromTheThresholdOn_whetherItsLengthIsKnownOrNot(int length, int parts) {
        for (Flavor flavor : Flavor.values()) {
            for (boolean known : new boolean[] {true, false}) {
                try (FakeUploads one = new FakeUploads()) {
                    PutObjectResponse answer = put(client(one, flavor), request(), content(length), known);
                    String what = flavor + (known ? " known " : " unknown ") + length;
                    assertArrayEquals(content(length), one.object(), what);
                    assertEquals(parts, one.count("stored"), what);
                    assertEquals(parts == 0 ? 1 : 0, one.count("put"), what);
                    assertEquals(parts == 0 ? "one" : "whole", answer.eTag(), what);
                    assertEquals(0, one.count("abort"), what);
                    assertTrue(one.most() <= IN_FLIGHT, what);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void asManyPartsAreInFlightAsWereAskedFor_andNoMore(Flavor flavor) {
        CyclicBarrier together = new CyclicBarrier(IN_FLIGHT);
        s3.before((operation, number) -> {
            if (operation.equals("part") && number <= 2 * IN_FLIGHT) {
                together.await(PATIENCE, TimeUnit.SECONDS);
            }
        });
        put(client(flavor), request(), content, true);
        assertEquals(IN_FLIGHT, s3.most());
        assertArrayEquals(content, s3.object());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void partsAreInOrder_thoughTheLastIsThereFirst(Flavor flavor) {
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch third = new CountDownLatch(1);
        s3.before((operation, number) -> {
            if (operation.equals("part") && number < 3) {
                await(number == 1 ? second : third);
            } else if (operation.equals("stored")) {
                (number == 2 ? second : third).countDown();
            }
        });
        put(client(flavor), request(), content(3 * PART), true);
        assertEquals(
                List.of("stored 3", "stored 2", "stored 1"),
                s3.log().stream().filter(entry -> entry.startsWith("stored")).toList());
        assertEquals(
                List.of(1, 2, 3),
                s3.requests(CompleteMultipartUploadRequest.class).get(0).multipartUpload().parts().stream()
                        .map(part -> part.partNumber())
                        .toList());
        assertArrayEquals(content(3 * PART), s3.object());
    }

    @Test
    void whatFollowsTheAnnouncedLength_isLeftInTheSource_asTheSdkLeavesIt() throws Exception {
        ByteArrayInputStream source = new ByteArrayInputStream(content);
        ((EnvelopeS3Client) client(Flavor.SYNC))
                .putObject(request(), RequestBody.fromInputStream(source, 2 * PART + 9));
        assertArrayEquals(content(2 * PART + 9), s3.object());
        assertEquals(content.length - 2 * PART - 9, source.available());

        join(((EnvelopeS3AsyncClient) client(Flavor.ASYNC))
                .putObject(request(), pieces(content, Optional.of(3L * PART))));
        assertArrayEquals(content(3 * PART), s3.object());
    }

    @Test
    void theModeIsThatOfTheWholeBody_thoughAnUploadDoesNotSayItsSize() {
        EncryptionPolicy policy = EncryptionPolicy.of(
                PolicyRule.enforce(
                        "large",
                        ObjectMatcher.builder().minSize(2 * PART).build(),
                        EncryptionMode.sseKms(
                                "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")),
                PolicyRule.enforce("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));
        for (Flavor flavor : Flavor.values()) {
            put(client(s3, flavor, settings().build(), policy), request(), content, true);
        }
        List<CreateMultipartUploadRequest> created = s3.requests(CreateMultipartUploadRequest.class);
        assertEquals(2, created.size());
        created.forEach(sent -> assertEquals(ServerSideEncryption.AWS_KMS, sent.serverSideEncryption()));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void whatTheRequestSays_isSaidWhereItBelongs(Flavor flavor) {
        PutObjectRequest request = request().toBuilder()
                .metadata(Map.of("colour", "blue"))
                .tagging("team=red")
                .storageClass(StorageClass.STANDARD_IA)
                .objectLockMode(ObjectLockMode.GOVERNANCE)
                .objectLockRetainUntilDate(Instant.EPOCH)
                .grantRead("id=1")
                .contentLanguage("de")
                .requestPayer("requester")
                .expectedBucketOwner("111122223333")
                .checksumAlgorithm(ChecksumAlgorithm.SHA256)
                .ifMatch("before")
                .overrideConfiguration(o -> o.putExecutionAttribute(MARK, "mine"))
                .build();
        put(client(flavor), request, content, false);

        CreateMultipartUploadRequest created =
                s3.requests(CreateMultipartUploadRequest.class).get(0);
        assertEquals(Map.of("colour", "blue"), created.metadata());
        assertEquals("team=red", created.tagging());
        assertEquals(StorageClass.STANDARD_IA, created.storageClass());
        assertEquals(ObjectLockMode.GOVERNANCE, created.objectLockMode());
        assertEquals(Instant.EPOCH, created.objectLockRetainUntilDate());
        assertEquals("id=1", created.grantRead());
        assertEquals("de", created.contentLanguage());
        assertEquals("text/plain", created.contentType());
        assertEquals(ChecksumAlgorithm.SHA256, created.checksumAlgorithm());
        UploadPartRequest part = s3.requests(UploadPartRequest.class).get(0);
        assertEquals(ChecksumAlgorithm.SHA256, part.checksumAlgorithm());
        CompleteMultipartUploadRequest completed =
                s3.requests(CompleteMultipartUploadRequest.class).get(0);
        assertEquals("before", completed.ifMatch());
        s3.requests(S3Request.class).forEach(sent -> {
            assertEquals(Optional.of("111122223333"), sent.getValueForField("ExpectedBucketOwner", String.class));
            assertEquals(
                    "requester",
                    sent.getValueForField("RequestPayer", Object.class)
                            .orElseThrow()
                            .toString());
            assertEquals(
                    "mine",
                    sent.overrideConfiguration()
                            .orElseThrow()
                            .executionAttributes()
                            .getAttribute(MARK));
        });
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void onePut_whereThePartsCouldNotSayWhatTheRequestSays_orNobodyWantsParts(Flavor flavor) {
        Object client = client(flavor);
        List<PutObjectRequest> requests = List.of(
                request().toBuilder().contentMD5("1B2M2Y8AsgTpgAmY7PhCfg==").build(),
                request().toBuilder().checksumSHA256("x").build(),
                request().toBuilder().writeOffsetBytes(0L).build(),
                request().toBuilder()
                        .overrideConfiguration(o -> o.putHeader("x-amz-meta-raw", "1"))
                        .build(),
                request().toBuilder()
                        .overrideConfiguration(o -> o.putRawQueryParameter("x-id", "1"))
                        .build());
        for (PutObjectRequest request : requests) {
            put(client, request, content(2 * PART), true);
        }
        put(
                client(s3, flavor, null, EncryptionPolicy.always(EncryptionMode.sseS3())),
                request(),
                content(2 * PART),
                true);
        assertEquals(requests.size() + 1, s3.count("put"));
        assertEquals(requests.size() + 1, s3.log().size(), () -> s3.log().toString());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aShortBodyOfUnknownLength_takesNoMoreMemoryThanItNeeds(Flavor flavor) {
        for (int length : new int[] {1, 65_536, 65_537, 300_000}) {
            try (FakeUploads one = new FakeUploads()) {
                put(client(one, flavor), request(), content(length), false);
                assertArrayEquals(content(length), one.object());
                one.arrays().forEach(array -> assertTrue(array.length <= Math.max(65_536, 4 * length)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aBodyOfUnknownLength_isNotHeldBeyondTheMemoryThatIsAllowed(Flavor flavor) {
        ParallelTransfers parallel =
                settings().threshold(1L << 40).maxInFlight(1).build();
        put(
                client(s3, flavor, parallel, EncryptionPolicy.always(EncryptionMode.sseS3())),
                request(),
                content(2 * PART + 1),
                false);
        assertEquals(3, s3.count("stored"));
        assertEquals(1, s3.most());
        put(
                client(s3, flavor, parallel, EncryptionPolicy.always(EncryptionMode.sseS3())),
                request(),
                content(2 * PART),
                false);
        assertEquals(1, s3.count("put"));
        assertArrayEquals(content(2 * PART), s3.object());
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void plaintextInMemoryIsZeroed_whetherThePutSucceedsOrFails(boolean fails) {
        s3.before((operation, number) -> {
            if (fails && operation.equals("stored") && number == 4) {
                throw Recorder.failure(400, "InvalidRequest", "no");
            }
        });
        Object client = client(Flavor.ASYNC);
        try {
            put(client, request(), content, true);
            assertFalse(fails);
        } catch (RuntimeException e) {
            assertTrue(fails, e::toString);
        }
        put(client, request(), content(PART), false);
        List<byte[]> arrays = s3.arrays();
        assertTrue(arrays.size() >= 2 && arrays.size() <= IN_FLIGHT + 2, "arrays used again: " + arrays.size());
        arrays.forEach(array -> assertArrayEquals(new byte[array.length], array));
    }

    @Test
    void threadsOfTheExecutorAreTakenWhereThereAreSome_andTheCallersOtherwise() {
        AtomicReference<Runnable> never = new AtomicReference<>();
        Executor rejecting = task -> {
            throw new RejectedExecutionException("full");
        };
        List<Executor> executors = List.of(rejecting, never::set, Runnable::run);
        for (Executor executor : executors) {
            Object client = client(
                    s3,
                    Flavor.SYNC,
                    settings().executor(executor).build(),
                    EncryptionPolicy.always(EncryptionMode.sseS3()));
            put(client, request(), content, true);
            assertArrayEquals(content, s3.object());
        }
        assertEquals(executors.size() * 7, s3.count("stored"));
        // A task that is begun long after its upload is over does nothing.
        never.get().run();
        assertEquals(executors.size() * 7, s3.count("part"));
    }

    @Test
    void nothingWaitsForever_whenTheExecutorIsFullOfCallers() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            EnvelopeS3Client client = (EnvelopeS3Client) client(
                    s3, Flavor.SYNC, settings().executor(two).build(), EncryptionPolicy.always(EncryptionMode.sseS3()));
            CyclicBarrier both = new CyclicBarrier(2);
            List<CompletableFuture<?>> callers = IntStream.range(0, 2)
                    .<CompletableFuture<?>>mapToObj(i -> CompletableFuture.runAsync(
                            () -> {
                                try {
                                    both.await(PATIENCE, TimeUnit.SECONDS);
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                                client.putObject(request(), RequestBody.fromBytes(content));
                            },
                            two))
                    .toList();
            callers.forEach(ParallelPutsTest::join);
            assertEquals(14, s3.count("stored"));
        } finally {
            two.shutdownNow();
        }
    }
}
