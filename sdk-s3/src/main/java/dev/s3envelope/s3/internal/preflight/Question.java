package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.keyring.EncryptionContext;
import java.util.Optional;

/**
 * What a verdict is the answer to.
 *
 * @param principal a digest of the credentials of whom the question is about
 * @param asked what was asked, and how
 * @param key of which key
 * @param context in which encryption context; empty where it does not count, or is not known
 * @param object of which object, where the context is not known
 */
record Question(
        String principal,
        Asked asked,
        KeyArn key,
        Optional<EncryptionContext> context,
        Optional<ObjectAddress> object) {
    /** The questions there are. */
    enum Asked {
        DECRYPT_AUTO,
        DECRYPT_DRY_RUN,
        DECRYPT_PROBE,
        GENERATE_DATA_KEY,
        STATE
    }
}
