package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** CreateBucket, HeadBucket, DeleteBucket, ListBuckets, GetBucketLocation and GetBucketAcl. */
final class BucketOperations {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]+(\\.[0-9]+){3}");
    private static final Pattern REGION = Pattern.compile("[a-z]{2}(-[a-z]+)+-[0-9]+");

    private final S3Core core;

    BucketOperations(S3Core core) {
        this.core = core;
    }

    void create(S3Request request) throws IOException {
        String name = request.bucketName();
        if (!NAME.matcher(name).matches()
                || name.contains("..")
                || ADDRESS.matcher(name).matches()) {
            throw new AwsError(
                    400, "InvalidBucketName", "The specified bucket is not valid.", Map.of("BucketName", name));
        }
        String account = request.account();
        if (account == null) {
            throw S3Errors.accessDenied();
        }
        String signed = request.caller().region();
        String region = region(XmlNode.bytes(request.call().body()), signed);
        String ownership = request.header("x-amz-object-ownership");
        Bucket bucket = new Bucket(
                name,
                region,
                account,
                core.now(),
                BucketConfig.initial(
                        core.settings().newBucketsBlockSseC(), ownership == null ? "BucketOwnerEnforced" : ownership));
        request.concerns(S3Request.bucketArn(bucket));
        core.gate().requireBucket(request, bucket, "s3:CreateBucket");
        Bucket present = core.store().add(bucket);
        if (present != null) {
            boolean own = present.owner().equals(account);
            if (!own || !region.equals("us-east-1")) {
                throw new AwsError(
                        409,
                        own ? "BucketAlreadyOwnedByYou" : "BucketAlreadyExists",
                        own
                                ? "Your previous request to create the named bucket succeeded and you already own it."
                                : "The requested bucket name is not available. The bucket namespace is shared by all"
                                        + " users of the system. Please select a different name and try again.",
                        Map.of("BucketName", name));
            }
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Location", "/" + name);
        headers.put("x-amz-bucket-arn", S3Request.bucketArn(bucket));
        request.answer(200, headers, new byte[0]);
    }

    private static String region(byte[] document, String signed) {
        String fallback = signed.isEmpty() ? "us-east-1" : signed;
        if (document.length == 0) {
            return unspecified(fallback);
        }
        XmlNode configuration = XmlNode.parse(document, "CreateBucketConfiguration");
        String constraint = configuration.text("LocationConstraint");
        if (constraint == null || constraint.isEmpty()) {
            return unspecified(fallback);
        }
        String region = constraint.equals("EU") ? "eu-west-1" : constraint;
        if (!REGION.matcher(region).matches() || region.equals("us-east-1")) {
            throw new AwsError(
                    400,
                    "InvalidLocationConstraint",
                    "The specified location-constraint is not valid",
                    Map.of("LocationConstraint", constraint));
        }
        if (!region.equals(fallback) && !fallback.equals("us-east-1")) {
            throw new AwsError(
                    400,
                    "IllegalLocationConstraintException",
                    "The " + constraint
                            + " location constraint is incompatible for the region specific endpoint this request was"
                            + " sent to.");
        }
        return region;
    }

    /** Only the endpoint of us-east-1 makes buckets without being told where. */
    private static String unspecified(String region) {
        if (!region.equals("us-east-1")) {
            throw new AwsError(
                    400,
                    "IllegalLocationConstraintException",
                    "The unspecified location constraint is incompatible for the region specific endpoint this request"
                            + " was sent to.");
        }
        return region;
    }

    void head(S3Request request) {
        Bucket bucket = core.store().bucket(request.bucketName());
        if (bucket != null) {
            request.always("x-amz-bucket-region", bucket.region());
        }
        Bucket found = core.bucket(request);
        core.gate().requireBucket(request, found, "s3:ListBucket");
        request.answer(200, Map.of("Content-Type", "application/xml"), new byte[0]);
    }

    void delete(S3Request request) {
        Bucket bucket = core.bucket(request);
        core.gate().requireBucket(request, bucket, "s3:DeleteBucket");
        synchronized (bucket) {
            if (!bucket.objects().isEmpty()) {
                throw new AwsError(
                        409,
                        "BucketNotEmpty",
                        bucket.config().versioning() == null
                                ? "The bucket you tried to delete is not empty"
                                : "The bucket you tried to delete is not empty. You must delete all versions in the"
                                        + " bucket.",
                        Map.of("BucketName", bucket.name()));
            }
            bucket.uploads().values().forEach(upload -> {
                upload.parts().values().forEach(part -> core.store().free(part.blob()));
            });
            core.store().remove(bucket);
        }
        request.answer(204);
    }

    void list(S3Request request) {
        String account = request.account();
        var verdict = core.gate().decide(request, null, "s3:ListAllMyBuckets", "*");
        if (account == null || !verdict.allowed()) {
            throw new AwsError(403, "AccessDenied", account == null ? "Access Denied" : verdict.message());
        }
        String prefix = request.parameter("prefix");
        String region = request.value("bucket-region");
        String after = request.value("continuation-token");
        int max = Listing.limit(request, "max-buckets", 10_000);
        List<Bucket> page = new ArrayList<>();
        boolean more = false;
        for (Bucket bucket : core.store().buckets()) {
            if (bucket.owner().equals(account)
                    && (prefix == null || bucket.name().startsWith(prefix))
                    && (region == null || bucket.region().equals(region))
                    && (after == null || bucket.name().compareTo(after) > 0)) {
                more = page.size() == max;
                if (more) {
                    break;
                }
                page.add(bucket);
            }
        }
        String next = more ? page.get(page.size() - 1).name() : null;
        request.answerXml(Xml.document("ListAllMyBucketsResult", xml -> {
            xml.group("Owner", owner -> owner.add("ID", core.canonicalId(account)));
            xml.group(
                    "Buckets",
                    buckets -> page.forEach(bucket -> buckets.group(
                            "Bucket",
                            b -> b.add("Name", bucket.name())
                                    .add("CreationDate", S3Core.xmlDate(bucket.created()))
                                    .add("BucketRegion", bucket.region())
                                    .add("BucketArn", S3Request.bucketArn(bucket)))));
            xml.add("Prefix", prefix).add("ContinuationToken", next);
        }));
    }

    void location(S3Request request) {
        Bucket bucket = core.bucket(request);
        core.gate().requireBucket(request, bucket, "s3:GetBucketLocation");
        String location = bucket.region().equals("us-east-1") ? "" : bucket.region();
        request.answerXml(Xml.text("LocationConstraint", location));
    }

    void acl(S3Request request) {
        Bucket bucket = core.bucket(request);
        core.gate().requireBucket(request, bucket, "s3:GetBucketAcl");
        request.answerXml(Acl.ownerOnly(core.canonicalId(bucket.owner())));
    }
}
