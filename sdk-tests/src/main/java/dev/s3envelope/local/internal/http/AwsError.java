package dev.s3envelope.local.internal.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The answer of a service that refuses a request: HTTP status, AWS error code and message, and the extra elements some
 * S3 errors carry. Front ends render it as XML (S3, STS) or JSON 1.1 (KMS).
 */
public final class AwsError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient Map<String, String> details;

    public AwsError(int status, String code, String message) {
        this(status, code, message, Map.of());
    }

    /** {@code details} are rendered, in their order, after code and message. */
    public AwsError(int status, String code, String message, Map<String, String> details) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.details = new LinkedHashMap<>(details);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public Map<String, String> details() {
        return details;
    }

    /** The message as AWS would put it; never null. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
