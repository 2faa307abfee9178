package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.message.MessageIdentity;
import dev.s3envelope.core.message.ObjectIdentity;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.ContextScope;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * How the body of one object is encrypted, as it was decided for its request: the seam between the transformation of requests, which makes it,
 * and whoever handles the body. It travels with the request that is sent, as an execution attribute. Nothing in it is secret.
 *
 * @param mode the decided mode, its key references resolved
 * @param bound the same with its keyring on behalf of whoever makes the request
 * @param object what is written
 * @param partition the AWS partition of the bucket, for its ARN
 */
public record ClientSideWrite(ClientSide mode, ClientSide bound, ObjectAddress object, String partition) {
    private static final ExecutionAttribute<ClientSideWrite> ATTRIBUTE =
            new ExecutionAttribute<>("dev.s3envelope.s3.ClientSideWrite");

    /** What was decided for a request; empty where its body goes as it is. */
    public static Optional<ClientSideWrite> of(S3Request request) {
        return RequestAttributes.get(request, ATTRIBUTE);
    }

    /** The request with this decision, and everything else as it was. */
    public <T extends S3Request> T on(T request) {
        return RequestAttributes.with(request, ATTRIBUTE, this);
    }

    /** Makes the data keys of messages, on behalf of whoever makes the request. */
    public Keyring keyring() {
        return bound.keyring().orElseThrow(ClientSideWrite::otherFormat);
    }

    /** Makes the data keys of the S3 Encryption Client's format, on behalf of whoever makes the request. */
    S3ecKeyring s3ecKeyring() {
        return bound.s3ecKeyring().orElseThrow(ClientSideWrite::otherFormat);
    }

    private static IllegalStateException otherFormat() {
        return new IllegalStateException("cannot happen: the keyring of another format than the mode's");
    }

    /** What the message is bound to. */
    public MessageIdentity identity() {
        return mode.identity() == ObjectIdentity.OFF
                ? MessageIdentity.off()
                : new MessageIdentity(mode.identity(), object.bucket(), object.key());
    }

    /** {@code aws:s3:arn}, naming the bucket or the object, and the mode's own pairs. */
    public EncryptionContext context() {
        Map<String, String> pairs = new LinkedHashMap<>(mode.context().asMap());
        pairs.put(
                MessageIdentity.CONTEXT_KEY,
                mode.contextScope() == ContextScope.BUCKET ? object.bucketArn(partition) : object.arn(partition));
        return EncryptionContext.of(pairs);
    }

    /** What to ask the keyring for. */
    public EncryptionMaterialsRequest materials() {
        return EncryptionMaterialsRequest.of(context());
    }
}
