package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.kms.KmsBackend;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A KMS that knows nothing of policies: it hands keys out and back, checks contexts, records calls and fails to order. */
final class FakeKms implements KmsBackend {
    /** One call: operation, requester and context. */
    record Call(String operation, String requester, Map<String, String> context, String key) {}

    private record Kept(String plaintext, Map<String, String> context, String arn) {}

    private final Map<Integer, Kept> keys = new HashMap<>();
    private final List<Call> calls = new ArrayList<>();
    private final SecureRandom random = new SecureRandom();
    private BiFunction<String, String, @Nullable AwsError> failure = (operation, key) -> null;

    synchronized void failWith(BiFunction<String, String, @Nullable AwsError> newFailure) {
        failure = newFailure;
    }

    synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    synchronized void forget() {
        calls.clear();
    }

    @Override
    public synchronized S3DataKey generateDataKey(S3KmsRequest request, String key) {
        String arn = key.startsWith("arn:")
                ? key
                : "arn:aws:kms:" + request.viaRegion() + ":111122223333:key/" + key.replace("alias/", "");
        record("GenerateDataKey", request, arn);
        byte[] plaintext = new byte[32];
        random.nextBytes(plaintext);
        int id = keys.size();
        keys.put(id, new Kept(Base64.getEncoder().encodeToString(plaintext), Map.copyOf(request.context()), arn));
        return new S3DataKey(arn, plaintext, ByteBuffer.allocate(4).putInt(id).array());
    }

    @Override
    public synchronized byte[] decrypt(S3KmsRequest request, byte[] wrappedKey) {
        Kept kept = Objects.requireNonNull(keys.get(ByteBuffer.wrap(wrappedKey).getInt()));
        record("Decrypt", request, kept.arn());
        if (!kept.context().equals(request.context())) {
            throw new AwsError(400, "InvalidCiphertextException", "");
        }
        return Base64.getDecoder().decode(kept.plaintext());
    }

    @Override
    public String awsManagedS3Key(String accountId, String region) {
        return "arn:aws:kms:" + region + ":" + accountId + ":key/aws-s3";
    }

    private void record(String operation, S3KmsRequest request, String arn) {
        calls.add(new Call(
                operation,
                Objects.requireNonNull(request.caller().credential())
                        .principal()
                        .arn(),
                Map.copyOf(request.context()),
                arn));
        AwsError error = failure.apply(operation, arn);
        if (error != null) {
            throw error;
        }
    }
}
