package dev.s3envelope.examples.cli;

import java.io.PrintStream;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** {@code envelope ls}. */
@Command(
        name = "ls",
        description = {
            "List buckets, or the objects under a prefix.",
            "Sizes are those S3 stores. Listing needs no KMS permission: what is listed may still not be readable."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class LsCommand extends S3Command {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.of("UTC"));

    @Parameters(index = "0", arity = "0..1", paramLabel = "S3_URI", description = "s3://bucket/prefix")
    @Nullable
    String source;

    @Option(names = "--recursive", description = "Every object below, not only the first level.")
    boolean recursive;

    @Option(names = "--modes", description = "Also each object's mode and key, at one HEAD per object.")
    boolean modes;

    private @Nullable S3Location from;

    @Override
    void check() {
        from = source == null ? null : location(source);
    }

    @Override
    int run(S3Client s3) {
        PrintStream out = surroundings().out();
        S3Location below = from;
        if (below == null) {
            for (Bucket bucket : s3.listBuckets().buckets()) {
                out.println(TIME.format(bucket.creationDate()) + "  " + bucket.name());
            }
            return ExitCode.OK;
        }
        for (ListObjectsV2Response page : s3.listObjectsV2Paginator(
                request -> request.bucket(below.bucket()).prefix(below.key()).delimiter(recursive ? null : "/"))) {
            for (CommonPrefix prefix : page.commonPrefixes()) {
                out.printf("%19s  %14s  %s%n", "", "", prefix.prefix());
            }
            for (S3Object object : page.contents()) {
                out.printf("%s  %14d  %s", TIME.format(object.lastModified()), object.size(), object.key());
                out.println(modes ? "  " + mode(s3, below.bucket(), object.key()) : "");
            }
        }
        return ExitCode.OK;
    }

    private static String mode(S3Client s3, String bucket, String key) {
        try {
            HeadObjectResponse head =
                    s3.headObject(request -> request.bucket(bucket).key(key));
            String mode = HeadCommand.mode(head);
            return "[" + (mode == null ? "not stated" : mode)
                    + (head.ssekmsKeyId() == null ? "" : " " + head.ssekmsKeyId())
                    + (Boolean.TRUE.equals(head.bucketKeyEnabled()) ? " bucket key" : "") + "]";
        } catch (S3Exception e) {
            return "[HEAD answered " + e.statusCode() + "]";
        }
    }
}
