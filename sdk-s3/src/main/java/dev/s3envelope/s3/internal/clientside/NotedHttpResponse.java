package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.s3.ClientSideObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * What S3 answered, with a note of what the object is and the range in plaintext terms. Headers are copied when somebody looks at them, which few callers do.
 * Safe for use by several threads.
 */
final class NotedHttpResponse implements SdkHttpResponse {
    private static final long serialVersionUID = 1L;
    private static final String CONTENT_RANGE = "Content-Range";

    private final SdkHttpResponse sent;
    private final transient @Nullable String contentRange;
    private final transient ClientSideObject note;
    private transient volatile @Nullable SdkHttpResponse noted;

    NotedHttpResponse(SdkHttpResponse sent, @Nullable String contentRange, ClientSideObject note) {
        this.sent = sent;
        this.contentRange = contentRange;
        this.note = note;
    }

    private SdkHttpResponse noted() {
        SdkHttpResponse made = noted;
        if (made == null) {
            SdkHttpResponse.Builder builder = sent.toBuilder().removeHeader(CONTENT_RANGE);
            if (contentRange != null) {
                builder.putHeader(CONTENT_RANGE, contentRange);
            }
            note.addTo(builder);
            made = builder.build();
            noted = made;
        }
        return made;
    }

    @Override
    public Optional<String> statusText() {
        return sent.statusText();
    }

    @Override
    public int statusCode() {
        return sent.statusCode();
    }

    @Override
    public Map<String, List<String>> headers() {
        return noted().headers();
    }

    @Override
    public Optional<String> firstMatchingHeader(String header) {
        return noted().firstMatchingHeader(header);
    }

    @Override
    public Builder toBuilder() {
        return noted().toBuilder();
    }

    /** As any other response with these headers. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NotedHttpResponse response ? noted().equals(response.noted()) : noted().equals(other);
    }

    @Override
    public int hashCode() {
        return noted().hashCode();
    }

    @Override
    public String toString() {
        return noted().toString();
    }

    private Object writeReplace() {
        return noted();
    }
}
