package dev.s3envelope.s3.internal;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.guard.Transport;
import dev.s3envelope.s3.internal.clientside.ClientSideWrite;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.presigner.PresignedRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;

/** Signs what the transformer decided, once: nobody is there to try another key. */
public final class PresignedUrls {
    private final RequestTransformer transformer;
    private final HeaderFields fields = new HeaderFields();

    /** Signs through this transformer. */
    public PresignedUrls(RequestTransformer transformer) {
        this.transformer = transformer;
    }

    /** The signed URL of a request, and the headers that go with it. */
    public <T extends S3Request, P extends PresignedRequest> P presign(T request, Function<T, P> sign) {
        if (request instanceof GetObjectRequest get) {
            transformer.refuseWhereClientSide(get);
        }
        T sent = SyncInvocation.join(transformer.prepare(request, BodyFacts.NONE))
                .first();
        ClientSideWrite.of(sent).ifPresent(how -> {
            throw new OperationRefusedException("A presigned upload of " + how.object()
                    + " is refused: its mode is " + how.mode()
                    + ", and whoever uses the URL cannot encrypt. Upload it through the client.");
        });
        boolean needsHeaders = Stream.concat(ServerSideHeaders.MANAGED.stream(), ServerSideHeaders.CUSTOMER.stream())
                .anyMatch(header -> fields.value(sent, header).isPresent());
        boolean asked = fields.value(request, OwnerCheck.EXPECTED_OWNER).isPresent();
        P signed = sign.apply(
                needsHeaders || asked
                        ? sent
                        : fields.with(sent, Collections.singletonMap(OwnerCheck.EXPECTED_OWNER, null)));
        if (fields.value(sent, ServerSideHeaders.CUSTOMER.get(1)).isPresent()) {
            transport(signed).requireProtected("the presigned " + OperationTreatment.operationName(request));
        }
        return signed;
    }

    private static Transport transport(PresignedRequest signed) {
        try {
            return Transport.of(signed.url().toURI());
        } catch (URISyntaxException e) {
            throw new EnvelopeException("The presigned URL is no URI, so its transport cannot be judged.");
        }
    }
}
