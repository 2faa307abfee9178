package dev.s3envelope.core.keyring;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.internal.StageFailures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * One keyring that generates data keys and any number that wrap them too, so that each of them can open the message alone: a KMS key per
 * Region, an offline recovery key.
 *
 * <p>Writing needs all of them: if one cannot wrap, nothing is written, since a recovery key that is silently missing is none. Reading
 * needs one: they are asked in order, generator first, one after the other, and the first that opens wins, whatever kind of
 * failure the earlier ones had. If none opens, the {@link KeyringException} lists every failure and carries them as suppressed exceptions.
 * Source: AWS Encryption SDK specification, framework/multi-keyring.
 */
public final class MultiKeyring implements Keyring {
    private final Keyring generator;
    private final List<Keyring> recovery;
    private final List<Keyring> all;

    /** Creates a keyring of {@code generator} and, in this order, {@code recovery}. */
    public MultiKeyring(Keyring generator, List<? extends Keyring> recovery) {
        this.generator = generator;
        this.recovery = List.copyOf(recovery);
        List<Keyring> both = new ArrayList<>();
        both.add(generator);
        both.addAll(recovery);
        this.all = List.copyOf(both);
    }

    @Override
    public CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
        return generator
                .generate(request)
                .thenCompose(made -> wrapAll(recovery, made.dataKey(), request).handle((extra, failure) -> {
                    if (failure != null) {
                        made.close();
                        throw asCompletion(failure);
                    }
                    List<WrappedKey> wrapped = new ArrayList<>(made.wrappedKeys());
                    wrapped.addAll(extra);
                    return new EncryptionMaterials(request, made.dataKey(), wrapped);
                }));
    }

    @Override
    public CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
        return wrapAll(all, dataKey, request);
    }

    @Override
    public CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
        return unwrapFrom(0, request, new ArrayList<>());
    }

    /** As each of them; one without credentials fails when it is asked, not here, since another may open the message. */
    @Override
    public CompletionStage<Keyring> onBehalfOf(RequestCredentials credentials) {
        CompletionStage<List<Keyring>> result = CompletableFuture.completedFuture(List.of());
        for (Keyring keyring : all) {
            result = result.thenCombine(
                    keyring.onBehalfOf(credentials)
                            .exceptionally(failure -> new UnusableKeyring(keyring, StageFailures.unwrap(failure))),
                    (before, one) -> {
                        List<Keyring> joined = new ArrayList<>(before);
                        joined.add(one);
                        return joined;
                    });
        }
        return result.thenApply(bound -> new MultiKeyring(bound.get(0), bound.subList(1, bound.size())));
    }

    @Override
    public Optional<String> principal() {
        if (all.stream().allMatch(keyring -> keyring.principal().isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(
                all.stream().map(keyring -> keyring.principal().orElse("-")).collect(Collectors.joining(" ")));
    }

    @Override
    public boolean blocking() {
        return all.stream().anyMatch(Keyring::blocking);
    }

    @Override
    public String toString() {
        return "keyrings " + all;
    }

    private static CompletionStage<List<WrappedKey>> wrapAll(
            List<Keyring> keyrings, DataKey dataKey, EncryptionMaterialsRequest request) {
        CompletionStage<List<WrappedKey>> result = CompletableFuture.completedFuture(List.of());
        for (Keyring keyring : keyrings) {
            result = result.thenCompose(before -> keyring.wrap(dataKey, request).thenApply(more -> {
                List<WrappedKey> joined = new ArrayList<>(before);
                joined.addAll(more);
                return joined;
            }));
        }
        return result;
    }

    private CompletionStage<DataKey> unwrapFrom(
            int index, DecryptionMaterialsRequest request, List<Throwable> failures) {
        if (index == all.size()) {
            return CompletableFuture.failedFuture(
                    KeyringException.ofAll("None of the keyrings could unwrap the data key:", failures));
        }
        return all.get(index)
                .unwrap(request)
                .handle((key, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.<DataKey>completedFuture(key);
                    }
                    failures.add(StageFailures.unwrap(failure));
                    return unwrapFrom(index + 1, request, failures);
                })
                .thenCompose(stage -> stage);
    }

    private static CompletionException asCompletion(Throwable failure) {
        return failure instanceof CompletionException wrapped ? wrapped : new CompletionException(failure);
    }
}
