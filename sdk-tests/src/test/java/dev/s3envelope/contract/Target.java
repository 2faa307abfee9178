package dev.s3envelope.contract;

import dev.s3envelope.core.arn.AccountId;
import java.net.http.HttpClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** An S3 with a KMS to run a contract suite against. */
interface Target extends AutoCloseable {
    /** A plain client, as anybody would make it. */
    S3Client s3();

    /** The same, asynchronous. */
    S3AsyncClient s3Async();

    /** The same, for signing URLs. */
    S3Presigner presigner();

    /** The account of the credentials, which owns the buckets of the suite. */
    AccountId account();

    /** The ARN of a symmetric key of that account in the clients' Region. */
    String kmsKey();

    /** A bucket of this run, empty at the beginning, that takes SSE-C uploads. */
    String bucket();

    /** An HTTP client for presigned URLs that trusts the endpoint. */
    default HttpClient http() {
        return HttpClient.newHttpClient();
    }

    /** Whether an ETag is an MD5 under SSE-S3 and nowhere else, as on AWS. */
    default boolean etagsTellTheMode() {
        return true;
    }

    @Override
    void close();
}
