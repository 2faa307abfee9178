package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** Limits of encrypted uploads: what is too large for one PUT, and more uploads than a client remembers. */
class ClientSideUploadsTest {
    private static final int REMEMBERED = 10_000;
    private static final RawAesKeyring KEYRING =
            new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "tests", "uploads", new byte[32]);
    private static final ClientSide MODE = EncryptionMode.clientSide("tests", KEYRING);

    @ParameterizedTest
    @EnumSource
    void aBodyTooLargeForOnePut_goesInPartsFromTheFirstRequestOn(Flavor flavor) {
        Recorder recorder = new Recorder().answer(request -> {
            throw Recorder.failure(503, "SlowDown", "enough was seen");
        });
        Object client = flavor.open(recorder, builder -> builder.policy(EncryptionPolicy.always(MODE)));
        PutObjectRequest put = PutObjectRequest.builder()
                .bucket("bucket")
                .key("large")
                .contentLength(5L << 30)
                .build();

        assertThrows(S3Exception.class, () -> send(client, put));

        assertEquals(1, recorder.requests().size());
        CreateMultipartUploadRequest sent = recorder.last();
        assertTrue(LayoutHint.marks(sent.metadata().getOrDefault(LayoutHint.METADATA_NAME, "")));
    }

    private static void send(Object client, PutObjectRequest put) {
        if (client instanceof S3Client sync) {
            sync.putObject(put, RequestBody.fromContentProvider(Endless::new, put.contentLength(), "text/plain"));
            return;
        }
        try {
            ((S3AsyncClient) client)
                    .putObject(
                            put,
                            AsyncRequestBody.fromPublisher(
                                    SdkPublisher.fromIterable(() -> Stream.generate(() -> ByteBuffer.allocate(1 << 16))
                                            .iterator())))
                    .join();
        } catch (java.util.concurrent.CompletionException e) {
            throw (RuntimeException) e.getCause();
        }
    }

    /** Zeros without end. */
    private static final class Endless extends InputStream {
        @Override
        public int read() {
            return 0;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPartOfAForgottenUpload_isNotSentAsItIs(Flavor flavor) {
        Recorder recorder = new Recorder();
        AtomicInteger created = new AtomicInteger();
        recorder.answer(request -> request instanceof CreateMultipartUploadRequest
                ? CreateMultipartUploadResponse.builder()
                        .uploadId("upload-" + created.incrementAndGet())
                        .build()
                : null);
        // The policy knows nothing of encryption on the client; only the requests that begin the uploads do.
        Object client =
                flavor.open(recorder, builder -> builder.policy(EncryptionPolicy.always(EncryptionMode.sseS3())));
        CreateMultipartUploadRequest begin = CreateMultipartUploadRequest.builder()
                .bucket("bucket")
                .key("key")
                .overrideConfiguration(EncryptionOverride.mode(MODE))
                .build();
        for (int i = 0; i <= REMEMBERED; i++) {
            Flavor.send(client, begin);
        }
        int before = recorder.requests().size();

        assertThrows(OperationRefusedException.class, () -> Flavor.send(client, part("upload-1")));
        assertEquals(before, recorder.requests().size());
        Flavor.send(client, part("upload-" + (REMEMBERED + 1)));
        S3Request sent = recorder.last();
        assertEquals("upload-" + (REMEMBERED + 1), ((UploadPartRequest) sent).uploadId());
    }

    private static UploadPartRequest part(String uploadId) {
        return UploadPartRequest.builder()
                .bucket("bucket")
                .key("key")
                .uploadId(uploadId)
                .partNumber(1)
                .build();
    }
}
