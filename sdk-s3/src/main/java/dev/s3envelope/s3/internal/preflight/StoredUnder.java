package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.keyring.EncryptionContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;

/** What an object is encrypted under on the server, as far as KMS has a say. */
sealed interface StoredUnder {
    /** S3 asks KMS nothing: SSE-S3, SSE-C, or nothing at all. */
    record NoKey() implements StoredUnder {}

    /** Not known. */
    record Unknown() implements StoredUnder {}

    /**
     * A KMS key.
     *
     * @param arn the key
     * @param bucketKey whether S3 asks with the ARN of the bucket, because of a Bucket Key, or with that of the object
     * @param custom what the writer added to the encryption context; S3 shows it to nobody afterwards
     */
    record Key(KeyArn arn, boolean bucketKey, Map<String, String> custom) implements StoredUnder {
        public Key {
            custom = Map.copyOf(custom);
        }

        /**
         * The context S3 asks KMS with (Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys"); empty under an access point or in a directory bucket, where
         * the request does not tell the ARN.
         */
        Optional<EncryptionContext> context(ObjectAddress object) {
            if (!tellsArn(object)) {
                return Optional.empty();
            }
            Map<String, String> pairs = new HashMap<>(custom);
            pairs.put(OBJECT_ARN, bucketKey ? object.bucketArn(arn.partition()) : object.arn(arn.partition()));
            return Optional.of(EncryptionContext.of(pairs));
        }

        /** Whether an answer of S3, which does not show what the writer added, is of this. */
        boolean isShownBy(Key answer) {
            return arn.equals(answer.arn) && bucketKey == answer.bucketKey;
        }

        Key withCustom(Map<String, String> added) {
            return new Key(arn, bucketKey, added);
        }

        /** Whether the address of a request is that of the object itself. */
        static boolean tellsArn(ObjectAddress object) {
            String bucket = object.bucket();
            return !object.isAccessPointArn()
                    && !object.isDirectoryBucket()
                    && !bucket.endsWith("-s3alias")
                    && !bucket.endsWith("--ol-s3");
        }
    }

    /** The key of the encryption context that S3 itself adds. */
    String OBJECT_ARN = "aws:s3:arn";

    /** What the answer to a HEAD, GET, PUT, copy or completed upload says. */
    static StoredUnder of(SdkPojo answer) {
        Optional<String> encryption = field(answer, "ServerSideEncryption", String.class);
        if (encryption.filter(name -> name.startsWith("aws:kms")).isEmpty()) {
            return encryption.isEmpty() || encryption.get().equals("AES256") ? new NoKey() : new Unknown();
        }
        boolean bucketKey = field(answer, "BucketKeyEnabled", Boolean.class).orElse(false);
        return field(answer, "SSEKMSKeyId", String.class)
                .flatMap(KeyArn::tryParse)
                .<StoredUnder>map(arn -> new Key(arn, bucketKey, Map.of()))
                .orElseGet(Unknown::new);
    }

    /** A field of a request or an answer, by the name S3 gives it; empty where the operation has none of that name. */
    static <V> Optional<V> field(SdkPojo pojo, String name, Class<V> type) {
        if (pojo instanceof SdkRequest request) {
            return request.getValueForField(name, type);
        }
        return pojo instanceof SdkResponse response ? response.getValueForField(name, type) : Optional.empty();
    }
}
