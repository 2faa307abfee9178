package dev.s3envelope.contract;

import dev.s3envelope.core.arn.AccountId;
import java.net.http.HttpClient;
import java.util.Set;
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

    /** What S3 does and this does not; tests that need it are not run here. */
    default Set<Lack> lacks() {
        return Set.of();
    }

    /** Something a server that speaks S3's protocol may not do, or not as S3 does it. */
    enum Lack {
        /** Encryption by the server, with whichever key. */
        SERVER_SIDE_ENCRYPTION,
        /** Requests for one part of an object. */
        PARTS_OF_OBJECTS,
        /** A range whose end is before its beginning, which S3 ignores. */
        BACKWARD_RANGES,
        /** A read on the condition that an object has not changed since the time that it answers as its last change. */
        UNMODIFIED_SINCE_ITS_CHANGE,
        /** Tags of objects. */
        TAGS
    }

    @Override
    void close();
}
