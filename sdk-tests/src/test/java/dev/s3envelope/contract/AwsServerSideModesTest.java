package dev.s3envelope.contract;

import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The contract of the server-side modes on AWS. */
@EnabledIfEnvironmentVariable(
        named = AwsTarget.BUCKET,
        matches = ".+",
        disabledReason = "No test bucket is named, so the contract does not run on AWS.")
class AwsServerSideModesTest extends ServerSideModesContract {
    @Override
    Target open() {
        return new AwsTarget();
    }
}
