package dev.s3envelope.core.access;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.RequestCredentials;
import java.util.concurrent.CompletionStage;

/**
 * Asks the KMS gate about a key without using the key. Each method is one call to KMS, made every time it is asked, and answers with a verdict whatever KMS
 * says: the stages do not fail.
 *
 * <p>Where {@link #blocking} is false, no method waits; otherwise each may wait on the calling thread, and its stage is complete when it returns. Implementations are
 * safe for use by several threads.
 */
public interface KeyAccess {
    /** The same, with every call signed with these credentials. */
    KeyAccess onBehalfOf(RequestCredentials credentials);

    /**
     * Whether the caller may decrypt under a key in a context, by a dry run of Decrypt. A refusal is {@link Verdict#UNKNOWN} unless nothing lets S3 in
     * where the caller itself is kept out: what S3 does for the caller can be allowed when the same call by the caller is not (AWS KMS Developer Guide,
     * "kms:ViaService").
     */
    CompletionStage<KeyAnswer> mayDecrypt(KeyArn key, EncryptionContext context);

    /** As {@link #mayDecrypt}, of GenerateDataKey, which a write needs. */
    CompletionStage<KeyAnswer> mayGenerateDataKey(KeyArn key, EncryptionContext context);

    /** Whether the state of a key keeps everybody out, by DescribeKey. A key that can be used is {@link Verdict#UNKNOWN}: permissions were not asked. */
    CompletionStage<KeyAnswer> state(KeyArn key);

    /** Whether a method may wait on the calling thread. */
    boolean blocking();
}
