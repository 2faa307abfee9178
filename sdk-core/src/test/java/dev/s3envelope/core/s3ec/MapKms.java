package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.keyring.DataKey;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyRequest;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.encryption.s3.materials.KmsKeyring;

/** A KMS made of a map: it gives a data key back for the very context it was made with. */
final class MapKms {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Wrapped(byte[] key, Map<String, String> context) {}

    private final Map<SdkBytes, Wrapped> keys = new ConcurrentHashMap<>();
    private Map<String, String> lastContext = Map.of();

    Map<String, String> lastContext() {
        return lastContext;
    }

    private byte[] generate(Map<String, String> context) {
        byte[] blob = new byte[120];
        Fixture.RANDOM.nextBytes(blob);
        byte[] key = new byte[32];
        Fixture.RANDOM.nextBytes(key);
        keys.put(SdkBytes.fromByteArray(blob), new Wrapped(key, Map.copyOf(context)));
        lastContext = Map.copyOf(context);
        return blob;
    }

    private byte[] open(byte[] blob, Map<String, String> context) {
        Wrapped wrapped = keys.get(SdkBytes.fromByteArray(blob));
        if (wrapped == null || !wrapped.context().equals(context)) {
            throw InvalidCiphertextException.builder().message("no").build();
        }
        return wrapped.key().clone();
    }

    KmsKeyring peerKeyring() {
        KmsClient client = new KmsClient() {
            @Override
            public String serviceName() {
                return "kms";
            }

            @Override
            public void close() {}

            @Override
            public GenerateDataKeyResponse generateDataKey(GenerateDataKeyRequest request) {
                byte[] blob = generate(request.encryptionContext());
                return GenerateDataKeyResponse.builder()
                        .ciphertextBlob(SdkBytes.fromByteArray(blob))
                        .plaintext(SdkBytes.fromByteArray(open(blob, request.encryptionContext())))
                        .build();
            }

            @Override
            public DecryptResponse decrypt(DecryptRequest request) {
                return DecryptResponse.builder()
                        .plaintext(SdkBytes.fromByteArray(
                                open(request.ciphertextBlob().asByteArray(), request.encryptionContext())))
                        .build();
            }
        };
        return KmsKeyring.builder()
                .kmsClient(client)
                .wrappingKeyId("arn:aws:kms:eu-west-1:111122223333:key/0")
                .build();
    }

    /** What a KMS keyring makes of the pieces in this package, for one caller's context. */
    S3ecKeyring ourKeyring(Map<String, String> callers) {
        return new S3ecKeyring() {
            @Override
            public S3ecWrapping wrapping() {
                return S3ecWrapping.KMS_CONTEXT;
            }

            @Override
            public CompletionStage<S3ecMaterials> generate(S3ecSuite suite, Map<String, String> ignored) {
                Map<String, String> context = S3ecKmsContext.forWrite(suite, callers);
                byte[] blob = MapKms.this.generate(context);
                return CompletableFuture.completedFuture(
                        new S3ecMaterials(suite, wrapping(), DataKey.taking(open(blob, context)), blob, context));
            }

            @Override
            public CompletionStage<DataKey> unwrap(S3ecEnvelope envelope, Map<String, String> ignored) {
                Map<String, String> context = S3ecKmsContext.forRead(envelope, callers);
                return CompletableFuture.completedFuture(DataKey.taking(open(envelope.wrappedKey(), context)));
            }
        };
    }
}
