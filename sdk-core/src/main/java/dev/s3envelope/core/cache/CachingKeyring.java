package dev.s3envelope.core.cache;

import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.keyring.WrappedKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A keyring that looks into the cache before it asks the one behind. A key is looked for only when it is known who asks: a keyring that was not made by
 * {@link #onBehalfOf} finds that out at each request.
 */
final class CachingKeyring implements Keyring {
    private final DataKeyCache cache;
    private final Keyring keyring;
    private final long number;
    private final boolean askerKnown;

    CachingKeyring(DataKeyCache cache, Keyring keyring, long number) {
        this(cache, keyring, number, false);
    }

    private CachingKeyring(DataKeyCache cache, Keyring keyring, long number, boolean askerKnown) {
        this.cache = cache;
        this.keyring = keyring;
        this.number = number;
        this.askerKnown = askerKnown;
    }

    @Override
    public CompletionStage<Keyring> onBehalfOf(RequestCredentials credentials) {
        return keyring.onBehalfOf(credentials).thenApply(bound -> new CachingKeyring(cache, bound, number, true));
    }

    @Override
    public Optional<String> principal() {
        return keyring.principal();
    }

    @Override
    public CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
        long length = request.plaintextLength().orElse(CacheLimits.UNKNOWN_LENGTH);
        if (!request.suite().cacheable() || length > cache.limits().maxBytes()) {
            return keyring.generate(request);
        }
        if (!askerKnown) {
            return onBehalfOf(RequestCredentials.none()).thenCompose(bound -> bound.generate(request));
        }
        return lookup(request, length).find();
    }

    @Override
    public Optional<EncryptionMaterials> materialsAtHand(EncryptionMaterialsRequest request) {
        long length = request.plaintextLength().orElse(CacheLimits.UNKNOWN_LENGTH);
        return askerKnown
                        && request.suite().cacheable()
                        && length <= cache.limits().maxBytes()
                ? lookup(request, length).atHand()
                : Optional.empty();
    }

    private Lookup<EncryptionMaterials> lookup(EncryptionMaterialsRequest request, long length) {
        CacheKey key = new CacheKey(
                CacheListener.Use.ENCRYPT,
                number,
                request.suite(),
                request.encryptionContext(),
                List.of(),
                request.cachePartition(),
                keyring.principal());
        return new Lookup<>(
                key,
                entry -> entry.lend(length, cache.limits())
                        .map(dataKey -> new EncryptionMaterials(request, dataKey, entry.wrappedKeys())),
                madeAt -> keyring.generate(request)
                        .thenApply(made -> new CacheEntry(made.dataKey(), made.wrappedKeys(), madeAt)));
    }

    @Override
    public CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
        if (!request.suite().cacheable()) {
            return keyring.unwrap(request);
        }
        if (!askerKnown) {
            return onBehalfOf(RequestCredentials.none()).thenCompose(bound -> bound.unwrap(request));
        }
        return lookup(request).find();
    }

    @Override
    public Optional<DataKey> keyAtHand(DecryptionMaterialsRequest request) {
        return askerKnown && request.suite().cacheable() ? lookup(request).atHand() : Optional.empty();
    }

    private Lookup<DataKey> lookup(DecryptionMaterialsRequest request) {
        CacheKey key = new CacheKey(
                CacheListener.Use.DECRYPT,
                number,
                request.suite(),
                request.encryptionContext(),
                request.wrappedKeys(),
                request.cachePartition(),
                keyring.principal());
        return new Lookup<>(
                key,
                CacheEntry::lend,
                madeAt -> keyring.unwrap(request)
                        .thenApply(dataKey -> new CacheEntry(dataKey, request.wrappedKeys(), madeAt)));
    }

    /** Asked for one data key of another keyring's; there is nothing to share. */
    @Override
    public CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
        return keyring.wrap(dataKey, request);
    }

    @Override
    public boolean blocking() {
        return keyring.blocking();
    }

    @Override
    public String toString() {
        return "cached " + keyring;
    }

    /** Asks the keyring for an entry whose age counts from the given time. */
    private interface Load {
        CompletionStage<CacheEntry> from(long madeAt);
    }

    /** One request's way through the cache. */
    private final class Lookup<T> {
        private final CacheKey key;
        private final Function<CacheEntry, Optional<T>> lend;
        private final Load load;

        Lookup(CacheKey key, Function<CacheEntry, Optional<T>> lend, Load load) {
            this.key = key;
            this.lend = lend;
            this.load = load;
        }

        CompletionStage<T> find() {
            if (cache.isClosed()) {
                return CompletableFuture.failedFuture(
                        new IllegalStateException("The data-key cache is closed, and so are its keyrings."));
            }
            CacheEntry entry = cache.peek(key);
            if (entry != null && fresh(entry)) {
                Optional<T> lent = hit(entry);
                if (lent.isPresent()) {
                    return CompletableFuture.completedFuture(lent.get());
                }
                entry = null;
            }
            Throwable denial = cache.loader().rememberedDenial(key);
            if (denial != null) {
                cache.metrics().denialRemembered(key.use());
                return CompletableFuture.failedFuture(Failures.copy(denial));
            }
            cache.metrics().miss(key.use());
            return entry == null ? loadAndLend(attempts()) : loadOrUseOld(entry);
        }

        /** What is in the cache and serves; a miss is counted when it is asked for. */
        Optional<T> atHand() {
            CacheEntry entry = cache.isClosed() ? null : cache.peek(key);
            return entry != null && fresh(entry) ? hit(entry) : Optional.empty();
        }

        private Optional<T> hit(CacheEntry entry) {
            Optional<T> lent = lend.apply(entry);
            if (lent.isPresent()) {
                cache.metrics().hit(key.use());
                refreshAhead(entry);
            } else {
                cache.drop(key, entry);
            }
            return lent;
        }

        private boolean fresh(CacheEntry entry) {
            return entry.age(cache.now()) <= cache.limits().maxAge().toNanos();
        }

        private int attempts() {
            return cache.loader().failures().attempts();
        }

        private CompletionStage<T> loadAndLend(int attempts) {
            return cache.loader()
                    .load(
                            key,
                            new KeyLoader.Manner(keyring.blocking(), attempts),
                            this::loadNow,
                            entry -> lend.apply(entry).orElseThrow(),
                            this::lendOrFindAgain,
                            new Shelf(false));
        }

        private CompletionStage<CacheEntry> loadNow() {
            return load.from(cache.now());
        }

        /** Those who waited may be more than the new key serves, or come after its eviction; they look again. */
        private CompletionStage<T> lendOrFindAgain(CacheEntry entry) {
            Optional<T> lent = lend.apply(entry);
            if (lent.isPresent()) {
                return CompletableFuture.completedFuture(lent.get());
            }
            cache.drop(key, entry);
            return find();
        }

        /**
         * A key beyond its age, within the grace: the keyring is asked once in every pause of the back-off, and the old key serves while it
         * does not answer.
         */
        private CompletionStage<T> loadOrUseOld(CacheEntry old) {
            if (cache.now() - old.askAgainAt() < 0) {
                Optional<T> lent = lend.apply(old);
                if (lent.isPresent()) {
                    cache.metrics().graceUsed(key.use());
                    return CompletableFuture.completedFuture(lent.get());
                }
            }
            return loadAndLend(1)
                    .handle((made, failure) -> {
                        if (failure == null) {
                            return CompletableFuture.completedFuture(made);
                        }
                        Throwable cause = StageFailures.unwrap(failure);
                        return old(old, cause)
                                .map(CompletableFuture::completedFuture)
                                .orElseGet(() -> CompletableFuture.failedFuture(cause));
                    })
                    .thenCompose(Function.identity());
        }

        private Optional<T> old(CacheEntry old, Throwable failure) {
            if (!Failures.isTransient(failure)) {
                cache.drop(key, old);
                return Optional.empty();
            }
            Duration age = Duration.ofNanos(old.age(cache.now()));
            Duration end =
                    cache.limits().maxAge().plus(cache.loader().failures().grace());
            if (age.compareTo(end) > 0) {
                return Optional.empty();
            }
            Optional<T> lent = lend.apply(old);
            if (lent.isPresent()) {
                old.askAgainAt(cache.now() + cache.loader().failures().backoff().toNanos());
                cache.loader().noteOutage(key.use(), age, failure);
            }
            return lent;
        }

        /** This key's place in the cache. */
        private final class Shelf implements KeyLoader.Shelf {
            private final boolean refreshing;

            /** @param refreshing whether the entry that is there is the one to be replaced */
            Shelf(boolean refreshing) {
                this.refreshing = refreshing;
            }

            @Override
            public @Nullable CacheEntry landed() {
                CacheEntry entry = refreshing ? null : cache.peek(key);
                return entry != null && fresh(entry) ? entry : null;
            }

            @Override
            public void keep(CacheEntry entry) {
                cache.keep(key, entry);
            }

            @Override
            public void drop(CacheEntry entry) {
                cache.drop(key, entry);
            }
        }

        private void refreshAhead(CacheEntry entry) {
            if (!entry.claimRefresh(cache.now(), cache.limits())) {
                return;
            }
            try {
                cache.loader().executor().execute(() -> refresh(entry));
            } catch (RejectedExecutionException e) {
                entry.releaseRefresh(); // the executor is shut down: the key lives until its age
            }
        }

        private void refresh(CacheEntry entry) {
            cache.loader()
                    .<@Nullable Void>load(
                            key,
                            new KeyLoader.Manner(keyring.blocking(), attempts()),
                            this::loadNow,
                            made -> null,
                            made -> CompletableFuture.completedFuture(null),
                            new Shelf(true))
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            entry.releaseRefresh();
                            if (!Failures.isTransient(StageFailures.unwrap(failure))) {
                                cache.drop(key, entry);
                            }
                        }
                    });
        }
    }
}
