package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.IdentityCheck;
import dev.s3envelope.core.s3ec.S3ecFormat;
import dev.s3envelope.core.s3ec.S3ecMetadata;
import dev.s3envelope.s3.ClientSideObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Response;

/** Answers of S3 in plaintext terms: length, range, and the caller's own metadata; no checksums, which are of the ciphertext. */
public final class PlainAnswers {
    private PlainAnswers() {}

    static GetObjectResponse of(
            GetObjectResponse answer,
            StoredForm.Kind form,
            OptionalLong length,
            @Nullable String contentRange,
            Optional<IdentityCheck> identity,
            long storedLength) {
        GetObjectResponse.Builder plain = answer.toBuilder()
                .contentLength(length.isPresent() ? length.getAsLong() : null)
                .contentRange(contentRange)
                .metadata(own(answer.metadata()));
        ResponseFields.removeChecksums(answer, plain);
        SdkHttpResponse http = noted(answer, form, answer.metadata(), contentRange, identity, storedLength);
        if (http != null) {
            plain.sdkHttpResponse(http);
        }
        return plain.build();
    }

    static HeadObjectResponse of(
            HeadObjectResponse answer,
            StoredForm.Kind form,
            OptionalLong length,
            @Nullable String contentRange,
            Optional<IdentityCheck> identity,
            long storedLength) {
        HeadObjectResponse.Builder plain = answer.toBuilder()
                .contentLength(length.isPresent() ? length.getAsLong() : null)
                .contentRange(contentRange)
                .metadata(own(answer.metadata()));
        ResponseFields.removeChecksums(answer, plain);
        SdkHttpResponse http = noted(answer, form, answer.metadata(), contentRange, identity, storedLength);
        if (http != null) {
            plain.sdkHttpResponse(http);
        }
        return plain.build();
    }

    /** The HTTP response with a note of what the object is, and the range in plaintext terms: the SDK writes the parts of a file where that header says, not where the answer does. */
    private static @Nullable SdkHttpResponse noted(
            S3Response answer,
            StoredForm.Kind form,
            Map<String, String> metadata,
            @Nullable String contentRange,
            Optional<IdentityCheck> identity,
            long storedLength) {
        SdkHttpResponse http = answer.sdkHttpResponse();
        return http == null
                ? null
                : new NotedHttpResponse(
                        http,
                        contentRange,
                        new ClientSideObject(format(form, metadata), identity, OptionalLong.of(storedLength)));
    }

    private static String format(StoredForm.Kind form, Map<String, String> metadata) {
        if (form == StoredForm.Kind.MESSAGE) {
            return "encryption-sdk";
        }
        return switch (S3ecFormat.of(metadata)) {
            case V3 -> "s3-encryption-client-v3";
            case V2 -> "s3-encryption-client-v2";
            default -> "s3-encryption-client-legacy";
        };
    }

    /** The entries the caller gave. */
    public static Map<String, String> own(Map<String, String> metadata) {
        Map<String, String> own = new LinkedHashMap<>();
        metadata.forEach((name, value) -> {
            if (!StoredForm.isMarker(name) && !S3ecMetadata.isReserved(name)) {
                own.put(name, value);
            }
        });
        return own;
    }
}
