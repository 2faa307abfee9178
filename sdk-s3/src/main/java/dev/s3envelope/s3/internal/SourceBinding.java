package dev.s3envelope.s3.internal;

import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseC;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Lets a decision between modes ask their SSE-C key sources on behalf of one request, and on a thread that may wait for them. */
final class SourceBinding {
    private SourceBinding() {}

    /**
     * Decides with the sources bound to the credentials. The answer has the sources as they came: later requests, such as the parts of an upload, bring
     * credentials of their own.
     *
     * @param decision given the rule's mode and the override's, bound; the key sources may be made ready and asked
     */
    static CompletionStage<EncryptionMode> decide(
            KeyExecutors executors,
            RequestCredentials credentials,
            EncryptionMode ruled,
            Optional<EncryptionMode> override,
            BiFunction<EncryptionMode, Optional<EncryptionMode>, CompletionStage<EncryptionMode>> decision) {
        List<SseCKeySource> sources = Stream.concat(Stream.of(ruled), override.stream())
                .flatMap(mode -> source(mode).stream())
                .distinct()
                .toList();
        if (sources.isEmpty()) {
            return decision.apply(ruled, override);
        }
        Map<SseCKeySource, SseCKeySource> bound = new HashMap<>();
        CompletionStage<?> all = CompletableFuture.completedFuture(null);
        for (SseCKeySource source : sources) {
            Supplier<CompletionStage<SseCKeySource>> bind = () -> source.onBehalfOf(credentials);
            all = all.thenCompose(done -> source.blocking() ? executors.ask(source, bind) : bind.get())
                    .thenAccept(asked -> bound.put(source, asked));
        }
        Executor mayWait = sources.stream()
                .filter(SseCKeySource::blocking)
                .findFirst()
                .map(executors::of)
                .orElse(Runnable::run);
        return all.thenComposeAsync(
                done -> {
                    Map<SseCKeySource, SseCKeySource> original = new HashMap<>();
                    bound.forEach((source, asked) -> original.put(asked, source));
                    return decision.apply(replaced(ruled, bound), override.map(mode -> replaced(mode, bound)))
                            .thenApply(mode -> replaced(mode, original));
                },
                mayWait);
    }

    private static Optional<SseCKeySource> source(EncryptionMode mode) {
        return mode.serverSide() instanceof SseC customer ? Optional.of(customer.source()) : Optional.empty();
    }

    private static EncryptionMode replaced(EncryptionMode mode, Map<SseCKeySource, SseCKeySource> sources) {
        return source(mode)
                .flatMap(source -> Optional.ofNullable(sources.get(source)))
                .map(other -> mode.withServerSide(EncryptionMode.sseC(other)))
                .orElse(mode);
    }
}
