package dev.s3envelope.s3.internal;

import dev.s3envelope.core.InsecureTransportException;
import dev.s3envelope.core.guard.Transport;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * The requests that read one object which may be SSE-C, under one of several keys, or not. It begins with what was learned of
 * the object, else with what the policy says of it; S3's refusal tells which one to try next, and each is tried once at most.
 *
 * @param <T> the operation, by the type of its request
 */
final class SseCAttempts<T extends S3Request> implements Attempts<T> {
    /** Stands for the request without a key, where others stand under their key's fingerprint. */
    static final String NO_KEY = "";

    private final T request;
    private final ObjectVersion object;
    private final List<SseCKeySource> sources;
    private final CustomerKeys keys;
    private final Transport transport;
    private final BiFunction<T, @Nullable SseCKey, T> apply;
    private final Bounded<ObjectVersion, String> learned;
    private final Set<String> tried = new HashSet<>();
    private String current = NO_KEY;
    private T first;

    private SseCAttempts(
            T request,
            ObjectVersion object,
            CustomerKeys keys,
            Transport transport,
            Bounded<ObjectVersion, String> learned,
            BiFunction<T, @Nullable SseCKey, T> apply) {
        this.request = request;
        this.first = request;
        this.object = object;
        this.sources = keys.sources(object.address());
        this.keys = keys;
        this.transport = transport;
        this.learned = learned;
        this.apply = apply;
    }

    /**
     * Prepares the first request.
     *
     * @param request with everything but the key
     * @param apply puts a key on the request; null for none
     * @param learned which key, or none, opened an object before; a hint
     */
    static <T extends S3Request> CompletionStage<Attempts<T>> of(
            T request,
            ObjectVersion object,
            CustomerKeys keys,
            Transport transport,
            Bounded<ObjectVersion, String> learned,
            BiFunction<T, @Nullable SseCKey, T> apply) {
        SseCAttempts<T> attempts = new SseCAttempts<>(request, object, keys, transport, learned, apply);
        if (attempts.sources.isEmpty()) {
            return CompletableFuture.completedFuture(Attempts.one(apply.apply(request, null)));
        }
        Optional<String> hint = learned.get(object);
        boolean withKey = hint.map(opened -> !opened.equals(NO_KEY)).orElseGet(() -> keys.expected(object.address()));
        if (!withKey) {
            attempts.first = attempts.withoutKey();
            return CompletableFuture.completedFuture(attempts);
        }
        transport.requireProtected(object.address().toString());
        return attempts.withNextKey(hint.orElse(NO_KEY)).thenApply(request0 -> {
            attempts.first = request0.orElseGet(attempts::withoutKey);
            return attempts;
        });
    }

    @Override
    public T first() {
        return first;
    }

    @Override
    public CompletionStage<Optional<T>> after(Throwable failure) {
        SseCAnswer answer = SseCAnswer.of(failure, !current.equals(NO_KEY));
        if (answer == SseCAnswer.NO_KEY_WANTED && !tried.contains(NO_KEY)) {
            return CompletableFuture.completedFuture(Optional.of(withoutKey()));
        }
        if (answer == SseCAnswer.KEY_NEEDED || answer == SseCAnswer.WRONG_KEY) {
            if (transport == Transport.PLAIN) {
                return CompletableFuture.failedFuture(new InsecureTransportException(object.address()
                        + " is encrypted with a customer-provided key, which is not sent over plain HTTP."
                        + " Use an https endpoint."));
            }
            return withNextKey(NO_KEY);
        }
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public void succeeded(@Nullable Object answer) {
        learned.put(object, current);
    }

    private T withoutKey() {
        tried.add(NO_KEY);
        current = NO_KEY;
        return apply.apply(request, null);
    }

    /** The request with the preferred key, else with the first that was not tried; empty if all were. Fails if the one needed may be among those missing. */
    private CompletionStage<Optional<T>> withNextKey(String preferred) {
        return keys.lendForRead(sources, object.address(), RequestCredentials.of(request), ring -> {
            Optional<SseCKey> next = ring.find(key -> key.fingerprint().equals(preferred))
                    .or(() -> ring.find(key -> !tried.contains(key.fingerprint())));
            if (next.isEmpty()) {
                ring.requireComplete();
            }
            return next.map(key -> {
                tried.add(key.fingerprint());
                current = key.fingerprint();
                return apply.apply(request, key);
            });
        });
    }
}
