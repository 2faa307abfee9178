package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.kms.KmsBackend;
import dev.s3envelope.local.internal.kms.KmsBackend.S3DataKey;
import dev.s3envelope.local.internal.kms.KmsBackend.S3KmsRequest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes and opens the data keys of objects. For KMS modes it calls KMS as the requester, with the caller's context and
 * {@code aws:s3:arn}: the object's ARN, or the bucket's under an S3 Bucket Key. Thread-safe.
 */
final class DataKeys {
    private final S3Settings settings;
    private final RootKey rootKey;
    private final KmsBackend kms;
    private final BucketKeys bucketKeys;

    DataKeys(S3Settings settings, RootKey rootKey, KmsBackend kms) {
        this.settings = settings;
        this.rootKey = rootKey;
        this.kms = kms;
        this.bucketKeys = new BucketKeys(settings.clock(), settings.bucketKeyLifetime());
    }

    /** A fresh data key and the record that opens it again. */
    record Fresh(Sealed sealed, ObjectKeys keys) {}

    Fresh create(S3Request request, Bucket bucket, String key, EncryptionChoice choice) {
        String owner = bucket.name() + "/" + key;
        CustomerKey customer = choice.customer();
        if (customer != null) {
            Sealed.Customer recognition = customer.recognition(settings.random());
            return new Fresh(
                    new Sealed(Sealed.Mode.SSE_C, null, false, Map.of(), null, "", null, recognition),
                    customer.dataKey(recognition));
        }
        byte[] dataKey = random();
        if (!choice.mode().kms()) {
            return new Fresh(
                    new Sealed(
                            choice.mode(),
                            null,
                            false,
                            Map.of(),
                            null,
                            encode(rootKey.wrap(dataKey, owner)),
                            null,
                            null),
                    new ObjectKeys(dataKey));
        }
        S3DataKey wrapping = wrappingKey(request, bucket, key, choice);
        try {
            String inner = encode(new RootKey(wrapping.plaintext(), settings.random()).wrap(dataKey, owner));
            byte[] second = choice.mode() == Sealed.Mode.DSSE_KMS ? random() : null;
            Sealed sealed = new Sealed(
                    choice.mode(),
                    wrapping.keyArn(),
                    choice.bucketKey(),
                    choice.context(),
                    encode(wrapping.wrapped()),
                    inner,
                    second == null ? null : encode(rootKey.wrap(second, owner)),
                    null);
            return new Fresh(sealed, second == null ? new ObjectKeys(dataKey) : new ObjectKeys(dataKey, second));
        } finally {
            Arrays.fill(wrapping.plaintext(), (byte) 0);
        }
    }

    /** Opens the keys of an object; {@code customer} has been compared with the object before. */
    ObjectKeys open(S3Request request, Bucket bucket, String key, Sealed sealed, @Nullable CustomerKey customer) {
        String owner = bucket.name() + "/" + key;
        if (sealed.customer() != null) {
            if (customer == null) {
                throw new IllegalStateException("an SSE-C object is opened with its key");
            }
            return customer.dataKey(sealed.customer());
        }
        if (sealed.wrappedByKms() == null) {
            return new ObjectKeys(rootKey.unwrap(decode(sealed.dataKey()), owner));
        }
        byte[] wrapping = unwrapThroughKms(request, bucket, key, sealed, sealed.wrappedByKms());
        try {
            byte[] dataKey = new RootKey(wrapping, settings.random()).unwrap(decode(sealed.dataKey()), owner);
            return sealed.secondKey() == null
                    ? new ObjectKeys(dataKey)
                    : new ObjectKeys(dataKey, rootKey.unwrap(decode(sealed.secondKey()), owner));
        } finally {
            Arrays.fill(wrapping, (byte) 0);
        }
    }

    /** Wraps the same data key anew under another KMS key; the content stays as it is. */
    Sealed rewrap(S3Request request, Bucket bucket, String key, Sealed sealed, String keyArn, boolean bucketKey) {
        try (ObjectKeys keys = open(request, bucket, key, sealed, null)) {
            EncryptionChoice choice =
                    new EncryptionChoice(Sealed.Mode.SSE_KMS, keyArn, bucketKey, sealed.context(), null);
            S3DataKey wrapping = wrappingKey(request, bucket, key, choice);
            try {
                String inner = encode(new RootKey(wrapping.plaintext(), settings.random())
                        .wrap(keys.layers().get(0), bucket.name() + "/" + key));
                return new Sealed(
                        Sealed.Mode.SSE_KMS,
                        wrapping.keyArn(),
                        bucketKey,
                        sealed.context(),
                        encode(wrapping.wrapped()),
                        inner,
                        null,
                        null);
            } finally {
                Arrays.fill(wrapping.plaintext(), (byte) 0);
            }
        }
    }

    private S3DataKey wrappingKey(S3Request request, Bucket bucket, String key, EncryptionChoice choice) {
        String kmsKey = choice.key() == null ? managedKey(request, bucket) : choice.key();
        Map<String, String> context = context(bucket, key, choice.context(), choice.bucketKey());
        S3KmsRequest kmsRequest = kmsRequest(request, bucket, context);
        if (!choice.bucketKey()) {
            return KmsFailures.translated(() -> kms.generateDataKey(kmsRequest, kmsKey));
        }
        return bucketKeys.forWrite(
                new BucketKeys.Use(bucket.name(), kmsKey, request.principalArn(), context),
                () -> KmsFailures.translated(() -> kms.generateDataKey(kmsRequest, kmsKey)));
    }

    /** Without a key id the requester's own aws/s3 key is used, whoever owns the bucket. */
    private String managedKey(S3Request request, Bucket bucket) {
        String account = request.account();
        if (account == null) {
            throw S3Errors.accessDenied();
        }
        return KmsFailures.translated(() -> kms.awsManagedS3Key(account, bucket.region()));
    }

    private byte[] unwrapThroughKms(S3Request request, Bucket bucket, String key, Sealed sealed, String wrapped) {
        if (request.caller().credential() == null) {
            throw new AwsError(
                    400,
                    "InvalidArgument",
                    "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version"
                            + " 4.");
        }
        Map<String, String> context = context(bucket, key, sealed.context(), sealed.bucketKey());
        S3KmsRequest kmsRequest = kmsRequest(request, bucket, context);
        if (!sealed.bucketKey()) {
            return KmsFailures.translated(() -> kms.decrypt(kmsRequest, decode(wrapped)));
        }
        return bucketKeys.forRead(
                new BucketKeys.Use(bucket.name(), wrapped, request.principalArn(), context),
                () -> KmsFailures.translated(() -> kms.decrypt(kmsRequest, decode(wrapped))));
    }

    private static S3KmsRequest kmsRequest(S3Request request, Bucket bucket, Map<String, String> context) {
        return new S3KmsRequest(
                request.caller(),
                bucket.region(),
                context,
                request.call().requestId(),
                request.call().secure());
    }

    private static Map<String, String> context(
            Bucket bucket, String key, Map<String, String> custom, boolean bucketKey) {
        Map<String, String> context = new TreeMap<>(custom);
        context.put("aws:s3:arn", bucketKey ? S3Request.bucketArn(bucket) : S3Request.objectArn(bucket, key));
        return context;
    }

    private byte[] random() {
        byte[] key = new byte[32];
        settings.random().nextBytes(key);
        return key;
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] decode(String text) {
        return Base64.getDecoder().decode(text);
    }
}
