package dev.s3envelope.contract;

/** The contract of the server-side modes on LocalAws. */
class LocalAwsServerSideModesTest extends ServerSideModesContract {
    @Override
    Target open() {
        return new LocalAwsTarget();
    }
}
