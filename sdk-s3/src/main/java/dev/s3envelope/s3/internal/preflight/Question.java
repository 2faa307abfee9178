package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.core.arn.KeyArn;
import java.util.Map;

/**
 * What a verdict is the answer to. Scope and custom stand for the encryption context, which is not built to find a verdict.
 *
 * @param principal a digest of the credentials of whom the question is about
 * @param asked what was asked, and how
 * @param key of which key
 * @param custom what the writer added to the encryption context
 * @param scope the bucket or object the verdict holds for; empty for all that is under the key
 */
record Question(String principal, Asked asked, KeyArn key, Map<String, String> custom, String scope) {
    /** The scope of a verdict that does not depend on the encryption context. */
    static final String ALL = "";

    /** The questions there are. */
    enum Asked {
        DECRYPT_AUTO,
        DECRYPT_DRY_RUN,
        DECRYPT_PROBE,
        GENERATE_DATA_KEY,
        STATE
    }
}
