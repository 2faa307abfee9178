package dev.s3envelope.examples.cli;

import dev.s3envelope.core.access.AccessEvidence;
import dev.s3envelope.core.access.AccessEvidence.Source;
import dev.s3envelope.core.access.AccessReport;
import dev.s3envelope.core.access.GateVerdict;
import dev.s3envelope.core.access.KeyAccess;
import dev.s3envelope.core.access.PrincipalLookup;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.s3.ClientSideObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Reads the first byte of an object and reports on both gates, whether they open or not. */
final class LiveCheck {
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final S3Client s3;
    private final KeyAccess keys;
    private final PrincipalLookup principals;

    /**
     * A check.
     *
     * @param s3 lets denials carry a report, by an active diagnosis
     */
    LiveCheck(S3Client s3, KeyAccess keys, PrincipalLookup principals) {
        this.s3 = s3;
        this.keys = keys;
        this.principals = principals;
    }

    /** The report on a read; a failure that is not about access is thrown as it is. */
    AccessReport read(S3Location object, @Nullable String version) {
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(object.bucket())
                .key(object.key())
                .versionId(version)
                .build();
        try {
            return opened(new ObjectAddress(object.bucket(), object.key()), firstByte(request));
        } catch (SdkException e) {
            return AccessReport.of(e).orElseThrow(() -> e);
        }
    }

    private GetObjectResponse firstByte(GetObjectRequest request) {
        try {
            return s3.getObject(request.toBuilder().range("bytes=0-0").build(), ResponseTransformer.toBytes())
                    .response();
        } catch (S3Exception e) {
            if (e.statusCode() != RANGE_NOT_SATISFIABLE) {
                throw e;
            }
            // An empty object has no first byte.
            return s3.getObject(request, ResponseTransformer.toBytes()).response();
        }
    }

    private AccessReport opened(ObjectAddress object, GetObjectResponse answer) {
        AccessReport.Builder report = AccessReport.builder("GetObject")
                .object(object)
                .verdict(GateVerdict.of(AccessGate.S3, Verdict.ALLOWED, Source.PROBE, "S3 gave out the first byte."));
        Optional<KeyArn> key = Optional.ofNullable(answer.ssekmsKeyId()).flatMap(KeyArn::tryParse);
        List<AccessEvidence> seen = new ArrayList<>();
        if (key.isEmpty()) {
            seen.add(new AccessEvidence(
                    Source.RESPONSE,
                    "S3 asks KMS nothing for this object: its mode is "
                            + (answer.sseCustomerAlgorithm() == null ? answer.serverSideEncryptionAsString() : "SSE-C")
                            + "."));
        } else {
            seen.add(new AccessEvidence(Source.PROBE, "S3 decrypted it for this principal."));
            report.key(key.get());
            boolean bucketKey = Boolean.TRUE.equals(answer.bucketKeyEnabled());
            if (bucketKey) {
                report.note(
                        "The object has a Bucket Key, by which S3 asks KMS now and then: a permission that was just taken away can still seem to be there.");
            }
            seen.addAll(stateOf(key.get()));
        }
        ClientSideObject.of(answer)
                .ifPresent(stored -> report.note("The object is encrypted on the client (" + stored.format()
                        + "), and its first byte was decrypted."));
        report.verdict(new GateVerdict(AccessGate.KMS, Verdict.ALLOWED, seen));
        try {
            report.principal(principals
                    .arn(RequestCredentials.none())
                    .toCompletableFuture()
                    .join());
        } catch (CompletionException e) {
            report.note("STS could not be asked who signs.");
        }
        return report.build();
    }

    private List<AccessEvidence> stateOf(KeyArn key) {
        return keys.state(key).toCompletableFuture().join().verdict().evidence();
    }
}
