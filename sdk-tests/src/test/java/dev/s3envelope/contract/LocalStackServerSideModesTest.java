package dev.s3envelope.contract;

import org.junit.jupiter.api.condition.EnabledIf;

/** The contract of the server-side modes on LocalStack. */
@EnabledIf(
        value = "dev.s3envelope.contract.LocalStackTarget#isPossible",
        disabledReason = "There is no Docker here, so the contract does not run on LocalStack.")
class LocalStackServerSideModesTest extends ServerSideModesContract {
    @Override
    Target open() {
        return new LocalStackTarget();
    }
}
