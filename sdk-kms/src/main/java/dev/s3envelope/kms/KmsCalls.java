package dev.s3envelope.kms;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.EncryptRequest;
import software.amazon.awssdk.services.kms.model.EncryptResponse;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyRequest;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;

/** The three KMS operations of a keyring, over either kind of client. A synchronous client answers on the calling thread. */
interface KmsCalls {
    CompletionStage<GenerateDataKeyResponse> generateDataKey(GenerateDataKeyRequest request);

    CompletionStage<EncryptResponse> encrypt(EncryptRequest request);

    CompletionStage<DecryptResponse> decrypt(DecryptRequest request);

    /** Whether a call may block the calling thread. */
    boolean blocking();

    static KmsCalls of(KmsClient client) {
        return new KmsCalls() {
            @Override
            public CompletionStage<GenerateDataKeyResponse> generateDataKey(GenerateDataKeyRequest request) {
                return inline(() -> client.generateDataKey(request));
            }

            @Override
            public CompletionStage<EncryptResponse> encrypt(EncryptRequest request) {
                return inline(() -> client.encrypt(request));
            }

            @Override
            public CompletionStage<DecryptResponse> decrypt(DecryptRequest request) {
                return inline(() -> client.decrypt(request));
            }

            @Override
            public boolean blocking() {
                return true;
            }
        };
    }

    static KmsCalls of(KmsAsyncClient client) {
        return new KmsCalls() {
            @Override
            public CompletionStage<GenerateDataKeyResponse> generateDataKey(GenerateDataKeyRequest request) {
                return client.generateDataKey(request);
            }

            @Override
            public CompletionStage<EncryptResponse> encrypt(EncryptRequest request) {
                return client.encrypt(request);
            }

            @Override
            public CompletionStage<DecryptResponse> decrypt(DecryptRequest request) {
                return client.decrypt(request);
            }

            @Override
            public boolean blocking() {
                return false;
            }
        };
    }

    private static <T> CompletionStage<T> inline(Supplier<T> call) {
        try {
            return CompletableFuture.completedFuture(call.get());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
