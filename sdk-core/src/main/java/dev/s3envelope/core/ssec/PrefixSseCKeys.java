package dev.s3envelope.core.ssec;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.keyring.RequestCredentials;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A source per key prefix; the longest one that fits decides. */
final class PrefixSseCKeys implements SseCKeySource {
    private final String name;
    private final List<Map.Entry<String, SseCKeySource>> longestFirst;

    PrefixSseCKeys(String name, Map<String, SseCKeySource> sources) {
        this.name = SourceNames.require(name);
        this.longestFirst = Map.copyOf(sources).entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, SseCKeySource> e) ->
                                e.getKey().length())
                        .reversed())
                .toList();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public SseCKey keyForWrite(ObjectAddress object) {
        return sourceOf(object)
                .orElseThrow(() -> new IllegalEncryptionException("SSE-C key source " + name + " has no key for "
                        + object + ": no prefix fits. Add one, or the empty prefix for every object."))
                .keyForWrite(object);
    }

    @Override
    public List<SseCKey> keysForRead(ObjectAddress object) {
        return sourceOf(object).map(source -> source.keysForRead(object)).orElse(List.of());
    }

    @Override
    public CompletionStage<Void> prepare(ObjectAddress object) {
        return sourceOf(object)
                .map(source -> source.prepare(object))
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    @Override
    public List<EnvelopeException> missing(ObjectAddress object) {
        return sourceOf(object).map(source -> source.missing(object)).orElse(List.of());
    }

    @Override
    public boolean blocking() {
        return longestFirst.stream().anyMatch(entry -> entry.getValue().blocking());
    }

    @Override
    public CompletionStage<SseCKeySource> onBehalfOf(RequestCredentials credentials) {
        CompletionStage<Map<String, SseCKeySource>> all = CompletableFuture.completedFuture(new LinkedHashMap<>());
        for (Map.Entry<String, SseCKeySource> entry : longestFirst) {
            all = all.thenCompose(bound -> entry.getValue()
                    .onBehalfOf(credentials)
                    .thenApply(source -> {
                        bound.put(entry.getKey(), source);
                        return bound;
                    }));
        }
        return all.thenApply(bound -> new PrefixSseCKeys(name, bound));
    }

    private Optional<SseCKeySource> sourceOf(ObjectAddress object) {
        return longestFirst.stream()
                .filter(entry -> object.key().startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    @Override
    public String toString() {
        return "SseCKeySource[" + name + ", " + longestFirst.size() + " prefixes]";
    }
}
