package dev.s3envelope.examples.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

/** {@code envelope rm}. */
@Command(
        name = "rm",
        description = {
            "Delete an object, or with --recursive everything under a prefix.",
            "Deleting needs no KMS permission."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class RmCommand extends S3Command {
    @Parameters(index = "0", paramLabel = "S3_URI", description = "s3://bucket/key")
    String target;

    @Option(names = "--recursive", description = "Everything whose key starts so.")
    boolean recursive;

    private S3Location from;

    @Override
    void check() {
        from = recursive ? location(target) : object(target);
    }

    @Override
    int run(S3Client s3) {
        if (!recursive) {
            s3.deleteObject(request -> request.bucket(from.bucket()).key(from.key()));
            say(false, "rm " + from);
            return ExitCode.OK;
        }
        long deleted = 0;
        long failed = 0;
        for (ListObjectsV2Response page : s3.listObjectsV2Paginator(
                request -> request.bucket(from.bucket()).prefix(from.key()))) {
            if (page.contents().isEmpty()) {
                continue;
            }
            List<ObjectIdentifier> keys = page.contents().stream()
                    .map(object -> ObjectIdentifier.builder().key(object.key()).build())
                    .toList();
            DeleteObjectsResponse answer = s3.deleteObjects(request -> request.bucket(from.bucket())
                    .delete(delete -> delete.objects(keys).quiet(true)));
            for (S3Error error : answer.errors()) {
                surroundings().err().println("envelope: " + error.key() + ": " + error.code() + ": " + error.message());
            }
            failed += answer.errors().size();
            deleted += keys.size() - answer.errors().size();
        }
        say(false, "rm " + from + ": " + deleted + " deleted" + (failed == 0 ? "" : ", " + failed + " failed"));
        return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
    }
}
