package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.core.message.MessageIdentity;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/**
 * How one GET is answered; travels with the request that is sent.
 *
 * @param way what is fetched
 * @param asked the caller's request
 * @param reader who reads, with which keys and expectations
 * @param stored what the plan was made for; null where the answer decides
 * @param plaintext the bytes asked for, of {@link Way#RANGE}
 * @param conditional whether the condition on the ETag is ours
 */
record ReadPlan(
        Way way,
        GetObjectRequest asked,
        Reader reader,
        @Nullable StoredObject stored,
        @Nullable ByteSpan plaintext,
        boolean conditional) {
    enum Way {
        /** The whole object, whatever it is. */
        WHOLE,
        /** The range as asked, of an object that is not encrypted on the client. */
        AS_IS,
        /** The frames that hold the range. */
        RANGE
    }

    /**
     * Who reads.
     *
     * @param object what is read
     * @param keyrings to try, in order, on behalf of whoever makes the request
     * @param s3ecKeyrings for objects of the S3 Encryption Client, on the same behalf
     * @param identity what a message must be bound to
     * @param required whether an object that is not encrypted on the client is refused
     */
    record Reader(
            ObjectAddress object,
            List<BoundKeyring<Keyring>> keyrings,
            List<BoundKeyring<S3ecKeyring>> s3ecKeyrings,
            MessageIdentity identity,
            boolean required) {}

    private static final ExecutionAttribute<ReadPlan> ATTRIBUTE =
            new ExecutionAttribute<>("dev.s3envelope.s3.ReadPlan");
    private static final ExecutionAttribute<Integer> PARTS_COUNT =
            new ExecutionAttribute<>("dev.s3envelope.s3.PartsCount");
    private static final ExecutionAttribute<SharedMessage> MESSAGE =
            new ExecutionAttribute<>("dev.s3envelope.s3.SharedMessage");

    static Optional<ReadPlan> of(GetObjectRequest request) {
        return RequestAttributes.get(request, ATTRIBUTE);
    }

    /**
     * A caller's request for a part, with the number of parts S3 says the object has: the frames are fetched by range, and S3 tells the number only in answer
     * to a request for a part.
     */
    static GetObjectRequest ofParts(GetObjectRequest asked, @Nullable Integer partsCount) {
        return partsCount == null ? asked : RequestAttributes.with(asked, PARTS_COUNT, partsCount);
    }

    /** The number of parts, where the caller asked for one. */
    Optional<Integer> partsCount() {
        return RequestAttributes.get(asked, PARTS_COUNT);
    }

    /** This plan, and those made of its caller's request, with one message for all. */
    ReadPlan sharing(SharedMessage message) {
        return new ReadPlan(
                way, RequestAttributes.with(asked, MESSAGE, message), reader, stored, plaintext, conditional);
    }

    /** The message of this read, where several requests share it. */
    Optional<SharedMessage> message() {
        return RequestAttributes.get(asked, MESSAGE);
    }

    GetObjectRequest on(GetObjectRequest request) {
        return RequestAttributes.with(request, ATTRIBUTE, this);
    }
}
