package dev.s3envelope.bench;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.kmssdkv2.KmsMasterKeyProvider;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.kms.KmsKeyAccess;
import dev.s3envelope.s3.ParallelTransfers;
import dev.s3envelope.s3.Preflight;
import software.amazon.awssdk.transfer.s3.S3TransferManager;
import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.encryption.s3.S3AsyncEncryptionClient;
import software.amazon.encryption.s3.S3EncryptionClient;

/** The clients that are compared, all over the same HTTP clients and the same server. Closing this closes what they use. */
final class Contenders implements AutoCloseable {
    private static final int CONNECTIONS = 64;

    private final List<Contender> all = new ArrayList<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final ServerProcess server;
    private final S3Client plain;
    private final S3AsyncClient async;
    private final KmsClient kms;
    private final SdkAsyncHttpClient asyncHttp;

    Contenders(ServerProcess server) {
        this.server = server;
        SdkHttpClient http = opened(Apache5HttpClient.builder()
                .maxConnections(CONNECTIONS)
                .tlsTrustManagersProvider(server::trust)
                .build());
        this.asyncHttp = opened(NettyNioAsyncHttpClient.builder()
                .maxConcurrency(CONNECTIONS)
                .tlsTrustManagersProvider(server::trust)
                .build());
        this.plain = opened(server.configure(S3Client.builder())
                .forcePathStyle(true)
                .httpClient(http)
                .build());
        this.async = opened(server.configure(S3AsyncClient.builder())
                .forcePathStyle(true)
                .httpClient(asyncHttp)
                .build());
        this.kms = opened(
                server.configure(KmsClient.builder()).httpClient(http).build());
    }

    /** All of them; the first is what the others are compared with. Made once. */
    List<Contender> all() {
        if (all.isEmpty()) {
            all.addAll(List.of(
                    plain(),
                    envelopeServerSide(),
                    envelopeKms(),
                    envelope(),
                    s3ec().upTo(Cell.MIB_64),
                    byHand().upTo(Cell.MIB_64),
                    plainAsync(),
                    transferManager().whole(),
                    envelopeAsync(),
                    envelopeParallel(),
                    s3ecAsync().upTo(Cell.MIB_64)));
        }
        return all;
    }

    /** The AWS SDK's own synchronous client, without encryption of ours. */
    Contender plain() {
        return new Contender("plain S3Client", Transfers.of(plain));
    }

    /** The AWS SDK's own asynchronous client, without encryption of ours. */
    Contender plainAsync() {
        return new Contender("plain S3AsyncClient", Transfers.of(async));
    }

    /** Ours: client-side under a KMS key, one data key for a bucket and window. */
    Contender envelope() {
        DataKeyCache cache = opened(DataKeyCache.builder().build());
        return new Contender("EnvelopeS3Client", Transfers.of(over(clientSide(cache))), cache::invalidateAll);
    }

    /** Ours, asynchronous: client-side under a KMS key. */
    Contender envelopeAsync() {
        DataKeyCache cache = opened(DataKeyCache.builder().build());
        EnvelopeS3AsyncClient ours = opened(EnvelopeS3AsyncClient.builder()
                .wrapping(async)
                .policy(EncryptionPolicy.always(clientSide(cache)))
                .build());
        return new Contender("EnvelopeS3AsyncClient", Transfers.of(ours), cache::invalidateAll);
    }

    /** Ours where S3 encrypts: what the policy itself costs. */
    Contender envelopeServerSide() {
        return new Contender("EnvelopeS3Client, SSE-S3", Transfers.of(over(EncryptionMode.sseS3())));
    }

    /** Ours under SSE-KMS with a Bucket Key, each read with a preflight. */
    Contender envelopeKms() {
        Preflight preflight =
                Preflight.builder().keyAccess(KmsKeyAccess.of(kms)).build();
        return new Contender(
                "EnvelopeS3Client, SSE-KMS",
                Transfers.of(opened(EnvelopeS3Client.builder()
                        .wrapping(plain)
                        .policy(EncryptionPolicy.always(SseKms.builder(KeyArn.parse(server.keyArn()))
                                .bucketKey(BucketKey.ENABLED)
                                .build()))
                        .preflight(preflight)
                        .build())));
    }

    /** Ours, asynchronous and client-side, large objects in pieces at once. */
    Contender envelopeParallel() {
        DataKeyCache cache = opened(DataKeyCache.builder().build());
        EnvelopeS3AsyncClient ours = opened(EnvelopeS3AsyncClient.builder()
                .wrapping(async)
                .policy(EncryptionPolicy.always(clientSide(cache)))
                .parallelTransfers(ParallelTransfers.builder().build())
                .build());
        return new Contender("EnvelopeS3AsyncClient, parallel", Transfers.of(ours), cache::invalidateAll);
    }

    /** The AWS SDK's Transfer Manager over its asynchronous client with multipart transfers. */
    Contender transferManager() {
        S3AsyncClient multipart = opened(server.configure(S3AsyncClient.builder())
                .forcePathStyle(true)
                .httpClient(asyncHttp)
                .multipartEnabled(true)
                .build());
        return new Contender(
                "S3TransferManager",
                Transfers.of(opened(
                        S3TransferManager.builder().s3Client(multipart).build())));
    }

    /** aws-encryption-sdk-java on arrays, its defaults, and the AWS SDK's client. */
    Contender byHand() {
        return new Contender(
                "Encryption SDK by hand",
                Transfers.of(
                        plain,
                        AwsCrypto.standard(),
                        KmsMasterKeyProvider.builder()
                                .customRegionalClientSupplier(region -> kms)
                                .buildStrict(server.keyArn())));
    }

    /** amazon-s3-encryption-client-java with its KMS keyring: a KMS call for each object. */
    Contender s3ec() {
        S3Client theirs = S3EncryptionClient.builderV4()
                .wrappedClient(plain)
                .wrappedAsyncClient(async)
                .keyring(s3ecKeyring())
                .build();
        return new Contender("S3EncryptionClient", Transfers.of(theirs));
    }

    /** Its asynchronous client. */
    Contender s3ecAsync() {
        S3AsyncClient theirs = S3AsyncEncryptionClient.builderV4()
                .wrappedClient(async)
                .keyring(s3ecKeyring())
                .build();
        return new Contender("S3AsyncEncryptionClient", Transfers.of(theirs));
    }

    private S3Client over(EncryptionMode mode) {
        return opened(EnvelopeS3Client.builder()
                .wrapping(plain)
                .policy(EncryptionPolicy.always(mode))
                .build());
    }

    private ClientSide clientSide(DataKeyCache cache) {
        return EncryptionMode.clientSide(
                "bench",
                cache.over(KmsKeyring.builder()
                        .client(kms)
                        .generator(server.keyArn())
                        .build()));
    }

    private software.amazon.encryption.s3.materials.KmsKeyring s3ecKeyring() {
        return software.amazon.encryption.s3.materials.KmsKeyring.builder()
                .kmsClient(kms)
                .wrappingKeyId(server.keyArn())
                .build();
    }

    private <C extends AutoCloseable> C opened(C client) {
        opened.push(client);
        return client;
    }

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
