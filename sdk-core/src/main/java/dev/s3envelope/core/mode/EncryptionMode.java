package dev.s3envelope.core.mode;

import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.ssec.SseCKeySource;

/**
 * How one object is encrypted. Immutable; equal modes have equal parameters.
 *
 * <p>Every mode has a server-side mode beneath it, which decides the encryption headers of the request: a server-side mode
 * is its own. {@link #withServerSide} changes what is beneath and keeps whatever is above.
 */
public sealed interface EncryptionMode permits ServerSideMode, ClientSide {
    /** The mode in which S3 itself encrypts what it is sent. */
    ServerSideMode serverSide();

    /** This mode over another server-side mode. */
    EncryptionMode withServerSide(ServerSideMode beneath);

    /** Keys owned and managed by S3 ({@code AES256}). */
    static SseS3 sseS3() {
        return SseS3.INSTANCE;
    }

    /** A KMS key, the bucket key left to the bucket, no added context. */
    static SseKms sseKms(KeyReference key) {
        return SseKms.builder(key).build();
    }

    /** A KMS key in any form {@link KeyReference#parse} reads. */
    static SseKms sseKms(String key) {
        return sseKms(KeyReference.parse(key));
    }

    /** The {@code aws/s3} key that AWS manages in the caller's account ({@code aws:kms} without a key). */
    static SseKms awsManagedKms() {
        return SseKms.builder().build();
    }

    /** Two layers under a KMS key, no added context. */
    static DsseKms dsseKms(KeyReference key) {
        return DsseKms.builder(key).build();
    }

    /** Two layers under a KMS key in any form {@link KeyReference#parse} reads. */
    static DsseKms dsseKms(String key) {
        return dsseKms(KeyReference.parse(key));
    }

    /** Keys of the customer, sent with each request. */
    static SseC sseC(SseCKeySource source) {
        return new SseC(source);
    }

    /** No headers: the bucket decides. */
    static BucketDefault bucketDefault() {
        return BucketDefault.INSTANCE;
    }

    /** Encrypted on the client under a keyring, over the bucket's default; {@link ClientSide#builder} has the rest. */
    static ClientSide clientSide(String keyringName, Keyring keyring) {
        return ClientSide.builder(keyringName, keyring).build();
    }
}
