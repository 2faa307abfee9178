package dev.s3envelope.examples.cost;

/** A way to encrypt objects, and what it asks of KMS: S3 in the caller's name, or this SDK. */
enum KeyUse {
    SSE_S3("sse-s3", "SSE-S3"),
    SSE_KMS("sse-kms", "SSE-KMS"),
    SSE_KMS_BUCKET_KEY("sse-kms", "SSE-KMS, Bucket Key"),
    DSSE_KMS("dsse-kms", "DSSE-KMS"),
    SSE_C("sse-c", "SSE-C, keys of your own"),
    SSE_C_MAC("sse-c", "SSE-C, keys by KMS MAC"),
    CLIENT_SIDE("client-side", "client-side, no cache"),
    CLIENT_SIDE_OBJECT("client-side", "client-side, scope OBJECT"),
    CLIENT_SIDE_BUCKET("client-side", "client-side, scope BUCKET, cached");

    private final String mode;
    private final String title;

    KeyUse(String mode, String title) {
        this.mode = mode;
        this.title = title;
    }

    /** The mode as {@code --mode} names it. */
    String mode() {
        return mode;
    }

    String title() {
        return title;
    }

    KmsRequests of(Workload load) {
        return switch (this) {
            case SSE_S3, SSE_C -> KmsRequests.NONE;
            case SSE_KMS, DSSE_KMS -> byS3(load);
            case CLIENT_SIDE, CLIENT_SIDE_OBJECT -> fetched(load, load.objects());
            case SSE_KMS_BUCKET_KEY, CLIENT_SIDE_BUCKET -> fetched(load, load.keys());
            case SSE_C_MAC -> derived(load);
        };
    }

    /** S3 asks once for each object, and to open the data key again for each part and the completion. */
    private static KmsRequests byS3(Workload load) {
        long opened = load.parts() == 0 ? 0 : load.objects() * (load.parts() + 1);
        return new KmsRequests(load.objects(), opened, 0, load.objects() * load.reads(), load.objects() + opened);
    }

    /** So many data keys are made, and each is opened once in each round of reading; the writer has it in memory. */
    private static KmsRequests fetched(Workload load, long keys) {
        return new KmsRequests(keys, 0, 0, keys * load.reads(), keys);
    }

    /** One MAC for each bucket and window; the writer's is not the reader's. */
    private static KmsRequests derived(Workload load) {
        return new KmsRequests(0, 0, load.keys() * (1 + load.reads()), 0, load.keys());
    }
}
