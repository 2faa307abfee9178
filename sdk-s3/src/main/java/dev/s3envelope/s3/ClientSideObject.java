package dev.s3envelope.s3;

import dev.s3envelope.core.message.IdentityCheck;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * What a response of these clients says of an object that is encrypted on the client. The fields of such a response speak of the plaintext: length, range
 * and the caller's own metadata; this is the rest. The headers as S3 sent them, with the stored length and metadata, are in
 * {@code sdkHttpResponse()}.
 *
 * @param format {@code encryption-sdk}, {@code s3-encryption-client-v2} or {@code s3-encryption-client-v3}
 * @param identity whether the message is bound to the name it was read under; empty where no header was opened (HEAD without {@link LengthProof}) or the format has none
 * @param storedLength bytes of the object as S3 stores it
 */
public record ClientSideObject(String format, Optional<IdentityCheck> identity, OptionalLong storedLength) {
    private static final String FORMAT = "x-s3envelope-format";
    private static final String IDENTITY = "x-s3envelope-identity";
    private static final String LENGTH = "x-s3envelope-stored-length";

    /** What a response says; empty where the object is not encrypted on the client, or its bytes were not decrypted. */
    public static Optional<ClientSideObject> of(SdkResponse response) {
        SdkHttpResponse http = response.sdkHttpResponse();
        if (http == null) {
            return Optional.empty();
        }
        return http.firstMatchingHeader(FORMAT)
                .map(format -> new ClientSideObject(
                        format,
                        http.firstMatchingHeader(IDENTITY).map(IdentityCheck::valueOf),
                        http.firstMatchingHeader(LENGTH)
                                .map(text -> OptionalLong.of(Long.parseLong(text)))
                                .orElseGet(OptionalLong::empty)));
    }

    /** Adds this to an HTTP response that is being built; what S3 itself may have sent under these names is replaced. */
    public void addTo(SdkHttpResponse.Builder http) {
        http.removeHeader(IDENTITY).removeHeader(LENGTH).putHeader(FORMAT, format);
        identity.ifPresent(check -> http.putHeader(IDENTITY, check.name()));
        storedLength.ifPresent(length -> http.putHeader(LENGTH, Long.toString(length)));
    }

    /** An HTTP response that says nothing of the kind, whoever sent it. */
    public static SdkHttpResponse removedFrom(SdkHttpResponse http) {
        return Map.of(FORMAT, "", IDENTITY, "", LENGTH, "").keySet().stream()
                        .noneMatch(name -> http.firstMatchingHeader(name).isPresent())
                ? http
                : http.toBuilder()
                        .removeHeader(FORMAT)
                        .removeHeader(IDENTITY)
                        .removeHeader(LENGTH)
                        .build();
    }
}
