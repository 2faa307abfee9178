package dev.s3envelope.s3.internal.clientside;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;

/** The checksum fields of any request or response, by the name they have on the wire. */
public final class ResponseFields {
    private static final String CHECKSUM = "x-amz-checksum-";

    private static final Map<Class<?>, List<SdkField<?>>> HEADERS = new ConcurrentHashMap<>();
    /** By member: in the list of parts they are no headers. */
    private static final Map<Class<?>, List<SdkField<?>>> MEMBERS = new ConcurrentHashMap<>();

    private ResponseFields() {}

    /** Header name to value, of those that are set. */
    public static Map<String, String> checksums(SdkPojo pojo) {
        Map<String, String> found = new LinkedHashMap<>();
        for (SdkField<?> field : fields(HEADERS, pojo, ResponseFields::isChecksum)) {
            Object value = field.getValueOrDefault(pojo);
            if (value != null) {
                found.put(field.locationName(), value.toString());
            }
        }
        return found;
    }

    /** Removes them: those of a response are of the ciphertext. */
    public static void removeChecksums(SdkPojo of, Object builder) {
        for (SdkField<?> field :
                fields(MEMBERS, of, member -> member.memberName().startsWith("Checksum"))) {
            if (field.getValueOrDefault(of) != null) {
                field.set(builder, null);
            }
        }
    }

    private static List<SdkField<?>> fields(
            Map<Class<?>, List<SdkField<?>>> known, SdkPojo pojo, Predicate<SdkField<?>> wanted) {
        List<SdkField<?>> found = known.get(pojo.getClass());
        return found != null
                ? found
                : known.computeIfAbsent(
                        pojo.getClass(),
                        type -> pojo.sdkFields().stream().filter(wanted).toList());
    }

    private static boolean isChecksum(SdkField<?> field) {
        String name = field.locationName();
        return name.equals("Content-MD5")
                || (name.startsWith(CHECKSUM)
                        && !name.equals(CHECKSUM + "type")
                        && !name.equals(CHECKSUM + "mode")
                        && !name.equals(CHECKSUM + "algorithm"));
    }
}
