package dev.s3envelope.contract;

/** The contract of the client usage on LocalAws. */
class LocalAwsClientUsageTest extends ClientUsageContract {
    @Override
    Target open() {
        return new LocalAwsTarget();
    }
}
