package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.message.HeaderLimits;
import dev.s3envelope.core.message.HeaderParser;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.s3.ClientSideUpload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.SdkPartType;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** Multipart uploads under client-side encryption: every object is one message that any AWS Encryption SDK reads. */
class ClientSideUploadsTest {
    private static final int MIB = 1 << 20;
    private static final int S = 5 * MIB;
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

    @ParameterizedTest
    @EnumSource
    void oneMessage_whenPartsComeInAnyOrder(Calls.Kind kind) {
        Upload upload = begin(kind, "order-" + kind, null);
        byte[] plain = ClientSideFixture.bytes(3 * S + 12_345, 1);
        for (int number : new int[] {2, 1, 4, 3}) {
            upload.send(number, slice(plain, number));
        }
        upload.complete(4);
        upload.assertReads(plain);
    }

    @ParameterizedTest
    @EnumSource
    void oneMessage_whenPartsAreParallel(Calls.Kind kind) throws Exception {
        Upload upload = begin(kind, "parallel-" + kind, null);
        byte[] plain = ClientSideFixture.bytes(4 * S + 1, 2);
        ExecutorService threads = Executors.newFixedThreadPool(5);
        // The short last part waits two seconds for another one, which must not go by while threads are started.
        CyclicBarrier together = new CyclicBarrier(5);
        try {
            List<Future<?>> sent = new ArrayList<>();
            for (int number : new int[] {5, 3, 1, 4, 2}) {
                byte[] part = slice(plain, number);
                sent.add(threads.submit(() -> {
                    together.await();
                    upload.send(number, part);
                    return null;
                }));
            }
            for (Future<?> one : sent) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        upload.complete(5);
        upload.assertReads(plain);
    }

    @ParameterizedTest
    @CsvSource({"SYNC,2", "ASYNC,2", "SYNC,1", "ASYNC,1"})
    void emptyPartWithTheFinalFrameIsAdded_whenAllPartsAreFull(Calls.Kind kind, int parts) {
        Upload upload = begin(kind, "full-" + parts + kind, null);
        byte[] plain = ClientSideFixture.bytes(parts * S, 3);
        for (int number = 1; number <= parts; number++) {
            upload.send(number, slice(plain, number));
        }
        upload.complete(parts);
        upload.assertReads(plain);
    }

    @ParameterizedTest
    @CsvSource({"SYNC,2", "ASYNC,2", "SYNC,1", "ASYNC,1"})
    void aCompletionThatIsRepeated_isAnsweredAsS3AnswersIt(Calls.Kind kind, int parts) {
        Upload upload = begin(kind, "repeated-" + parts + kind, null);
        byte[] plain = ClientSideFixture.bytes(parts * S, 9);
        for (int number = 1; number <= parts; number++) {
            upload.send(number, slice(plain, number));
        }
        upload.complete(parts);
        upload.complete(parts);
        upload.assertReads(plain);
        // The upload is over all the same: nothing can be added to it, and S3 says so of one it does not know.
        assertThrows(OperationRefusedException.class, () -> upload.send(1, slice(plain, 1)));
        Upload aborted = begin(kind, "gone-" + parts + kind, null);
        aborted.send(1, new byte[10]);
        aborted.abort();
        assertThrows(OperationRefusedException.class, () -> aborted.complete(1));
    }

    @ParameterizedTest
    @EnumSource
    void noPartIsAdded_whenTheLastFullPartIsMarked(Calls.Kind kind) {
        Upload upload = begin(kind, "marked-" + kind, null);
        byte[] plain = ClientSideFixture.bytes(2 * S, 4);
        upload.send(1, slice(plain, 1));
        upload.send(upload.part(2).sdkPartType(SdkPartType.LAST).build(), slice(plain, 2));
        upload.complete(2);
        upload.assertReads(plain);
        assertEquals(
                2,
                target.s3()
                        .headObject(
                                b -> b.bucket(target.bucket()).key(upload.key).partNumber(1))
                        .partsCount());
    }

    @ParameterizedTest
    @CsvSource({"SYNC,0", "ASYNC,0", "SYNC,100", "ASYNC,70001", "SYNC,5242883"})
    void oneMessage_whenThereIsOnePart(Calls.Kind kind, int length) {
        Upload upload = begin(kind, "one-" + length + kind, null);
        byte[] plain = ClientSideFixture.bytes(length, 5);
        upload.send(1, plain);
        OperationRefusedException refused =
                assertThrows(OperationRefusedException.class, () -> upload.send(2, new byte[10]));
        assertTrue(refused.getMessage().contains("part 1 is the last"), refused.getMessage());
        upload.complete(1);
        upload.assertReads(plain);
    }

    @ParameterizedTest
    @EnumSource
    void frameLengthIsADivisor_whenPartsAreNoMultipleOf64KiB(Calls.Kind kind) {
        int size = 5_000 * 1_100;
        Upload upload = begin(kind, "divisor-" + kind, null);
        byte[] plain = ClientSideFixture.bytes(2 * size + 1_000, 6);
        upload.send(1, Arrays.copyOf(plain, size));
        upload.send(2, Arrays.copyOfRange(plain, size, 2 * size));
        upload.send(3, Arrays.copyOfRange(plain, 2 * size, plain.length));
        upload.complete(3);
        upload.assertReads(plain);
        assertEquals(
                62_500,
                HeaderParser.parse(Arrays.copyOf(upload.stored(), 2_000), HeaderLimits.DEFAULT)
                        .frameLength());
    }

    @ParameterizedTest
    @EnumSource
    void samePartAgain_onlyWithTheSameBytes(Calls.Kind kind) {
        Upload upload = begin(kind, "again-" + kind, null);
        byte[] plain = ClientSideFixture.bytes(2 * S + 10, 8);
        upload.send(1, slice(plain, 1));
        upload.send(2, slice(plain, 2));
        upload.send(2, slice(plain, 2));
        byte[] changed = slice(plain, 2);
        changed[S / 2] ^= 1;
        EnvelopeException content = assertThrows(EnvelopeException.class, () -> upload.send(2, changed));
        assertTrue(content.getMessage().contains("other content"), content.getMessage());
        OperationRefusedException length =
                assertThrows(OperationRefusedException.class, () -> upload.send(2, new byte[100]));
        assertTrue(length.getMessage().contains("sent before with " + S + " bytes"), length.getMessage());
        upload.send(3, slice(plain, 3));
        upload.complete(3);
        upload.assertReads(plain);
    }

    @ParameterizedTest
    @EnumSource
    void refusedWithTheReason_whenPartsDoNotFit(Calls.Kind kind) {
        Upload unequal = begin(kind, "unequal-" + kind, null);
        unequal.send(1, new byte[S]);
        assertTrue(unequal.refused(2, S + 65_536).contains("all parts except the last have " + S));
        unequal.send(3, new byte[7]);
        assertTrue(unequal.refused(4, S).contains("part 3 is the last"));
        assertTrue(unequal.refused(2, 9).contains("would be the last, but part 3 is"));
        assertTrue(unequal.refused(10_001, S).contains("10000"));
        OperationRefusedException gap = assertThrows(OperationRefusedException.class, () -> unequal.complete(1, 3));
        assertTrue(gap.getMessage().contains("without gaps"), gap.getMessage());
        OperationRefusedException missing =
                assertThrows(OperationRefusedException.class, () -> unequal.complete(1, 2, 3));
        assertTrue(missing.getMessage().contains("part 2 was not sent"), missing.getMessage());
        assertThrows(OperationRefusedException.class, () -> unequal.complete(1));

        Upload announced = begin(kind, "announced-" + kind, (long) S);
        announced.send(4, new byte[9]);
        assertTrue(announced.refused(5, 1).contains("part 4 is the last"));
        assertThrows(OperationRefusedException.class, () -> begin(kind, "prime-" + kind, S + 3L));
        assertThrows(OperationRefusedException.class, () -> begin(kind, "small-" + kind, 65_536L));

        Upload full = begin(kind, "ten-thousand-" + kind, (long) S);
        assertTrue(full.refused(10_000, S).contains("Mark it as the last"));
    }

    @ParameterizedTest
    @EnumSource
    void smallLastPartAlone_isRefusedAfterAWait(Calls.Kind kind) {
        Upload upload = begin(kind, "early-" + kind, null);
        assertTrue(upload.refused(2, 10).contains("ClientSideUpload.partSize"));
        byte[] plain = ClientSideFixture.bytes(S + 10, 9);
        upload.send(1, slice(plain, 1));
        upload.send(2, slice(plain, 2));
        upload.complete(2);
        upload.assertReads(plain);
    }

    @ParameterizedTest
    @EnumSource
    void nothingInPlaintextLeaves_whenTheUploadIsNotOfThisClient(Calls.Kind kind) {
        String id = target.s3()
                .createMultipartUpload(b -> b.bucket(target.bucket()).key("foreign"))
                .uploadId();
        Upload upload = new Upload(client(kind), "foreign", id);
        assertTrue(upload.refused(1, 10).contains("did not begin the upload"));
        assertThrows(OperationRefusedException.class, () -> upload.complete(1));
        assertTrue(target.s3()
                .listParts(b -> b.bucket(target.bucket()).key("foreign").uploadId(id))
                .parts()
                .isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void uploadPartCopyIsRefused(Calls.Kind kind) {
        Upload upload = begin(kind, "copy-" + kind, null);
        OperationRefusedException refused = assertThrows(
                OperationRefusedException.class,
                () -> upload.calls.partCopy(UploadPartCopyRequest.builder()
                        .sourceBucket(target.bucket())
                        .sourceKey("any")
                        .destinationBucket(target.bucket())
                        .destinationKey(upload.key)
                        .uploadId(upload.id)
                        .partNumber(1)
                        .build()));
        assertTrue(refused.getMessage().contains("encrypted on the client"), refused.getMessage());
    }

    @ParameterizedTest
    @EnumSource
    void partsAreListedInPlaintextTerms(Calls.Kind kind) {
        Upload upload = begin(kind, "listed-" + kind, null);
        upload.send(1, new byte[S]);
        upload.send(2, new byte[33]);
        assertEquals(
                List.of((long) S, 33L),
                upload
                        .calls
                        .parts(ListPartsRequest.builder()
                                .bucket(target.bucket())
                                .key(upload.key)
                                .uploadId(upload.id)
                                .build())
                        .parts()
                        .stream()
                        .map(Part::size)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void otherClientGoesOn_fromTheExportedText(Calls.Kind kind) {
        Upload first = begin(kind, "export-" + kind, null);
        byte[] plain = ClientSideFixture.bytes(3 * S + 77, 10);
        first.send(1, slice(plain, 1));
        first.send(3, slice(plain, 3));
        String text = first.handOver().text();
        assertFalse(text.isEmpty());
        assertTrue(first.refused(2, S).contains("did not begin"));

        Upload second = new Upload(client(kind), first.key, first.id);
        second.takeOver(ClientSideUpload.parse(text));
        second.tags.addAll(first.tags);
        byte[] changed = slice(plain, 3);
        changed[0] ^= 1;
        assertThrows(EnvelopeException.class, () -> second.send(3, changed));
        second.send(3, slice(plain, 3));
        second.send(2, slice(plain, 2));
        second.send(4, slice(plain, 4));
        second.complete(4);
        second.assertReads(plain);
        assertThrows(EnvelopeException.class, () -> ClientSideUpload.parse(text + "."));
    }

    @ParameterizedTest
    @EnumSource
    void readableEveryTime_whenConnectionsDropInAPart(Calls.Kind kind) {
        Upload upload = begin(kind, "dropped-" + kind, null);
        byte[] plain = ClientSideFixture.bytes(S + 500_000, 11);
        try {
            for (long after : new long[] {0, 1_000, 70_000, 3_000_000}) {
                target.aws().faults().on("s3", "UploadPart").times(1).dropConnection(after);
                upload.send(1, slice(plain, 1));
            }
            target.aws().faults().on("s3", "UploadPart").times(1).fail(503, "SlowDown", "slow down");
            upload.send(2, slice(plain, 2));
        } finally {
            target.aws().faults().clear();
        }
        upload.complete(2);
        upload.assertReads(plain);
    }

    @ParameterizedTest
    @EnumSource
    void everyPartCarriesTheCustomerKey_whenSseCIsBeneath(Calls.Kind kind) {
        byte[] customerKey = ClientSideFixture.bytes(32, 99);
        SseCKeySource source = SseCKeySource.fixed("beneath", SseCKey.of(customerKey));
        Calls calls = kind.open(
                target,
                builder -> builder.policy(
                        EncryptionPolicy.always(ClientSideFixture.mode().withServerSide(EncryptionMode.sseC(source)))));
        String key = "ssec-" + kind;
        Upload upload = new Upload(
                calls,
                key,
                calls.create(CreateMultipartUploadRequest.builder()
                                .bucket(target.bucket())
                                .key(key)
                                .build())
                        .uploadId());
        byte[] plain = ClientSideFixture.bytes(S, 20);
        upload.send(1, plain);
        upload.complete(1);
        assertArrayEquals(
                plain,
                calls.get(GetObjectRequest.builder()
                                .bucket(target.bucket())
                                .key(key)
                                .build())
                        .asByteArray());
        assertThrows(S3Exception.class, upload::stored);
    }

    @ParameterizedTest
    @EnumSource
    void abortedUploadIsForgotten(Calls.Kind kind) {
        Upload upload = begin(kind, "aborted-" + kind, null);
        upload.send(1, new byte[S]);
        upload.abort();
        assertTrue(upload.refused(2, S).contains("did not begin"));
    }

    /** One upload through one client. */
    private static final class Upload {
        private final Calls calls;
        private final String key;
        private final String id;
        private final List<CompletedPart> tags = new ArrayList<>();

        Upload(Calls calls, String key, String id) {
            this.calls = calls;
            this.key = key;
            this.id = id;
        }

        UploadPartRequest.Builder part(int number) {
            return UploadPartRequest.builder()
                    .bucket(target.bucket())
                    .key(key)
                    .uploadId(id)
                    .partNumber(number);
        }

        void send(int number, byte[] plain) {
            send(part(number).build(), plain);
        }

        void send(UploadPartRequest request, byte[] plain) {
            CompletedPart done = CompletedPart.builder()
                    .partNumber(request.partNumber())
                    .eTag(calls.part(request, plain).eTag())
                    .build();
            synchronized (tags) {
                tags.removeIf(part -> part.partNumber().equals(request.partNumber()));
                tags.add(done);
            }
        }

        String refused(int number, int length) {
            return assertThrows(OperationRefusedException.class, () -> send(number, new byte[length]))
                    .getMessage();
        }

        void complete(int parts) {
            int[] numbers = new int[parts];
            Arrays.setAll(numbers, index -> index + 1);
            complete(numbers);
        }

        void complete(int... numbers) {
            List<CompletedPart> listed = Arrays.stream(numbers)
                    .mapToObj(number -> tags.stream()
                            .filter(part -> part.partNumber() == number)
                            .findFirst()
                            .orElseGet(() -> CompletedPart.builder()
                                    .partNumber(number)
                                    .eTag("none")
                                    .build()))
                    .toList();
            calls.complete(CompleteMultipartUploadRequest.builder()
                    .bucket(target.bucket())
                    .key(key)
                    .uploadId(id)
                    .multipartUpload(upload -> upload.parts(listed))
                    .build());
        }

        void abort() {
            if (calls instanceof Calls.Sync sync) {
                sync.s3()
                        .abortMultipartUpload(
                                b -> b.bucket(target.bucket()).key(key).uploadId(id));
            } else {
                ((Calls.Async) calls)
                        .s3()
                        .abortMultipartUpload(
                                b -> b.bucket(target.bucket()).key(key).uploadId(id))
                        .join();
            }
        }

        ClientSideUpload handOver() {
            return calls instanceof Calls.Sync sync
                    ? sync.s3().handOver(target.bucket(), key, id)
                    : ((Calls.Async) calls).s3().handOver(target.bucket(), key, id);
        }

        void takeOver(ClientSideUpload given) {
            if (calls instanceof Calls.Sync sync) {
                sync.s3().takeOver(given);
            } else {
                ((Calls.Async) calls).s3().takeOver(given).join();
            }
        }

        byte[] stored() {
            return ClientSideFixture.stored(key);
        }

        void assertReads(byte[] plain) {
            ClientSideFixture.assertReads(key, plain);
            assertArrayEquals(
                    plain,
                    calls.get(GetObjectRequest.builder()
                                    .bucket(target.bucket())
                                    .key(key)
                                    .build())
                            .asByteArray());
            assertEquals(
                    plain.length,
                    calls.head(HeadObjectRequest.builder()
                                    .bucket(target.bucket())
                                    .key(key)
                                    .build())
                            .contentLength());
            if (plain.length > 100) {
                int from = plain.length - 100;
                assertArrayEquals(
                        Arrays.copyOfRange(plain, from, plain.length - 1),
                        calls.get(GetObjectRequest.builder()
                                        .bucket(target.bucket())
                                        .key(key)
                                        .range("bytes=" + from + "-" + (plain.length - 2))
                                        .build())
                                .asByteArray());
            }
        }
    }

    private static Upload begin(Calls.Kind kind, String key, Long partSize) {
        Calls calls = client(kind);
        CreateMultipartUploadRequest.Builder request =
                CreateMultipartUploadRequest.builder().bucket(target.bucket()).key(key);
        if (partSize != null) {
            request.overrideConfiguration(ClientSideUpload.partSize(partSize));
        }
        return new Upload(calls, key, calls.create(request.build()).uploadId());
    }

    private static Calls client(Calls.Kind kind) {
        return kind.open(target, ClientSideFixture.settings());
    }

    private static byte[] slice(byte[] plain, int number) {
        return Arrays.copyOfRange(plain, (number - 1) * S, Math.min(number * S, plain.length));
    }
}
