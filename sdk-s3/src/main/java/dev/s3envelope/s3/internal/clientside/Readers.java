package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.message.MessageIdentity;
import dev.s3envelope.core.message.ObjectIdentity;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.ClientSideFormat;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import dev.s3envelope.s3.EncryptionOverride;
import dev.s3envelope.s3.ReadAs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import software.amazon.awssdk.services.s3.model.S3Request;

/** Who reads an object, with which keys and expectations, as policy, settings and request say. Safe for use by several threads. */
final class Readers {
    private final EncryptionPolicy policy;
    private final ClientSideSettings settings;

    Readers(EncryptionPolicy policy, ClientSideSettings settings) {
        this.policy = policy;
        this.settings = settings;
    }

    /** Who reads an object for this request. */
    CompletionStage<ReadPlan.Reader> reader(S3Request request, ObjectAddress object) {
        List<ClientSide> modes = new ArrayList<>();
        EncryptionOverride.of(request).ifPresent(override -> addClientSide(modes, override.mode()));
        int overridden = modes.size();
        List<EncryptionMode> possible = policy.possibleModes(object.bucket(), object.key());
        possible.forEach(mode -> addClientSide(modes, mode));
        List<Keyring> keyrings = distinct(modes, ClientSide::keyring, settings.readKeyrings());
        List<S3ecKeyring> s3ecKeyrings = distinct(modes, ClientSide::s3ecKeyring, settings.s3ecKeyrings());
        boolean required = settings.required() && modes.size() - overridden == possible.size();
        MessageIdentity identity = identity(request, object, modes);
        RequestCredentials credentials = RequestCredentials.of(request);
        return all(keyrings, keyring -> keyring.onBehalfOf(credentials))
                .thenCombine(
                        all(s3ecKeyrings, keyring -> keyring.onBehalfOf(credentials)),
                        (ours, s3ec) -> new ReadPlan.Reader(object, ours, s3ec, identity, required));
    }

    private static void addClientSide(List<ClientSide> modes, EncryptionMode mode) {
        if (mode instanceof ClientSide clientSide) {
            modes.add(clientSide);
        }
    }

    /** The keyrings of modes, then others, each once. */
    private static <K> List<K> distinct(
            List<ClientSide> modes, Function<ClientSide, Optional<K>> keyring, List<K> others) {
        List<K> distinct = new ArrayList<>(modes.size() + others.size());
        for (ClientSide mode : modes) {
            keyring.apply(mode).ifPresent(one -> addOnce(distinct, one));
        }
        others.forEach(one -> addOnce(distinct, one));
        return distinct;
    }

    private static <K> void addOnce(List<K> to, K keyring) {
        for (K before : to) {
            if (before == keyring) {
                return;
            }
        }
        to.add(keyring);
    }

    private static <K> CompletionStage<List<BoundKeyring<K>>> all(
            List<K> keyrings, Function<K, CompletionStage<K>> bind) {
        if (keyrings.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        CompletionStage<List<BoundKeyring<K>>> bound =
                CompletableFuture.completedFuture(new ArrayList<>(keyrings.size()));
        for (K keyring : keyrings) {
            bound = bound.thenCombine(BoundKeyring.of(keyring, bind), (before, one) -> {
                before.add(one);
                return before;
            });
        }
        return bound.thenApply(List::copyOf);
    }

    /** Where several modes may have written a message, the least of their identities is demanded; objects of the other format are no messages. */
    private static MessageIdentity identity(S3Request request, ObjectAddress object, List<ClientSide> modes) {
        Optional<ReadAs> readAs = ReadAs.of(request);
        if (readAs.isPresent() && readAs.get().object().isEmpty()) {
            return MessageIdentity.off();
        }
        ObjectAddress as = readAs.flatMap(ReadAs::object).orElse(object);
        ObjectIdentity least = null;
        for (ClientSide mode : modes) {
            if (mode.format() == ClientSideFormat.ENCRYPTION_SDK
                    && (least == null || mode.identity().compareTo(least) < 0)) {
                least = mode.identity();
            }
        }
        if (least == null) {
            least = ObjectIdentity.KEY;
        }
        return least == ObjectIdentity.OFF ? MessageIdentity.off() : new MessageIdentity(least, as.bucket(), as.key());
    }

    /** Whether what a request writes may have to be encrypted on the client. */
    boolean mayBeClientSide(S3Request request, ObjectAddress written) {
        return asksForClientSide(request)
                || policy.possibleModes(written.bucket(), written.key()).stream()
                        .anyMatch(ClientSide.class::isInstance);
    }

    /** Whether an object may be one this client reads as encrypted on the client. */
    boolean mayRead(S3Request request, ObjectAddress object) {
        return !settings.readKeyrings().isEmpty()
                || !settings.s3ecKeyrings().isEmpty()
                || mayBeClientSide(request, object);
    }

    /** Whether a request names a client-side mode itself. */
    static boolean asksForClientSide(S3Request request) {
        return EncryptionOverride.of(request)
                .filter(override -> override.mode() instanceof ClientSide)
                .isPresent();
    }
}
