package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.DsseKms;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.ServerSideMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.mode.SseS3;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.EncryptionOverride;
import dev.s3envelope.s3.internal.Bounded;
import dev.s3envelope.s3.internal.ObjectVersion;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * What objects are under, as far as this client knows without asking: what it saw of them last, else what the policy says of their address. Either may be out of
 * date, so nobody is turned away on its word alone. Safe for use by several threads.
 */
final class ObjectKeys {
    private static final int REMEMBERED = 10_000;

    private final EncryptionPolicy policy;
    private final Bounded<ObjectVersion, Seen> seen = new Bounded<>(REMEMBERED);
    private final Bounded<KeyInBucket, Boolean> bucketKeys = new Bounded<>(REMEMBERED);

    /** What an object is under, and the answer that said so. */
    private record Seen(StoredUnder under, Shown shown) {}

    /** What S3 shows of an object's encryption, as it shows it. */
    private record Shown(
            @Nullable String encryption,
            @Nullable String key,
            @Nullable Boolean bucketKey,
            @Nullable String eTag) {
        static Shown of(SdkPojo answer) {
            if (answer instanceof GetObjectResponse get) {
                return new Shown(
                        get.serverSideEncryptionAsString(), get.ssekmsKeyId(), get.bucketKeyEnabled(), get.eTag());
            }
            return new Shown(
                    StoredUnder.field(answer, "ServerSideEncryption", String.class)
                            .orElse(null),
                    StoredUnder.field(answer, "SSEKMSKeyId", String.class).orElse(null),
                    StoredUnder.field(answer, "BucketKeyEnabled", Boolean.class).orElse(null),
                    StoredUnder.field(answer, "ETag", String.class).orElse(null));
        }
    }

    private record KeyInBucket(String bucket, KeyArn key) {}

    ObjectKeys(EncryptionPolicy policy) {
        this.policy = policy;
    }

    /** What is expected of an object that a request is about to read. */
    StoredUnder expected(S3Request request, ObjectVersion object) {
        Optional<ServerSideMode> stated =
                EncryptionOverride.of(request).map(EncryptionOverride::mode).map(EncryptionMode::serverSide);
        if (stated.isPresent()) {
            return under(stated.get(), object.address());
        }
        Optional<String> eTag = StoredUnder.field(request, "IfMatch", String.class);
        return seen.get(object)
                .filter(known ->
                        eTag.isEmpty() || eTag.get().equals(known.shown().eTag()))
                .map(Seen::under)
                .orElseGet(() -> byPolicy(object.address()));
    }

    /** What the policy says objects at an address are under, where it says one thing. */
    private StoredUnder byPolicy(ObjectAddress object) {
        Set<StoredUnder> possible = new LinkedHashSet<>();
        for (EncryptionMode mode : policy.possibleModes(object.bucket(), object.key())) {
            possible.add(under(mode.serverSide(), object));
        }
        return possible.size() == 1 ? possible.iterator().next() : new StoredUnder.Unknown();
    }

    private StoredUnder under(ServerSideMode mode, ObjectAddress object) {
        if (mode instanceof SseKms kms && kms.key().orElse(null) instanceof KeyArn arn) {
            Map<String, String> custom = kms.context().asMap();
            Optional<Boolean> bucketKey = kms.bucketKey() == BucketKey.UNSET
                    ? bucketKeys.get(new KeyInBucket(object.bucket(), arn))
                    : Optional.of(kms.bucketKey() == BucketKey.ENABLED);
            return bucketKey
                    .<StoredUnder>map(enabled -> new StoredUnder.Key(arn, enabled, custom))
                    .orElseGet(StoredUnder.Unknown::new);
        }
        if (mode instanceof DsseKms dsse && dsse.key().orElse(null) instanceof KeyArn arn) {
            return new StoredUnder.Key(arn, false, dsse.context().asMap());
        }
        // An object of an SSE-C rule that is read without a key is of another mode.
        return mode instanceof SseS3 ? new StoredUnder.NoKey() : new StoredUnder.Unknown();
    }

    /** What a write puts an object under: its key in each context S3 may use; empty where the request does not name a key. */
    List<StoredUnder.Key> ofWrite(S3Request request, ObjectAddress object) {
        Optional<String> encryption = StoredUnder.field(request, "ServerSideEncryption", String.class);
        Optional<KeyArn> key =
                StoredUnder.field(request, "SSEKMSKeyId", String.class).flatMap(KeyArn::tryParse);
        if (encryption.filter(name -> name.startsWith("aws:kms")).isEmpty() || key.isEmpty()) {
            return List.of();
        }
        Map<String, String> custom = writtenContext(request).asMap();
        Optional<Boolean> bucketKey = encryption.get().equals("aws:kms")
                ? StoredUnder.field(request, "BucketKeyEnabled", Boolean.class)
                        .or(() -> bucketKeys.get(new KeyInBucket(object.bucket(), key.get())))
                : Optional.of(false);
        return bucketKey.map(List::of).orElseGet(() -> List.of(false, true)).stream()
                .map(enabled -> new StoredUnder.Key(key.get(), enabled, custom))
                .toList();
    }

    /** What the writer of a request adds to the encryption context. */
    static ContextPairs writtenContext(S3Request request) {
        return StoredUnder.field(request, "SSEKMSEncryptionContext", String.class)
                .map(ContextPairs::parseHeader)
                .orElseGet(ContextPairs::empty);
    }

    /** Remembers what an answer of S3 says of an object, and gives it back with what it does not show. */
    StoredUnder learn(ObjectVersion object, SdkPojo answer, Optional<ContextPairs> written) {
        Shown raw = Shown.of(answer);
        Optional<Seen> same = written.isPresent()
                ? Optional.empty()
                : seen.get(object).filter(before -> before.shown().equals(raw));
        if (same.isPresent()) {
            return same.get().under();
        }
        StoredUnder shown = StoredUnder.of(answer);
        if (shown instanceof StoredUnder.Key key) {
            bucketKeys.put(new KeyInBucket(object.address().bucket(), key.arn()), key.bucketKey());
            shown = key.withCustom(written.isPresent() ? written.get().asMap() : customOf(object, key));
        }
        if (!(shown instanceof StoredUnder.Unknown)) {
            seen.put(object, new Seen(shown, raw));
        }
        return shown;
    }

    /** What was there is there no more. */
    void forget(ObjectVersion object) {
        seen.remove(object);
    }

    private Map<String, String> customOf(ObjectVersion object, StoredUnder.Key shown) {
        if (seen.get(object).map(Seen::under).orElse(null) instanceof StoredUnder.Key known && known.isShownBy(shown)) {
            return known.custom();
        }
        List<Map<String, String>> contexts =
                policy.possibleModes(object.address().bucket(), object.address().key()).stream()
                        .map(mode -> under(mode.serverSide(), object.address()))
                        .filter(under -> under instanceof StoredUnder.Key key && key.isShownBy(shown))
                        .map(under -> ((StoredUnder.Key) under).custom())
                        .distinct()
                        .toList();
        return contexts.size() == 1 ? contexts.get(0) : Map.of();
    }
}
