package dev.s3envelope.core.mode;

/** No encryption header is sent, and the default encryption of the bucket applies, whatever it is at that moment. */
public final class BucketDefault implements ServerSideMode {
    static final BucketDefault INSTANCE = new BucketDefault();

    private BucketDefault() {}

    @Override
    public String toString() {
        return "BucketDefault";
    }
}
