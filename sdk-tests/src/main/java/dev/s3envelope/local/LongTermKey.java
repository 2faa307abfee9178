package dev.s3envelope.local;

import dev.s3envelope.local.internal.iam.Accounts;
import dev.s3envelope.local.internal.iam.Credential;
import dev.s3envelope.local.internal.iam.Holder;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/** The first long-term access key of a user, made when it is first asked for. */
final class LongTermKey {
    private final Accounts accounts;
    private final Holder holder;

    LongTermKey(Accounts accounts, Holder holder) {
        this.accounts = accounts;
        this.holder = holder;
    }

    AwsCredentials credentials() {
        synchronized (holder) {
            List<Credential> keys = accounts.longTermKeys(holder);
            Credential key = keys.isEmpty() ? accounts.issue(holder) : keys.get(0);
            return AwsBasicCredentials.create(key.accessKeyId(), key.secretAccessKey());
        }
    }
}
