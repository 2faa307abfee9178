package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Replication and access logging of a bucket: kept and given back, so that they can be looked at; LocalAws neither replicates nor logs. */
final class StoredSettings {
    private static final Map<String, String> XML = Map.of("Content-Type", "application/xml");

    private final S3Core core;

    StoredSettings(S3Core core) {
        this.core = core;
    }

    private Bucket authorized(S3Request request, String action) {
        Bucket bucket = core.bucket(request);
        core.gate().requireBucket(request, bucket, action);
        return bucket;
    }

    void replication(S3Request request) {
        Bucket bucket = authorized(request, "s3:GetReplicationConfiguration");
        String document = bucket.config().replication();
        if (document == null) {
            throw new AwsError(
                    404,
                    "ReplicationConfigurationNotFoundError",
                    "The replication configuration was not found",
                    Map.of("BucketName", bucket.name()));
        }
        request.answer(200, XML, document.getBytes(StandardCharsets.UTF_8));
    }

    void putReplication(S3Request request) throws IOException {
        Bucket bucket = authorized(request, "s3:PutReplicationConfiguration");
        byte[] body = XmlNode.bytes(request.call().body());
        XmlNode document = XmlNode.parse(body, "ReplicationConfiguration");
        document.required("Role");
        if (document.all("Rule").isEmpty()) {
            throw XmlNode.malformed();
        }
        for (XmlNode rule : document.all("Rule")) {
            XmlNode destination = rule.child("Destination");
            if (destination == null) {
                throw XmlNode.malformed();
            }
            destination.required("Bucket");
            rule.required("Status");
        }
        if (!bucket.config().versioned()) {
            throw S3Errors.request("Versioning must be 'Enabled' on the bucket to apply a replication configuration");
        }
        core.store().configure(bucket, config -> config.withReplication(new String(body, StandardCharsets.UTF_8)));
        request.answer(200);
    }

    void deleteReplication(S3Request request) {
        Bucket bucket = authorized(request, "s3:PutReplicationConfiguration");
        core.store().configure(bucket, config -> config.withReplication(null));
        request.answer(204);
    }

    void logging(S3Request request) {
        String document = authorized(request, "s3:GetBucketLogging").config().logging();
        if (document == null) {
            request.answerXml(Xml.document("BucketLoggingStatus", xml -> {}));
        } else {
            request.answer(200, XML, document.getBytes(StandardCharsets.UTF_8));
        }
    }

    void putLogging(S3Request request) throws IOException {
        Bucket bucket = authorized(request, "s3:PutBucketLogging");
        byte[] body = XmlNode.bytes(request.call().body());
        XmlNode enabled = XmlNode.parse(body, "BucketLoggingStatus").child("LoggingEnabled");
        if (enabled != null) {
            enabled.required("TargetBucket");
        }
        String document = enabled == null ? null : new String(body, StandardCharsets.UTF_8);
        core.store().configure(bucket, config -> config.withLogging(document));
        request.answer(200);
    }
}
