package dev.s3envelope.s3.internal;

import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * What a call knows of its body beside the request; the SDK hands the two over separately.
 *
 * @param length in bytes, where the body knows it before it is sent
 * @param contentType what the SDK sends when the request names none
 * @param inParts whether its sender may put it in parts because they are faster
 */
public record BodyFacts(OptionalLong length, Optional<String> contentType, boolean inParts) {
    /** No body, or one nothing is known of. */
    public static final BodyFacts NONE = new BodyFacts(OptionalLong.empty(), Optional.empty(), false);

    /** What a blocking body says of itself. */
    public static BodyFacts of(RequestBody body, boolean inParts) {
        return new BodyFacts(
                body.optionalContentLength().map(OptionalLong::of).orElseGet(OptionalLong::empty),
                Optional.ofNullable(body.contentType()),
                inParts);
    }

    /** What an asynchronous body says of itself. */
    public static BodyFacts of(AsyncRequestBody body, boolean inParts) {
        return new BodyFacts(
                body.contentLength().map(OptionalLong::of).orElseGet(OptionalLong::empty),
                Optional.ofNullable(body.contentType()),
                inParts);
    }
}
