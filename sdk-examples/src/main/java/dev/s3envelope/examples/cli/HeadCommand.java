package dev.s3envelope.examples.cli;

import dev.s3envelope.s3.ClientSideObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** {@code envelope head}. */
@Command(
        name = "head",
        description = {
            "Show what S3 says of an object: size, mode, key, metadata.",
            "It needs no KMS permission, so it works where a get is denied."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class HeadCommand extends S3Command {
    @Parameters(index = "0", paramLabel = "S3_URI", description = "s3://bucket/key")
    String source;

    @Option(names = "--version-id", paramLabel = "ID", description = "A version other than the current one.")
    @Nullable
    String version;

    private S3Location from;

    @Override
    void check() {
        from = object(source);
    }

    @Override
    int run(S3Client s3) {
        HeadObjectResponse head = s3.headObject(
                request -> request.bucket(from.bucket()).key(from.key()).versionId(version));
        facts(head).forEach((name, value) -> surroundings().out().printf("%-16s %s%n", name, value));
        return ExitCode.OK;
    }

    private static Map<String, String> facts(HeadObjectResponse head) {
        Map<String, String> facts = new LinkedHashMap<>();
        put(facts, "size", head.contentLength());
        put(facts, "modified", head.lastModified());
        put(facts, "content type", head.contentType());
        put(facts, "etag", head.eTag());
        put(facts, "version", head.versionId());
        put(facts, "mode", mode(head));
        put(facts, "kms key", head.ssekmsKeyId());
        put(facts, "bucket key", head.bucketKeyEnabled());
        put(facts, "sse-c key md5", head.sseCustomerKeyMD5());
        ClientSideObject.of(head).ifPresent(object -> {
            put(facts, "client-side", object.format());
            object.storedLength().ifPresent(length -> put(facts, "stored size", length));
        });
        put(facts, "storage class", head.storageClassAsString());
        head.metadata().forEach((name, value) -> facts.put("metadata " + name, value));
        return facts;
    }

    static @Nullable String mode(HeadObjectResponse head) {
        return head.sseCustomerAlgorithm() == null ? head.serverSideEncryptionAsString() : "SSE-C";
    }

    private static void put(Map<String, String> facts, String name, @Nullable Object value) {
        if (value != null) {
            facts.put(name, value.toString());
        }
    }
}
