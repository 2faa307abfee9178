package dev.s3envelope.core.mode;

/** Server-side encryption with keys owned and managed by S3 ({@code x-amz-server-side-encryption: AES256}). */
public final class SseS3 implements ServerSideMode {
    static final SseS3 INSTANCE = new SseS3();

    private SseS3() {}

    @Override
    public String toString() {
        return "SseS3";
    }
}
