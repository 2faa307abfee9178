package dev.s3envelope.s3.internal;

import dev.s3envelope.core.OperationRefusedException;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * What the clients do with one operation of S3, and why. Every operation the AWS SDK has is listed in {@link OperationTable};
 * one that is not (a newer SDK on the class path) is refused, because nobody has decided yet whether it can touch object
 * bytes.
 *
 * <p>Whatever the treatment, the request carries {@code expectedBucketOwner} when the operation has the field and the owner is
 * known.
 *
 * @param request the operation, by the type of its request
 * @param kind what happens to its encryption parameters
 * @param reason one line for the reader of the table, and of the refusal
 */
public record OperationTreatment(Class<? extends S3Request> request, Kind kind, String reason) {
    /** What happens to the encryption parameters of a request. */
    public enum Kind {
        /** They have none, or none that could decide how object bytes are encrypted. */
        PASSED,
        /** They are decided by the policy, completed or checked. */
        TRANSFORMED,
        /** The operation is not sent. */
        REFUSED
    }

    private static final Map<Class<? extends S3Request>, OperationTreatment> TABLE = OperationTable.treatments();

    /** The treatment of an operation, or empty where the table does not know it. */
    public static Optional<OperationTreatment> find(Class<? extends S3Request> request) {
        return Optional.ofNullable(TABLE.get(request));
    }

    /** Every treatment, by request type. */
    public static Map<Class<? extends S3Request>, OperationTreatment> all() {
        return TABLE;
    }

    /**
     * The treatment of a request that may be sent.
     *
     * @throws OperationRefusedException if the operation is refused or unknown
     */
    static OperationTreatment of(S3Request request) {
        OperationTreatment treatment = TABLE.get(request.getClass());
        if (treatment == null) {
            throw new OperationRefusedException(
                    "The operation of " + request.getClass().getSimpleName()
                            + " is newer than this version of the S3 Envelope SDK, which cannot tell whether it touches object bytes."
                            + " Update the S3 Envelope SDK, or send it with the plain S3 client.");
        }
        if (treatment.kind == Kind.REFUSED) {
            throw new OperationRefusedException(operationName(request) + " is refused: " + treatment.reason + ".");
        }
        return treatment;
    }

    /** The operation as AWS names it, such as {@code PutObject}. */
    public static String operationName(S3Request request) {
        String type = request.getClass().getSimpleName();
        return type.endsWith("Request") ? type.substring(0, type.length() - "Request".length()) : type;
    }
}
