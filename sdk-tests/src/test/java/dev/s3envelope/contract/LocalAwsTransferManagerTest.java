package dev.s3envelope.contract;

import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.kms.KmsKeyring;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** The Transfer Manager on LocalAws, under client-side encryption with cached data keys of KMS, and under SSE-KMS. */
class LocalAwsTransferManagerTest extends TransferManagerContract {
    private LocalAwsTarget aws;
    private DataKeyCache cache;
    private EncryptionMode clientSide;

    @Override
    Target open() {
        aws = new LocalAwsTarget();
        return aws;
    }

    @BeforeAll
    void openKeyring() {
        cache = DataKeyCache.builder().build();
        clientSide = EncryptionMode.clientSide(
                "documents",
                cache.over(KmsKeyring.builder()
                        .generator(aws.kmsKey())
                        .client(aws.aws().kmsAsync(aws.principal()))
                        .build()));
    }

    @AfterAll
    void closeKeyring() {
        cache.close();
    }

    @Override
    Stream<Mode> modes() {
        return Stream.of(Mode.values());
    }

    @Override
    EncryptionMode clientSide() {
        return clientSide;
    }

    @Override
    S3AsyncClient openMultipart() {
        return aws.aws()
                .configure(S3AsyncClient.builder().multipartEnabled(true), aws.principal())
                .build();
    }
}
