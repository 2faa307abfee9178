package dev.s3envelope.local;

import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * Somebody who can sign requests to a {@link LocalAws}: an account's root user, a user, a role (through a session that is started for
 * it), or a particular session of a role. Thread-safe.
 */
public sealed interface LocalPrincipal permits LocalRoot, LocalUser, LocalRole, LocalSession {
    /** The ARN that policies name: of the user, of the role, or of the session. */
    String arn();

    /** The 12 digits of the principal's account. */
    String accountId();

    /**
     * Credentials that sign as this principal. For a user or root user always the same access key; for a role or session temporary ones,
     * made again when the last ones have expired by the clock of the instance.
     */
    AwsCredentials credentials();

    /** {@link #credentials()} for the builder of an AWS client. */
    default AwsCredentialsProvider credentialsProvider() {
        return this::credentials;
    }
}
