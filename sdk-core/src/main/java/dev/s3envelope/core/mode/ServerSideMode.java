package dev.s3envelope.core.mode;

/** A mode in which S3 encrypts what it is sent, and nothing is encrypted before. */
public sealed interface ServerSideMode extends EncryptionMode permits SseS3, SseKms, DsseKms, SseC, BucketDefault {
    /** This mode. */
    @Override
    default ServerSideMode serverSide() {
        return this;
    }

    /** The given mode: nothing is above a server-side mode that could be kept. */
    @Override
    default ServerSideMode withServerSide(ServerSideMode beneath) {
        return beneath;
    }
}
