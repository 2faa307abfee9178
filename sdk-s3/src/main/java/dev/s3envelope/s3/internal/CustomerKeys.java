package dev.s3envelope.s3.internal;

import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseC;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectDescription;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Where the SSE-C keys for an object come from: the rules that may have written it, then the sources configured for reading
 * only. Keys live as long as the function they are lent to.
 */
final class CustomerKeys {
    private final EncryptionPolicy policy;
    private final List<SseCKeySource> readOnly;
    private final KeyExecutors executors;
    private final boolean any;

    CustomerKeys(EncryptionPolicy policy, List<SseCKeySource> readOnly, KeyExecutors executors) {
        this.policy = policy;
        this.readOnly = readOnly;
        this.executors = executors;
        this.any = !readOnly.isEmpty()
                || policy.rules().stream().anyMatch(rule -> rule.mode().serverSide() instanceof SseC);
    }

    /** Whether any object at all may be SSE-C, as far as is known. */
    boolean any() {
        return any;
    }

    /** Whether an object of which only the address is known is SSE-C by the policy. */
    boolean expected(ObjectAddress object) {
        return any
                && policy.decide(ObjectDescription.of(object.bucket(), object.key()))
                                .mode()
                                .serverSide()
                        instanceof SseC;
    }

    /** The sources that may know the key of an object, the likeliest first. */
    List<SseCKeySource> sources(ObjectAddress object) {
        if (!any) {
            return List.of();
        }
        Set<SseCKeySource> sources = new LinkedHashSet<>();
        for (EncryptionMode mode : policy.possibleModes(object.bucket(), object.key())) {
            if (mode.serverSide() instanceof SseC customer) {
                sources.add(customer.source());
            }
        }
        sources.addAll(readOnly);
        return List.copyOf(sources);
    }

    /** Where sources are asked. */
    KeyExecutors executors() {
        return executors;
    }

    /** Lends the key to write an object with, had on behalf of the request's credentials. */
    <V> CompletionStage<V> lendForWrite(
            SseCKeySource source, ObjectAddress object, RequestCredentials credentials, Function<SseCKey, V> use) {
        return ready(source, object, credentials).thenApply(ready -> {
            try (SseCKey key = ready.keyForWrite(object)) {
                return use.apply(key);
            }
        });
    }

    /** Lends the keys an object may be under. A source that fails takes nothing from the others: its failure is in the ring. */
    <V> CompletionStage<V> lendForRead(
            List<SseCKeySource> sources,
            ObjectAddress object,
            RequestCredentials credentials,
            Function<SseCRing, V> use) {
        List<SseCKey> received = new ArrayList<>();
        List<RuntimeException> missing = new ArrayList<>();
        CompletionStage<?> all = CompletableFuture.completedFuture(null);
        for (SseCKeySource source : sources) {
            all = all.thenCompose(done -> receive(source, object, credentials, received, missing));
        }
        return all.thenApply(done ->
                        use.apply(new SseCRing(received.stream().distinct().toList(), missing)))
                .whenComplete((value, failure) -> received.forEach(SseCKey::destroy));
    }

    private CompletionStage<?> receive(
            SseCKeySource source,
            ObjectAddress object,
            RequestCredentials credentials,
            List<SseCKey> received,
            List<RuntimeException> missing) {
        return ready(source, object, credentials)
                .thenAccept(ready -> {
                    received.addAll(ready.keysForRead(object));
                    missing.addAll(ready.missing(object));
                })
                .exceptionally(failure -> {
                    if (!(StageFailures.unwrap(failure) instanceof RuntimeException absent)) {
                        throw new CompletionException(StageFailures.unwrap(failure));
                    }
                    missing.add(absent);
                    return null;
                });
    }

    private CompletionStage<SseCKeySource> ready(
            SseCKeySource source, ObjectAddress object, RequestCredentials credentials) {
        return executors.ask(
                source,
                () -> source.onBehalfOf(credentials)
                        .thenCompose(bound -> bound.prepare(object).thenApply(done -> bound)));
    }
}
