package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.s3.internal.clientside.PlaintextChecks;
import dev.s3envelope.s3.internal.clientside.RequestAttributes;
import dev.s3envelope.s3.internal.clientside.ResponseFields;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * Short bodies that S3 alone encrypts. The CRC32 that the AWS SDK would put behind such a body, in chunks of its own encoding, goes into a header instead: S3 checks and keeps
 * the same checksum, and the request takes a fraction of the memory and less time. The body is read once, to its announced length, as the AWS SDK does; a retry sends
 * the same bytes.
 *
 * <p>Only where the AWS SDK would have chosen that checksum itself, and where nothing changes the body after it was read.
 */
final class ShortBodies {
    /** Bytes of the longest: beyond it the bytes themselves cost more than their wrapping. */
    static final int LONGEST = 64 * 1024;

    private static final String AWS_SDK = "software.amazon.awssdk.";

    private final boolean unchanged;

    private ShortBodies(boolean unchanged) {
        this.unchanged = unchanged;
    }

    /** Bodies that go through one client. */
    static ShortBodies through(S3Client client) {
        // A client that somebody else wrote may do with a body what it likes.
        return new ShortBodies(client.getClass().getName().startsWith(AWS_SDK) && addsChecksums(client));
    }

    /** Sends a body, short or not. */
    PutObjectResponse put(
            PutObjectRequest request,
            RequestBody body,
            BiFunction<PutObjectRequest, RequestBody, PutObjectResponse> send) {
        ContentStreamProvider content = body.contentStreamProvider();
        long length = body.optionalContentLength().orElse(Long.MAX_VALUE);
        if (!unchanged || content == null || length > LONGEST || !leavesChecksumToTheSdk(request, length)) {
            return send.apply(RequestAttributes.arrived(request), body);
        }
        byte[] bytes = read(content, (int) length, request);
        PutObjectRequest.Builder sent =
                request.toBuilder().checksumCRC32(PlaintextChecks.crc32(List.of(ByteBuffer.wrap(bytes))));
        RequestAttributes.arrived(sent, request);
        return send.apply(
                sent.build(),
                RequestBody.fromContentProvider(
                        ContentStreamProvider.fromByteArrayUnsafe(bytes), length, body.contentType()));
    }

    private static boolean leavesChecksumToTheSdk(PutObjectRequest request, long length) {
        return request.checksumAlgorithmAsString() == null
                && ResponseFields.checksums(request).isEmpty()
                && (request.contentLength() == null || request.contentLength() == length)
                && request.writeOffsetBytes() == null
                && request.overrideConfiguration()
                        .map(configuration -> configuration.headers().isEmpty()
                                && configuration.rawQueryParameters().isEmpty())
                        .orElse(true);
    }

    private static byte[] read(ContentStreamProvider content, int length, PutObjectRequest request) {
        byte[] bytes = new byte[length];
        int count;
        try (InputStream in = content.newStream()) {
            count = in.readNBytes(bytes, 0, length);
        } catch (IOException e) {
            throw new EnvelopeException("The body of " + address(request) + " could not be read.", e);
        }
        if (count < length) {
            throw new EnvelopeException("The body of " + address(request) + " has " + count + " of the " + length
                    + " bytes that were announced. Announce the true length. Nothing was sent.");
        }
        return bytes;
    }

    private static ObjectAddress address(PutObjectRequest request) {
        return new ObjectAddress(request.bucket(), request.key());
    }

    private static boolean addsChecksums(S3Client client) {
        @Nullable S3ServiceClientConfiguration configuration;
        try {
            configuration = client.serviceClientConfiguration();
        } catch (UnsupportedOperationException none) {
            return false;
        }
        return configuration != null
                && configuration.requestChecksumCalculation() == RequestChecksumCalculation.WHEN_SUPPORTED
                && configuration.overrideConfiguration().executionInterceptors().stream()
                        .noneMatch(ShortBodies::changesBodies);
    }

    private static boolean changesBodies(ExecutionInterceptor interceptor) {
        Class<?> type = interceptor.getClass();
        try {
            return !type.getName().startsWith(AWS_SDK)
                    && type.getMethod("modifyHttpContent", Context.ModifyHttpRequest.class, ExecutionAttributes.class)
                                    .getDeclaringClass()
                            != ExecutionInterceptor.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("cannot happen: every interceptor has it", e);
        }
    }
}
