package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.ByteSpan;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * The requests we send of our own before or beside a caller's read: they carry every field both have, and the caller's overrides, but neither
 * its conditions nor its range, since they ask of the stored object and not on the caller's behalf.
 */
public final class DerivedReads {
    private static final Set<String> THE_CALLERS_OWN = Set.of("Range", "PartNumber", "ChecksumMode");

    private DerivedReads() {}

    /** The HEAD of what a request reads. */
    public static HeadObjectRequest head(S3Request request, @Nullable Integer partNumber) {
        HeadObjectRequest.Builder head = HeadObjectRequest.builder();
        copy(request, HeadObjectRequest.builder().build().sdkFields(), head);
        request.overrideConfiguration().ifPresent(head::overrideConfiguration);
        return head.partNumber(partNumber).build();
    }

    /** The GET of all of what a request reads. */
    public static GetObjectRequest get(S3Request request) {
        GetObjectRequest.Builder get = GetObjectRequest.builder();
        copy(request, GetObjectRequest.builder().build().sdkFields(), get);
        request.overrideConfiguration().ifPresent(get::overrideConfiguration);
        return get.build();
    }

    /** The GET of these bytes, as stored, of what a request reads, if it still has this ETag. */
    static GetObjectRequest bytes(S3Request request, ByteSpan span, String eTag) {
        return get(request).toBuilder()
                .range(span.toRangeHeader())
                .ifMatch(eTag)
                .build();
    }

    private static void copy(S3Request from, List<SdkField<?>> fields, Object builder) {
        for (SdkField<?> field : fields) {
            String name = field.memberName();
            if (!name.startsWith("If") && !name.startsWith("Response") && !THE_CALLERS_OWN.contains(name)) {
                from.getValueForField(name, Object.class).ifPresent(value -> field.set(builder, value));
            }
        }
    }
}
