package dev.s3envelope.contract;

import dev.s3envelope.core.access.KeyAccess;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.kms.KmsKeyAccess;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalPrincipal;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import dev.s3envelope.s3.Preflight;
import java.util.NavigableMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** An account with a bucket and a key, a reader with rights to be given, and clients with a preflight. */
final class PreflightFixture implements AutoCloseable {
    static final String BUCKET = "documents";
    static final String TEXT = "hello, preflight";

    final LocalAws aws = LocalAws.start();
    final LocalAccount owner = aws.account("111122223333");
    final LocalKey key = owner.createKey();
    final LocalUser reader = owner.createUser("reader").policy("s3", allow("s3:*"));
    final AtomicLong now = new AtomicLong(1);

    PreflightFixture() {
        aws.s3(owner.root()).createBucket(b -> b.bucket(BUCKET));
    }

    /** Lets the reader use the key, directly and through S3. */
    PreflightFixture readerMayDecrypt() {
        reader.policy("kms", allow("kms:Decrypt"));
        return this;
    }

    /** Lets the reader use the key through S3 alone. */
    PreflightFixture readerMayDecryptThroughS3() {
        reader.policy("kms", """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
                 "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}}]}""");
        return this;
    }

    static String allow(String action) {
        return "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"" + action
                + "\", \"Resource\": \"*\"}]}";
    }

    /** An object of the owner's under a key. */
    void store(String name, LocalKey under, boolean bucketKey) {
        aws.s3(owner.root())
                .putObject(
                        b -> b.bucket(BUCKET)
                                .key(name)
                                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                                .ssekmsKeyId(under.arn())
                                .bucketKeyEnabled(bucketKey),
                        RequestBody.fromString(TEXT));
    }

    /** A policy under which the key of each object follows from its name. */
    EncryptionPolicy byKey(BucketKey bucketKey) {
        return EncryptionPolicy.always(
                SseKms.builder(KeyArn.parse(key.arn())).bucketKey(bucketKey).build());
    }

    /** A policy that does not tell the key. */
    static EncryptionPolicy byBucket() {
        return EncryptionPolicy.always(EncryptionMode.bucketDefault());
    }

    KeyAccess keyAccess(Calls.Kind kind) {
        return access(kind, KmsKeyAccess.builder()).build();
    }

    KmsKeyAccess.Builder access(Calls.Kind kind, KmsKeyAccess.Builder builder) {
        return kind == Calls.Kind.SYNC ? builder.client(aws.kms(reader)) : builder.client(aws.kmsAsync(reader));
    }

    Calls client(Calls.Kind kind, EncryptionPolicy policy, UnaryOperator<Preflight.Builder> settings) {
        return client(kind, reader, policy, settings);
    }

    Calls client(
            Calls.Kind kind, LocalPrincipal who, EncryptionPolicy policy, UnaryOperator<Preflight.Builder> settings) {
        Preflight preflight = settings.apply(
                        Preflight.builder().keyAccess(keyAccess(kind)).ticker(now::get))
                .build();
        return kind == Calls.Kind.SYNC
                ? new Calls.Sync(EnvelopeS3Client.builder()
                        .wrapping(aws.s3(who))
                        .policy(policy)
                        .preflight(preflight)
                        .build())
                : new Calls.Async(EnvelopeS3AsyncClient.builder()
                        .wrapping(aws.s3Async(who))
                        .policy(policy)
                        .preflight(preflight)
                        .build());
    }

    static GetObjectRequest get(String name) {
        return GetObjectRequest.builder().bucket(BUCKET).key(name).build();
    }

    /** What the client itself asked since, by operation; what S3 asked of KMS for it is left out. */
    NavigableMap<String, Integer> calls(EventLog.Mark since) {
        return aws.events()
                .since(since)
                .where(event -> event.viaService().isEmpty())
                .counts();
    }

    @Override
    public void close() {
        aws.close();
    }
}
