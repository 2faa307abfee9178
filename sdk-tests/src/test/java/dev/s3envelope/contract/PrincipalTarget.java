package dev.s3envelope.contract;

import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalPrincipal;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** One of many principals of an instance that somebody else closes. */
record PrincipalTarget(LocalAws aws, LocalPrincipal principal, String kmsKey, String bucket) implements Target {
    @Override
    public S3Client s3() {
        return aws.s3(principal);
    }

    @Override
    public S3AsyncClient s3Async() {
        return aws.s3Async(principal);
    }

    @Override
    public S3Presigner presigner() {
        throw new UnsupportedOperationException("not needed here");
    }

    @Override
    public AccountId account() {
        return AccountId.of(principal.accountId());
    }

    @Override
    public void close() {}
}
