package dev.s3envelope.core.arn;

import dev.s3envelope.core.internal.Text;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/**
 * Which Regions belong to which partition, from the metadata of the AWS SDK on the class path. A Region newer than the
 * metadata is taken when it has the form the partition prescribes.
 */
final class Partitions {
    private static final Map<String, Pattern> REGION_FORM = Stream.of(
                    "aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")
            .collect(Collectors.toUnmodifiableMap(
                    id -> id, id -> Pattern.compile(PartitionMetadata.of(id).regionRegex())));

    private static final Map<String, String> PARTITION_OF_REGION = Region.regions().stream()
            .filter(region -> !region.isGlobalRegion())
            .collect(Collectors.toUnmodifiableMap(
                    Region::id, region -> PartitionMetadata.of(region).id()));

    private static final Pattern PLAIN = Pattern.compile("[a-z0-9-]{1,40}");

    private Partitions() {}

    static boolean exists(String partition) {
        return REGION_FORM.containsKey(partition);
    }

    /** What is wrong with the Region in that partition, or empty. */
    static Optional<String> problem(String partition, String region) {
        Pattern form = REGION_FORM.get(partition);
        if (form == null) {
            return Optional.of("unknown partition " + Text.quote(partition) + "; known are "
                    + REGION_FORM.keySet().stream().sorted().collect(Collectors.joining(", ")));
        }
        if (region.isEmpty()) {
            return Optional.of("the Region is missing");
        }
        String known = PARTITION_OF_REGION.get(region);
        if (known != null) {
            return known.equals(partition)
                    ? Optional.empty()
                    : Optional.of("Region " + region + " is in partition " + known + ", not " + partition);
        }
        if (PLAIN.matcher(region).matches() && form.matcher(region).matches()) {
            return Optional.empty();
        }
        return Optional.of(Text.quote(region) + " is not a Region of partition " + partition);
    }

    /** The partition a Region belongs to, by the metadata or else by its form. */
    static Optional<String> partitionOf(String region) {
        String known = PARTITION_OF_REGION.get(region);
        return known != null
                ? Optional.of(known)
                : REGION_FORM.keySet().stream()
                        .filter(id -> problem(id, region).isEmpty())
                        .findFirst();
    }
}
