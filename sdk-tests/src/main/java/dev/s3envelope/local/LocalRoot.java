package dev.s3envelope.local;

import dev.s3envelope.local.internal.iam.Accounts;
import dev.s3envelope.local.internal.iam.Holder;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/** The root user of an account: allowed everything that no resource policy or organization policy denies. */
public final class LocalRoot implements LocalPrincipal {
    private final LongTermKey key;
    private final Holder holder;

    LocalRoot(Accounts accounts, Holder holder) {
        this.key = new LongTermKey(accounts, holder);
        this.holder = holder;
    }

    @Override
    public String arn() {
        return holder.arn();
    }

    @Override
    public String accountId() {
        return holder.account().id();
    }

    @Override
    public AwsCredentials credentials() {
        return key.credentials();
    }

    @Override
    public String toString() {
        return arn();
    }
}
