package dev.s3envelope.core.policy;

import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.mode.BucketDefault;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.DsseKms;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.ServerSideMode;
import dev.s3envelope.core.mode.SseC;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.mode.SseS3;
import dev.s3envelope.core.ssec.SseCKey;
import java.util.Optional;

/**
 * Whether a request asks for what was already stated, and the two put together.
 *
 * <p>Kind and key must be the same; {@code aws:kms} without a key means aws/s3 and nothing else, as it does to S3. The bucket
 * key and the context may be left open by either side and are then taken from the other; where both say something it must be
 * the same. Two SSE-C modes agree when both would write the object with the same key bytes. Keys are compared as they are
 * named, so modes come here with their aliases resolved where that matters.
 */
final class Agreement {
    private Agreement() {}

    /** The whole modes: what is above the server-side mode must be equal, what is beneath must agree. */
    static Optional<EncryptionMode> of(EncryptionMode stated, EncryptionMode requested, ObjectAddress object) {
        BucketDefault nothing = EncryptionMode.bucketDefault();
        boolean sameAbove = stated instanceof ServerSideMode
                ? requested instanceof ServerSideMode
                : stated.withServerSide(nothing).equals(requested.withServerSide(nothing));
        return sameAbove
                ? beneath(stated.serverSide(), requested.serverSide(), object).map(stated::withServerSide)
                : Optional.empty();
    }

    /** The server-side modes. */
    static Optional<ServerSideMode> beneath(ServerSideMode stated, ServerSideMode requested, ObjectAddress object) {
        if (stated instanceof SseKms a && requested instanceof SseKms b) {
            return kms(a, b);
        }
        if (stated instanceof DsseKms a && requested instanceof DsseKms b) {
            return dsse(a, b);
        }
        if (stated instanceof SseC a && requested instanceof SseC b) {
            return a.equals(b) || sameKey(a, b, object) ? Optional.of(a) : Optional.empty();
        }
        boolean same = (stated instanceof SseS3 && requested instanceof SseS3)
                || (stated instanceof BucketDefault && requested instanceof BucketDefault);
        return same ? Optional.of(stated) : Optional.empty();
    }

    private static Optional<ServerSideMode> kms(SseKms stated, SseKms requested) {
        Optional<ContextPairs> context = contexts(stated.context(), requested.context());
        boolean open = stated.bucketKey() == BucketKey.UNSET || requested.bucketKey() == BucketKey.UNSET;
        if (!sameKey(stated.key(), requested.key())
                || context.isEmpty()
                || (!open && stated.bucketKey() != requested.bucketKey())) {
            return Optional.empty();
        }
        BucketKey bucketKey = stated.bucketKey() == BucketKey.UNSET ? requested.bucketKey() : stated.bucketKey();
        return Optional.of(
                stated.toBuilder().bucketKey(bucketKey).context(context.get()).build());
    }

    private static Optional<ServerSideMode> dsse(DsseKms stated, DsseKms requested) {
        return sameKey(stated.key(), requested.key())
                ? contexts(stated.context(), requested.context())
                        .map(context -> stated.toBuilder().context(context).build())
                : Optional.empty();
    }

    private static Optional<ContextPairs> contexts(ContextPairs stated, ContextPairs requested) {
        if (stated.isEmpty()) {
            return Optional.of(requested);
        }
        return requested.isEmpty() || requested.equals(stated) ? Optional.of(stated) : Optional.empty();
    }

    private static boolean sameKey(Optional<KeyReference> stated, Optional<KeyReference> requested) {
        return named(stated).equals(named(requested));
    }

    /** {@code alias/aws/s3} and no key are the same key: that of the caller's account. */
    private static Optional<KeyReference> named(Optional<KeyReference> key) {
        return key.filter(reference -> !reference.text().equals("alias/aws/s3"));
    }

    private static boolean sameKey(SseC stated, SseC requested, ObjectAddress object) {
        try (SseCKey ours = stated.source().keyForWrite(object);
                SseCKey theirs = requested.source().keyForWrite(object)) {
            return ours.equals(theirs);
        }
    }
}
