package dev.s3envelope.s3.internal.clientside;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;

/** What one request or response says, said as another: fields pass by their name. */
public final class Fields {
    private Fields() {}

    /**
     * Copies the fields both have, with the same type, that are set and wanted.
     *
     * @param sample of what is being built, for its fields
     * @param builder of it
     * @param wanted by the field's name in the API
     */
    public static void copy(SdkPojo from, SdkPojo sample, Object builder, Predicate<String> wanted) {
        Map<String, SdkField<?>> fields = new HashMap<>();
        sample.sdkFields().forEach(field -> fields.put(field.memberName(), field));
        for (SdkField<?> field : from.sdkFields()) {
            SdkField<?> same = fields.get(field.memberName());
            Object value = field.getValueOrDefault(from);
            if (same != null
                    && value != null
                    && wanted.test(field.memberName())
                    && same.marshallingType().equals(field.marshallingType())) {
                same.set(builder, value);
            }
        }
    }
}
