package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.http.PercentCoding;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tag sets in the {@code x-amz-tagging} header and in XML, with S3's limits. */
final class Tags {
    private Tags() {}

    /** Parses {@code k1=v1&k2=v2}, percent-encoded; refuses what S3 refuses. */
    static Map<String, String> ofHeader(String header) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (String pair : header.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = PercentCoding.decode(equals < 0 ? pair : pair.substring(0, equals), true);
            String value = equals < 0 ? "" : PercentCoding.decode(pair.substring(equals + 1), true);
            if (tags.put(name, value) != null) {
                throw S3Errors.argument(
                        "x-amz-tagging",
                        header,
                        "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded"
                                + " URL query parameters without tag name duplicates.");
            }
        }
        return checked(tags, 10);
    }

    static Map<String, String> ofXml(byte[] document, int limit) {
        XmlNode set = XmlNode.parse(document, "Tagging").child("TagSet");
        if (set == null) {
            throw XmlNode.malformed();
        }
        Map<String, String> tags = new LinkedHashMap<>();
        for (XmlNode tag : set.all("Tag")) {
            XmlNode value = tag.child("Value");
            if (tags.put(tag.required("Key"), value == null ? "" : value.text()) != null) {
                throw new AwsError(400, "InvalidTag", "Cannot provide multiple Tags with the same key");
            }
        }
        return checked(tags, limit);
    }

    static void write(Xml xml, Map<String, String> tags) {
        xml.group(
                "TagSet",
                set -> tags.forEach((name, value) ->
                        set.group("Tag", tag -> tag.add("Key", name).add("Value", value))));
    }

    private static Map<String, String> checked(Map<String, String> tags, int limit) {
        if (tags.size() > limit) {
            throw new AwsError(
                    400,
                    "BadRequest",
                    limit == 10
                            ? "Object tags cannot be greater than 10"
                            : "Bucket tag count cannot be greater than " + limit);
        }
        tags.forEach((name, value) -> {
            if (name.isEmpty() || name.length() > 128) {
                throw new AwsError(400, "InvalidTag", "The TagKey you have provided is invalid");
            }
            if (value.length() > 256) {
                throw new AwsError(400, "InvalidTag", "The TagValue you have provided is invalid");
            }
            if (name.startsWith("aws:")) {
                throw new AwsError(400, "InvalidTag", "System tags cannot be added/updated by requester");
            }
        });
        return tags;
    }
}
