package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Encrypt, Decrypt, ReEncrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext and GenerateRandom. Each checks in the order of KMS:
 * parameters, key, permission, key usage and state, ciphertext; then a dry run ends.
 */
final class CryptoOperations {
    /** The most that Encrypt takes with a symmetric key. */
    private static final int PLAINTEXT_LIMIT = 4096;

    private static final int RANDOM_LIMIT = 1024;
    private static final String ALGORITHM = "SYMMETRIC_DEFAULT";
    private static final List<String> ALGORITHMS =
            List.of(ALGORITHM, "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE");
    private static final List<String> MODIFIERS = List.of("IGNORE_CIPHERTEXT");

    private final KeyStore store;
    private final KeyResolver keys;
    private final KmsGatekeeper gate;

    CryptoOperations(KeyStore store, KeyResolver keys, KmsGatekeeper gate) {
        this.store = store;
        this.keys = keys;
        this.gate = gate;
    }

    ObjectNode encrypt(KmsCall call) {
        byte[] plaintext = call.in().blob("Plaintext", PLAINTEXT_LIMIT);
        try {
            requireSymmetric(call.in().optionalChoice("EncryptionAlgorithm", ALGORITHMS));
            Map<String, String> context = call.context(call.in().map("EncryptionContext"));
            KmsKey key = keys.resolve(call, call.in().text("KeyId"));
            gate.require(call, "kms:Encrypt", key);
            requireUsable(key, call);
            call.endDryRun();
            return answer(key)
                    .put("CiphertextBlob", base64(seal(key, plaintext, context)))
                    .put("EncryptionAlgorithm", ALGORITHM);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    ObjectNode generateDataKey(KmsCall call) {
        return generate(call, true);
    }

    ObjectNode generateDataKeyWithoutPlaintext(KmsCall call) {
        return generate(call, false);
    }

    private ObjectNode generate(KmsCall call, boolean withPlaintext) {
        int length = dataKeyLength(call.in());
        Map<String, String> context = call.context(call.in().map("EncryptionContext"));
        KmsKey key = keys.resolve(call, call.in().text("KeyId"));
        gate.require(call, "kms:" + call.operation(), key);
        requireUsable(key, call);
        call.endDryRun();
        byte[] dataKey = new byte[length];
        store.random().nextBytes(dataKey);
        try {
            KeyMaterial material = store.currentMaterial(key);
            ObjectNode out = answer(key)
                    .put("CiphertextBlob", base64(seal(key, material, dataKey, context)))
                    .put("KeyMaterialId", material.id());
            return withPlaintext ? out.put("Plaintext", base64(dataKey)) : out;
        } finally {
            Arrays.fill(dataKey, (byte) 0);
        }
    }

    private static int dataKeyLength(Parameters in) {
        String spec = in.optionalChoice("KeySpec", List.of("AES_256", "AES_128"));
        OptionalInt bytes = in.number("NumberOfBytes", 1, RANDOM_LIMIT);
        if ((spec == null) == bytes.isEmpty()) {
            throw KmsErrors.validation("Please specify either number of bytes or key spec.");
        }
        if (spec != null) {
            return spec.equals("AES_256") ? 32 : 16;
        }
        return bytes.getAsInt();
    }

    ObjectNode decrypt(KmsCall call) {
        Parameters in = call.in();
        boolean ignoreCiphertext = ignoresCiphertext(in);
        byte @Nullable [] blob = in.optionalBlob("CiphertextBlob", CiphertextBlob.LIMIT);
        String keyId = in.optionalText("KeyId");
        if (ignoreCiphertext && keyId == null) {
            throw KmsErrors.validation("KeyId must be specified when DryRunModifiers contains IGNORE_CIPHERTEXT.");
        }
        if (!ignoreCiphertext && blob == null) {
            throw KmsErrors.missing("ciphertextBlob");
        }
        requireSymmetric(in.optionalChoice("EncryptionAlgorithm", ALGORITHMS));
        call.context(in.map("EncryptionContext"));
        if (ignoreCiphertext) {
            KmsKey key = keys.resolve(call, Objects.requireNonNull(keyId));
            gate.require(call, "kms:Decrypt", key);
            requireUsable(key, call);
            throw KmsErrors.dryRun();
        }
        Opened opened = open(call, Objects.requireNonNull(blob), keyId, "kms:Decrypt", call.context());
        try {
            call.endDryRun();
            return answer(opened.key)
                    .put("Plaintext", base64(opened.plaintext))
                    .put("EncryptionAlgorithm", ALGORITHM)
                    .put("KeyMaterialId", opened.materialId);
        } finally {
            Arrays.fill(opened.plaintext, (byte) 0);
        }
    }

    ObjectNode reEncrypt(KmsCall call) {
        Parameters in = call.in();
        boolean ignoreCiphertext = ignoresCiphertext(in);
        byte @Nullable [] blob = in.optionalBlob("CiphertextBlob", CiphertextBlob.LIMIT);
        String sourceId = in.optionalText("SourceKeyId");
        if (ignoreCiphertext && sourceId == null) {
            throw KmsErrors.validation(
                    "SourceKeyId must be specified when DryRunModifiers contains IGNORE_CIPHERTEXT.");
        }
        if (!ignoreCiphertext && blob == null) {
            throw KmsErrors.missing("ciphertextBlob");
        }
        requireSymmetric(in.optionalChoice("SourceEncryptionAlgorithm", ALGORITHMS));
        requireSymmetric(in.optionalChoice("DestinationEncryptionAlgorithm", ALGORITHMS));
        String destinationId = in.text("DestinationKeyId");
        Map<String, String> sourceContext = in.map("SourceEncryptionContext");
        Map<String, String> destinationContext = in.map("DestinationEncryptionContext");

        KmsKey target = keys.resolve(call, destinationId);
        @Nullable Opened opened = null;
        KmsKey source;
        call.context(sourceContext);
        if (ignoreCiphertext) {
            source = keys.resolve(call, Objects.requireNonNull(sourceId));
            gate.require(call, "kms:ReEncryptFrom", source, sameKey(source, target));
            requireUsable(source, call);
        } else {
            opened = open(call, Objects.requireNonNull(blob), sourceId, "kms:ReEncryptFrom", sourceContext);
            source = opened.key;
        }
        try {
            call.context(destinationContext);
            call.details().put("sourceKey", source.arn());
            call.resource(target.arn());
            gate.require(call, "kms:ReEncryptTo", target, sameKey(source, target));
            requireUsable(target, call);
            call.endDryRun();
            byte[] plaintext = Objects.requireNonNull(opened).plaintext;
            KeyMaterial material = store.currentMaterial(target);
            return answer(target)
                    .put("CiphertextBlob", base64(seal(target, material, plaintext, destinationContext)))
                    .put("SourceKeyId", source.arn())
                    .put("SourceEncryptionAlgorithm", ALGORITHM)
                    .put("DestinationEncryptionAlgorithm", ALGORITHM)
                    .put("SourceKeyMaterialId", opened.materialId)
                    .put("DestinationKeyMaterialId", material.id());
        } finally {
            if (opened != null) {
                Arrays.fill(opened.plaintext, (byte) 0);
            }
        }
    }

    private static Map<String, List<String>> sameKey(KmsKey source, KmsKey target) {
        return Map.of("kms:ReEncryptOnSameKey", List.of(String.valueOf(source == target)));
    }

    ObjectNode generateRandom(KmsCall call) {
        int length = call.in()
                .number("NumberOfBytes", 1, RANDOM_LIMIT)
                .orElseThrow(() -> KmsErrors.missing("numberOfBytes"));
        gate.require(call, "kms:GenerateRandom");
        byte[] bytes = new byte[length];
        store.random().nextBytes(bytes);
        return JsonNodeFactory.instance.objectNode().put("Plaintext", base64(bytes));
    }

    /** Seals for S3 or for a request; the same blob either way. */
    byte[] seal(KmsKey key, byte[] plaintext, Map<String, String> context) {
        return seal(key, store.currentMaterial(key), plaintext, context);
    }

    private byte[] seal(KmsKey key, KeyMaterial material, byte[] plaintext, Map<String, String> context) {
        byte[] sealed =
                material.encrypt(plaintext, CiphertextBlob.associatedData(key, material.id(), context), store.random());
        return CiphertextBlob.of(key.arn(), material.id(), sealed).bytes();
    }

    /** A key, what its blob held, and the generation that held it. */
    private static final class Opened {
        private final KmsKey key;
        private final byte[] plaintext;
        private final String materialId;

        private Opened(KmsKey key, byte[] plaintext, String materialId) {
            this.key = key;
            this.plaintext = plaintext;
            this.materialId = materialId;
        }
    }

    private Opened open(
            KmsCall call, byte[] bytes, @Nullable String keyId, String action, Map<String, String> context) {
        CiphertextBlob blob = CiphertextBlob.parse(bytes);
        Optional<KmsKey> wrapping = keyOf(blob, call.region());
        KmsKey key;
        if (keyId != null) {
            key = keys.resolve(call, keyId);
            gate.require(call, action, key);
            requireUsable(key, call);
            if (wrapping.isEmpty() || wrapping.get() != key) {
                throw KmsErrors.incorrectKey();
            }
        } else {
            key = wrapping.orElseThrow(() -> KmsErrors.accessDenied(KmsErrors.OPAQUE_CIPHERTEXT));
            call.resource(key.arn());
            gate.requireForCiphertext(call, action, key);
            requireUsable(key, call);
        }
        KeyMaterial material = key.material(blob.materialId()).orElseThrow(KmsErrors::invalidCiphertext);
        byte[] plaintext = material.decrypt(blob.sealed(), CiphertextBlob.associatedData(key, material.id(), context));
        return new Opened(key, plaintext, material.id());
    }

    /** The key of this Region that can open a blob: the one that made it, or a related multi-Region key. */
    private Optional<KmsKey> keyOf(CiphertextBlob blob, String region) {
        String[] arn = blob.keyArn().split(":", 6);
        if (arn.length != 6 || !arn[5].startsWith("key/")) {
            throw KmsErrors.invalidCiphertext();
        }
        String id = arn[5].substring("key/".length());
        if (!arn[3].equals(region) && !id.startsWith("mrk-")) {
            return Optional.empty();
        }
        return store.find(arn[4], region, id);
    }

    private static boolean ignoresCiphertext(Parameters in) {
        List<String> modifiers = in.texts("DryRunModifiers");
        for (String modifier : modifiers) {
            if (!MODIFIERS.contains(modifier)) {
                throw KmsErrors.constraint(
                        "[" + modifier + "]", "dryRunModifiers", "Member must satisfy enum value set: " + MODIFIERS);
            }
        }
        if (!modifiers.isEmpty() && !in.flag("DryRun")) {
            throw KmsErrors.validation("DryRunModifiers can only be specified when DryRun is true.");
        }
        return !modifiers.isEmpty();
    }

    private static void requireSymmetric(@Nullable String algorithm) {
        if (algorithm != null && !algorithm.equals(ALGORITHM)) {
            throw KmsErrors.unsupported("This endpoint encrypts with SYMMETRIC_DEFAULT only, not " + algorithm + ".");
        }
    }

    private static void requireUsable(KmsKey key, KmsCall call) {
        key.state().requireUsable(key);
        if (key.spec() != KeySpec.SYMMETRIC_DEFAULT) {
            throw KmsErrors.invalidUsage(key, call.operation());
        }
    }

    private static ObjectNode answer(KmsKey key) {
        return JsonNodeFactory.instance.objectNode().put("KeyId", key.arn());
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
