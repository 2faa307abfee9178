package dev.s3envelope.s3.internal;

import dev.s3envelope.core.arn.ObjectAddress;
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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Where the SSE-C keys for an object come from: the rules that may have written it, then the sources configured for reading
 * only. Keys live as long as the function they are lent to.
 */
final class CustomerKeys {
    private final EncryptionPolicy policy;
    private final List<SseCKeySource> readOnly;
    private final Executor executor;
    private final boolean any;

    CustomerKeys(EncryptionPolicy policy, List<SseCKeySource> readOnly, Executor executor) {
        this.policy = policy;
        this.readOnly = readOnly;
        this.executor = executor;
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

    /** Lends the key to write an object with. */
    <V> CompletionStage<V> lendForWrite(SseCKeySource source, ObjectAddress object, Function<SseCKey, V> use) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (SseCKey key = source.keyForWrite(object)) {
                        return use.apply(key);
                    }
                },
                executor);
    }

    /** Lends the keys an object may be under, newest first of each source, none twice. */
    <V> CompletionStage<V> lendForRead(
            List<SseCKeySource> sources, ObjectAddress object, Function<List<SseCKey>, V> use) {
        return CompletableFuture.supplyAsync(
                () -> {
                    List<SseCKey> received = new ArrayList<>();
                    try {
                        sources.forEach(source -> received.addAll(source.keysForRead(object)));
                        return use.apply(received.stream().distinct().toList());
                    } finally {
                        received.forEach(SseCKey::destroy);
                    }
                },
                executor);
    }
}
