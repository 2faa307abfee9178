package dev.s3envelope.local;

import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.local.internal.iam.Accounts;
import dev.s3envelope.local.internal.iam.Credential;
import dev.s3envelope.local.internal.iam.Holder;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** A session of a role, by its name. */
public final class LocalSession implements LocalPrincipal {
    private static final Duration LIFE = Duration.ofHours(1);

    private final Accounts accounts;
    private final Holder holder;
    private final Clock clock;
    private final String sessionName;
    private final List<PolicyDocument> sessionPolicies;
    private final String arn;
    private @Nullable Credential latest;

    LocalSession(
            Accounts accounts, Holder holder, Clock clock, String sessionName, List<PolicyDocument> sessionPolicies) {
        this.accounts = accounts;
        this.holder = holder;
        this.clock = clock;
        this.sessionName = sessionName;
        this.sessionPolicies = sessionPolicies;
        this.arn = holder.principal().session(sessionName).arn();
    }

    @Override
    public String arn() {
        return arn;
    }

    @Override
    public String accountId() {
        return holder.account().id();
    }

    @Override
    public synchronized AwsCredentials credentials() {
        Credential current = latest;
        if (current == null || current.expired(clock.instant())) {
            current = accounts.issueSession(holder, sessionName, sessionPolicies, LIFE);
            latest = current;
        }
        return AwsSessionCredentials.create(
                current.accessKeyId(), current.secretAccessKey(), String.valueOf(current.sessionToken()));
    }

    @Override
    public String toString() {
        return arn();
    }
}
