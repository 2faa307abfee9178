package dev.s3envelope.s3.internal;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What S3's refusal of a read says about the SSE-C key that was sent, or was not. The texts are those S3 and its emulators
 * answer with; an answer without a body (HEAD) leaves only the status to go by, which is enough: without a key 400, with the
 * wrong one 403, with one too many 400.
 */
enum SseCAnswer {
    /** The object is SSE-C and no key was sent. */
    KEY_NEEDED,
    /** The object is SSE-C under another key. */
    WRONG_KEY,
    /** The object is not SSE-C, and a key was sent. */
    NO_KEY_WANTED,
    /** Something else. */
    OTHER;

    static SseCAnswer of(Throwable failure, boolean keySent) {
        if (!(failure instanceof S3Exception s3)) {
            return OTHER;
        }
        AwsErrorDetails details = s3.awsErrorDetails();
        @Nullable String code = details == null ? null : details.errorCode();
        @Nullable String text = details == null ? null : details.errorMessage();
        boolean bodyless = code == null || text == null;
        String message = text == null ? "" : text.toLowerCase(Locale.ROOT);
        if (s3.statusCode() == 400 && !keySent) {
            return bodyless || message.contains("stored using a form of server side encryption") ? KEY_NEEDED : OTHER;
        }
        if (s3.statusCode() == 400) {
            return bodyless || message.contains("not applicable to this object") ? NO_KEY_WANTED : OTHER;
        }
        if (s3.statusCode() == 403 && keySent) {
            return bodyless || message.contains("correct secret key") ? WRONG_KEY : OTHER;
        }
        return OTHER;
    }
}
