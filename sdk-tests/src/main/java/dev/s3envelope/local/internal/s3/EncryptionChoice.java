package dev.s3envelope.local.internal.s3;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.s3envelope.local.internal.http.AwsError;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a write is to be encrypted: what its headers say, and otherwise the bucket's default.
 *
 * @param key the KMS key as the request or the bucket names it; null for the account's aws/s3 key
 */
record EncryptionChoice(
        Sealed.Mode mode,
        @Nullable String key,
        boolean bucketKey,
        Map<String, String> context,
        @Nullable CustomerKey customer)
        implements AutoCloseable {

    static final String SSE = "x-amz-server-side-encryption";
    static final String KEY_ID = "x-amz-server-side-encryption-aws-kms-key-id";
    static final String CONTEXT = "x-amz-server-side-encryption-context";
    static final String BUCKET_KEY = "x-amz-server-side-encryption-bucket-key-enabled";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(LogicalType.Textual, config -> {
                config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
            })
            .build();

    /** Reads the headers of a write and refuses each combination S3 refuses. */
    static EncryptionChoice of(S3Request request, Bucket bucket, boolean loopbackWithoutTls) {
        CustomerKey customer = CustomerKey.of(request, CustomerKey.PREFIX, loopbackWithoutTls);
        String sse = request.header(SSE);
        String keyId = request.header(KEY_ID);
        String context = request.header(CONTEXT);
        Boolean bucketKey = flag(request.header(BUCKET_KEY));
        if (customer != null) {
            return ofCustomer(customer, bucket, keyId, context);
        }
        BucketConfig.DefaultEncryption preset = bucket.config().encryption();
        if (sse == null) {
            if (keyId != null) {
                throw needsKms(KEY_ID, keyId);
            }
            if (context != null && !preset.mode().kms()) {
                throw needsKms(CONTEXT, context);
            }
            boolean enabled = bucketKey == null ? Boolean.TRUE.equals(preset.bucketKey()) : bucketKey;
            return checked(
                    request,
                    new EncryptionChoice(
                            preset.mode(),
                            preset.key(),
                            enabled && preset.mode() == Sealed.Mode.SSE_KMS,
                            parseContext(context),
                            null),
                    loopbackWithoutTls);
        }
        Sealed.Mode mode = mode(sse);
        if (!mode.kms()) {
            if (keyId != null) {
                throw needsKms(KEY_ID, keyId);
            }
            if (context != null) {
                throw needsKms(CONTEXT, context);
            }
            return new EncryptionChoice(mode, null, false, Map.of(), null);
        }
        if (mode == Sealed.Mode.DSSE_KMS && Boolean.TRUE.equals(bucketKey)) {
            throw S3Errors.argument(
                    BUCKET_KEY,
                    "true",
                    "S3 Bucket Keys are not supported for dual-layer server-side encryption (DSSE-KMS).");
        }
        boolean inherited = bucketKey == null && Boolean.TRUE.equals(preset.bucketKey());
        boolean enabled = mode == Sealed.Mode.SSE_KMS && (inherited || Boolean.TRUE.equals(bucketKey));
        return checked(
                request, new EncryptionChoice(mode, keyId, enabled, parseContext(context), null), loopbackWithoutTls);
    }

    private static EncryptionChoice ofCustomer(
            CustomerKey customer, Bucket bucket, @Nullable String keyId, @Nullable String context) {
        if (keyId != null || context != null) {
            customer.close();
            throw S3Errors.argument(
                    keyId != null ? KEY_ID : CONTEXT,
                    String.valueOf(keyId != null ? keyId : context),
                    "Server Side Encryption with Customer provided key is incompatible with the encryption method"
                            + " specified");
        }
        if (bucket.config().encryption().blocksSseC()) {
            customer.close();
            throw new AwsError(
                    403,
                    "AccessDenied",
                    "Access Denied because this bucket has blocked upload requests that specify Server Side Encryption"
                            + " with Customer provided keys (SSE-C). Please specify a different server-side encryption"
                            + " type.");
        }
        return new EncryptionChoice(Sealed.Mode.SSE_C, null, false, Map.of(), customer);
    }

    private static EncryptionChoice checked(S3Request request, EncryptionChoice choice, boolean loopbackWithoutTls) {
        if (choice.mode.kms()) {
            String subject = "Requests specifying Server Side Encryption with AWS KMS managed keys ";
            if (request.caller().credential() == null) {
                throw S3Errors.argument(subject + "require AWS Signature Version 4.");
            }
            if (!request.call().secure()
                    && !(loopbackWithoutTls && request.call().remoteAddress().isLoopbackAddress())) {
                throw S3Errors.argument(subject + "must be made over a secure connection.");
            }
        }
        return choice;
    }

    static Sealed.Mode mode(String header) {
        for (Sealed.Mode mode : Sealed.Mode.values()) {
            if (mode.header().equals(header) && mode != Sealed.Mode.SSE_C) {
                return mode;
            }
        }
        throw S3Errors.argument(SSE, header, "The encryption method specified is not supported");
    }

    static @Nullable Boolean flag(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw S3Errors.argument(BUCKET_KEY, text, "The value of the bucket key header must be true or false.");
        };
    }

    private static AwsError needsKms(String header, String value) {
        return S3Errors.argument(
                header,
                value,
                "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption :"
                        + " aws:kms");
    }

    static Map<String, String> parseContext(@Nullable String header) {
        if (header == null) {
            return Map.of();
        }
        try {
            String json = new String(Base64.getDecoder().decode(header), StandardCharsets.UTF_8);
            Map<String, String> parsed = JSON.readValue(json, new TypeReference<TreeMap<String, String>>() {});
            if (parsed == null || parsed.containsValue(null)) {
                throw badContext(header);
            }
            return parsed;
        } catch (IllegalArgumentException | JsonProcessingException e) {
            throw badContext(header);
        }
    }

    private static AwsError badContext(String header) {
        return S3Errors.argument(
                CONTEXT,
                header,
                "The header '" + CONTEXT + "' shall be Base64-encoded UTF-8 string holding JSON which represents a"
                        + " string-string map");
    }

    /** The header form of an encryption context, as Put answers it. */
    static String contextHeader(Map<String, String> context) {
        try {
            return Base64.getEncoder().encodeToString(JSON.writeValueAsBytes(new TreeMap<>(context)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of strings has a JSON form", e);
        }
    }

    @Override
    public void close() {
        if (customer != null) {
            customer.close();
        }
    }
}
