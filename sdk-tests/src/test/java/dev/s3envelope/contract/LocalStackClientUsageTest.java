package dev.s3envelope.contract;

import org.junit.jupiter.api.condition.EnabledIf;

/** The contract of the client usage on LocalStack. */
@EnabledIf(
        value = "dev.s3envelope.contract.LocalStackTarget#isPossible",
        disabledReason = "There is no Docker here, so the contract does not run on LocalStack.")
class LocalStackClientUsageTest extends ClientUsageContract {
    @Override
    Target open() {
        return new LocalStackTarget();
    }
}
