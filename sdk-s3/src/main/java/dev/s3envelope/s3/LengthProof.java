package dev.s3envelope.s3;

import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * Asks HeadObject to prove the length it answers for an object that is encrypted on the client, instead of deriving it from the stored length and the metadata,
 * which nobody authenticates:
 *
 * <pre>{@code
 * s3.headObject(r -> r.bucket("reports").key("q3.csv").overrideConfiguration(LengthProof.required()));
 * }</pre>
 *
 * <p>Header and final frame of the message are fetched and authenticated: beside the HEAD that takes one GET, two where they lie apart and the header is not
 * known, and the data key from a keyring, under the permissions of a read. The answer then also says what the message is bound to, see
 * {@link ClientSideObject#identity()}. An object that is shorter or longer than its message, or bound to another name, fails with
 * {@link dev.s3envelope.core.IntegrityException}.
 *
 * <p>Of an object that is not encrypted on the client the length is S3's, and there is nothing to prove. Where no part of an object proves anything, that is
 * in the S3 Encryption Client's formats, in signed messages and in unframed ones, the request is refused with
 * {@link dev.s3envelope.core.OperationRefusedException}. Immutable.
 */
public final class LengthProof implements Consumer<AwsRequestOverrideConfiguration.Builder> {
    private static final ExecutionAttribute<LengthProof> ATTRIBUTE =
            new ExecutionAttribute<>("dev.s3envelope.s3.LengthProof");
    private static final LengthProof REQUIRED = new LengthProof();

    private LengthProof() {}

    /** Lengths must be proved. */
    public static LengthProof required() {
        return REQUIRED;
    }

    /** What a request carries, if anything. */
    public static Optional<LengthProof> of(S3Request request) {
        return request.overrideConfiguration()
                .map(configuration -> configuration.executionAttributes().getAttribute(ATTRIBUTE));
    }

    /** Adds this to a request's configuration and leaves the rest of it as it is. */
    @Override
    public void accept(AwsRequestOverrideConfiguration.Builder configuration) {
        configuration.putExecutionAttribute(ATTRIBUTE, this);
    }

    @Override
    public String toString() {
        return "LengthProof[required]";
    }
}
