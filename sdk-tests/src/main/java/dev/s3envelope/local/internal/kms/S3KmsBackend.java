package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.local.Faults;
import dev.s3envelope.local.internal.http.Caller;
import dev.s3envelope.local.internal.iam.Accounts;
import dev.s3envelope.local.internal.iam.Credential;
import java.util.Base64;

/** KMS for S3, in process: the operations, gate, faults and event log of a call over the wire. Thread-safe. */
final class S3KmsBackend implements KmsBackend {
    private final KmsService service;
    private final KeyStore store;
    private final Accounts accounts;
    private final Faults faults;

    S3KmsBackend(KmsService service, KeyStore store, Accounts accounts, Faults faults) {
        this.service = service;
        this.store = store;
        this.accounts = accounts;
        this.faults = faults;
    }

    @Override
    public S3DataKey generateDataKey(S3KmsRequest request, String key) {
        ObjectNode in = JsonNodeFactory.instance.objectNode().put("KeyId", key).put("KeySpec", "AES_256");
        ObjectNode out = serve(request, "GenerateDataKey", in);
        return new S3DataKey(out.get("KeyId").textValue(), bytes(out, "Plaintext"), bytes(out, "CiphertextBlob"));
    }

    @Override
    public byte[] decrypt(S3KmsRequest request, byte[] wrappedKey) {
        ObjectNode in = JsonNodeFactory.instance
                .objectNode()
                .put("CiphertextBlob", Base64.getEncoder().encodeToString(wrappedKey));
        return bytes(serve(request, "Decrypt", in), "Plaintext");
    }

    @Override
    public String awsManagedS3Key(String accountId, String region) {
        return store.awsManagedS3(accountId, region).arn();
    }

    private ObjectNode serve(S3KmsRequest request, String operation, ObjectNode in) {
        Caller caller = request.caller();
        Credential credential = caller.credential();
        if (credential == null) {
            throw KmsErrors.accessDenied("Anonymous users cannot use KMS keys.");
        }
        ObjectNode context = in.putObject("EncryptionContext");
        request.context().forEach(context::put);
        KmsCall call = new KmsCall(
                operation,
                Parameters.of(in),
                accounts.identity(credential),
                request.viaRegion(),
                request.secure(),
                null,
                "s3." + request.viaRegion() + "." + Partitions.suffix(request.viaRegion()));
        return service.serve(
                call,
                credential,
                request.requestId(),
                faults.next("kms", operation, null).orElse(null));
    }

    private static byte[] bytes(ObjectNode out, String name) {
        return Base64.getDecoder().decode(out.get(name).textValue());
    }
}
