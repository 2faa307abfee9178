package dev.s3envelope.s3.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallLocation;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * Reads and writes the header fields of any S3 request by the name they have on the wire, through the field descriptions every
 * generated request carries. So one rule serves all operations that have a field, whichever they are.
 *
 * <p>An instance belongs to one client and remembers the fields of the request types it has seen.
 */
final class HeaderFields {
    private final Map<Class<?>, Map<String, SdkField<?>>> byType = new ConcurrentHashMap<>();

    /** Whether the operation has the header as a field. */
    boolean has(S3Request request, String header) {
        return fields(request).containsKey(header);
    }

    /** The value of a header field; empty where it is not set or the operation has no such field. */
    Optional<Object> value(S3Request request, String header) {
        SdkField<?> field = fields(request).get(header);
        return field == null ? Optional.empty() : Optional.ofNullable(field.getValueOrDefault(request));
    }

    /** The text of a header field. */
    Optional<String> text(S3Request request, String header) {
        return value(request, header).map(Object::toString);
    }

    /**
     * A copy of the request with these header fields; a null value removes the field. Fields the operation does not have are
     * left out. The same request if nothing changes.
     */
    <T extends S3Request> T with(T request, Map<String, ? extends @Nullable Object> headers) {
        S3Request.@Nullable Builder builder = null;
        for (Map.Entry<String, ? extends @Nullable Object> header : headers.entrySet()) {
            SdkField<?> field = fields(request).get(header.getKey());
            if (field == null || Objects.equals(field.getValueOrDefault(request), header.getValue())) {
                continue;
            }
            if (builder == null) {
                builder = request.toBuilder();
            }
            field.set(builder, header.getValue());
        }
        if (builder == null) {
            return request;
        }
        @SuppressWarnings("unchecked") // a request's builder builds requests of its own type
        T copy = (T) builder.build();
        return copy;
    }

    private Map<String, SdkField<?>> fields(S3Request request) {
        return byType.computeIfAbsent(request.getClass(), type -> headerFields(request));
    }

    private static Map<String, SdkField<?>> headerFields(S3Request request) {
        Map<String, SdkField<?>> fields = new LinkedHashMap<>();
        for (SdkField<?> field : ((SdkPojo) request).sdkFields()) {
            if (field.location() == MarshallLocation.HEADER) {
                fields.put(field.locationName(), field);
            }
        }
        return Map.copyOf(fields);
    }
}
