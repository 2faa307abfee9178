package dev.s3envelope.contract;

/** The contract of client-side encryption on LocalAws. */
class LocalAwsClientSideTest extends ClientSideContract {
    @Override
    Target open() {
        return new LocalAwsTarget();
    }
}
