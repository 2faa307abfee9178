package dev.s3envelope.core.guard;

import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.LookupFailedException;
import dev.s3envelope.core.PolicyViolationException;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.AliasArn;
import dev.s3envelope.core.arn.AliasName;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.KeyId;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.mode.DsseKms;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.ServerSideMode;
import dev.s3envelope.core.mode.SseC;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.PolicyDecision;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Refuses the writes that would end up under the wrong key, before anything is sent.
 *
 * <ul>
 *   <li>A full key ARN passes if its Region is the bucket's (or, that being unknown, the client's) and its account is the
 *       bucket owner's or an allowed one. With an unknown owner any account passes, unless allowed ones are configured.
 *   <li>{@code aws/s3} (named or by leaving the key out) passes only where caller and bucket owner are known and the same.
 *   <li>An alias or a bare key id passes only where that holds, the option {@link Builder#resolveSameAccountNames} is on, and
 *       KMS says which key it is. It leaves as the key's ARN.
 *   <li>The alias of a key that AWS manages for another service never passes.
 *   <li>A key that KMS described as asymmetric, disabled or about to be deleted never passes.
 *   <li>SSE-C passes over TLS and to loopback only.
 * </ul>
 *
 * <p>Sources: Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys" and "Using server-side encryption with
 * customer-provided keys"; Amazon S3 API Reference, "PutObject". Safe for use by several threads. It does no I/O of its own:
 * stages complete on the thread that completes the port's answer, at once where no port is asked. As all dependent stages do,
 * they may hand a failure on wrapped in a {@link java.util.concurrent.CompletionException}.
 */
public final class WriteGuard {
    private final CallerIdentity caller;
    private final BucketDirectory buckets;
    private final KeyMemory keys;
    private final KeyRules rules;
    private final boolean resolveNames;
    private final KeyCheck keyCheck;

    private WriteGuard(Builder builder) {
        this.caller = builder.caller;
        this.buckets = builder.buckets;
        this.keys = new KeyMemory(builder.keys);
        this.rules = new KeyRules(builder.allowedKeyAccounts);
        this.resolveNames = builder.resolveNames;
        this.keyCheck = builder.keyCheck;
    }

    /** Starts from the strictest: nobody known, no names resolved. Full key ARNs pass. */
    public static Builder builder() {
        return new Builder();
    }

    /** The account to send as {@code expectedBucketOwner} with every request to this bucket. */
    public Optional<AccountId> expectedBucketOwner(String bucket) {
        return buckets.facts(bucket).owner();
    }

    /** Forgets what KMS said of any key, so that it is asked again. */
    public void forgetKeys() {
        keys.forget();
    }

    /**
     * Judges one mode. The answer is the mode to write with: the same, with any alias or id replaced by the key's ARN and
     * {@code alias/aws/s3} by no key.
     *
     * @return a stage that fails with {@link IllegalKeyException}, {@link LookupFailedException} or
     *     {@link dev.s3envelope.core.InsecureTransportException}; this method itself throws nothing
     */
    public CompletionStage<EncryptionMode> check(EncryptionMode mode, WriteTarget target) {
        try {
            return checkServerSide(mode.serverSide(), target).thenApply(mode::withServerSide);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Puts a policy's decision together with what the request says, as {@link PolicyDecision#reconcile} does, and judges the
     * outcome. The sources of customer-provided keys that take part are made ready first. Where rule and request seem to
     * differ and a key is named by alias or id, the keys are resolved before they are compared.
     *
     * @return a stage that fails as {@link #check} does, or with {@link PolicyViolationException}; this method itself throws
     *     nothing
     */
    public CompletionStage<EncryptionMode> decide(
            PolicyDecision decision,
            Optional<EncryptionMode> override,
            Optional<ServerSideMode> headers,
            WriteTarget target) {
        List<EncryptionMode> used = new ArrayList<>();
        if (decision.enforced() || (override.isEmpty() && headers.isEmpty())) {
            used.add(decision.mode());
        }
        override.ifPresent(used::add);
        try {
            CompletionStage<Void> ready = CompletableFuture.completedFuture(null);
            for (EncryptionMode mode : used) {
                if (mode.serverSide() instanceof SseC customer) {
                    ready = ready.thenCompose(
                            done -> customer.source().prepare(decision.object().address()));
                }
            }
            return ready.thenCompose(done -> decidePrepared(decision, override, headers, target));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<EncryptionMode> decidePrepared(
            PolicyDecision decision,
            Optional<EncryptionMode> override,
            Optional<ServerSideMode> headers,
            WriteTarget target) {
        EncryptionMode agreed;
        try {
            agreed = decision.reconcile(override, headers);
        } catch (PolicyViolationException refused) {
            boolean named = hasName(decision.mode())
                    || override.filter(WriteGuard::hasName).isPresent()
                    || headers.filter(WriteGuard::hasName).isPresent();
            return named
                    ? compareResolved(refused, decision, override, headers, target)
                    : CompletableFuture.failedFuture(refused);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return check(agreed, target);
    }

    private CompletionStage<EncryptionMode> compareResolved(
            PolicyViolationException refused,
            PolicyDecision decision,
            Optional<EncryptionMode> override,
            Optional<ServerSideMode> headers,
            WriteTarget target) {
        // Under a default rule it is the request that contradicts itself, and the rule's own key is not used.
        CompletionStage<EncryptionMode> ruled = decision.enforced()
                ? check(decision.mode(), target)
                : CompletableFuture.completedFuture(decision.mode());
        CompletionStage<Optional<EncryptionMode>> overridden = checkAll(override, target);
        CompletionStage<Optional<EncryptionMode>> asked = checkAll(headers, target);
        return ruled.thenCompose(rule -> overridden.thenCompose(mode -> asked.thenApply(
                        header -> decision.withMode(rule).reconcile(mode, header.map(EncryptionMode::serverSide)))))
                .handle((mode, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(mode);
                    }
                    Throwable cause = StageFailures.unwrap(failure);
                    if (!(cause instanceof PolicyViolationException)) {
                        refused.addSuppressed(cause);
                    }
                    return CompletableFuture.<EncryptionMode>failedFuture(refused);
                })
                .thenCompose(Function.identity());
    }

    private CompletionStage<Optional<EncryptionMode>> checkAll(
            Optional<? extends EncryptionMode> mode, WriteTarget target) {
        return mode.isEmpty()
                ? CompletableFuture.completedFuture(Optional.empty())
                : check(mode.get(), target).thenApply(Optional::of);
    }

    private static boolean hasName(EncryptionMode mode) {
        return keyOf(mode.serverSide()).filter(key -> !(key instanceof KeyArn)).isPresent();
    }

    private static Optional<KeyReference> keyOf(ServerSideMode mode) {
        if (mode instanceof SseKms kms) {
            return kms.key();
        }
        return mode instanceof DsseKms dsse ? dsse.key() : Optional.empty();
    }

    private CompletionStage<ServerSideMode> checkServerSide(ServerSideMode mode, WriteTarget target) {
        if (mode instanceof SseC) {
            target.transport().requireProtected("bucket " + target.bucket());
        }
        if (mode instanceof SseKms kms) {
            return checkKey(kms.key(), target)
                    .thenApply(key -> key.map(kms.toBuilder()::key)
                            .orElseGet(() -> kms.toBuilder().awsManagedKey())
                            .build());
        }
        if (mode instanceof DsseKms dsse) {
            return checkKey(dsse.key(), target)
                    .thenApply(key -> key.map(dsse.toBuilder()::key)
                            .orElseGet(() -> dsse.toBuilder().awsManagedKey())
                            .build());
        }
        return CompletableFuture.completedFuture(mode);
    }

    /** The key to send; empty for aws/s3. */
    private CompletionStage<Optional<KeyReference>> checkKey(Optional<KeyReference> given, WriteTarget target) {
        KeyRules.Bucket bucket = KeyRules.Bucket.of(buckets.facts(target.bucket()), target.clientRegion());
        if (given.isEmpty() || given.get().isAwsManagedS3()) {
            return checkManaged(given, bucket, target);
        }
        KeyReference key = given.get();
        if (key instanceof KeyArn arn) {
            rules.requireFits(arn, bucket);
            return keyCheck == KeyCheck.EVERY_KEY ? inspect(arn, bucket, target) : done(arn);
        }
        if (key.isReservedAlias()) {
            throw new IllegalKeyException(
                    "Alias " + key + " names a key that AWS manages for another service; S3 cannot"
                            + " encrypt with it. Use a key of your own by its ARN, or alias/aws/s3 within one account. Nothing was sent.");
        }
        if (!resolveNames) {
            throw new IllegalKeyException("Key " + key + " for bucket " + target.bucket()
                    + " is not a full key ARN, and AWS would look it up in the caller's account. Give the full key ARN, or"
                    + " turn on resolveSameAccountNames. Nothing was sent.");
        }
        return account(target).thenCompose(account -> resolve(key, account, bucket));
    }

    private CompletionStage<Optional<KeyReference>> checkManaged(
            Optional<KeyReference> given, KeyRules.Bucket bucket, WriteTarget target) {
        return account(target).thenApply(account -> {
            AccountId own = rules.requireSameAccount("The key aws/s3, which AWS manages per account,", account, bucket);
            if (given.isPresent() && given.get() instanceof AliasArn alias) {
                rules.requireOwn(alias, own, bucket);
            }
            return Optional.empty();
        });
    }

    private CompletionStage<Optional<KeyReference>> resolve(
            KeyReference key, Optional<AccountId> account, KeyRules.Bucket bucket) {
        AccountId own = rules.requireSameAccount("Key " + key, account, bucket);
        if (key instanceof AliasArn alias) {
            rules.requireOwn(alias, own, bucket);
        }
        return keys.describe(account, qualified(key, own, bucket)).thenApply(facts -> {
            if (!facts.arn().account().equals(own)) {
                throw new IllegalKeyException(
                        "Key " + key + " resolved to " + facts.arn() + ", which is not in account " + own
                                + " of caller and bucket. Give the full key ARN. Nothing was sent.");
            }
            rules.requireRegion(facts.arn(), facts.arn().region(), bucket);
            rules.requireUsable(key, facts);
            return Optional.of(facts.arn());
        });
    }

    /** With the account and Region S3 would complete it with, so that the answer does not depend on who asks KMS. */
    private static KeyReference qualified(KeyReference key, AccountId account, KeyRules.Bucket bucket) {
        Optional<String> region = bucket.region();
        Optional<String> partition = region.flatMap(KeyArn::partitionOf);
        if (partition.isEmpty()) {
            return key;
        }
        if (key instanceof AliasName alias) {
            return new AliasArn(partition.get(), region.get(), account, alias);
        }
        return key instanceof KeyId id ? new KeyArn(partition.get(), region.get(), account, id.text()) : key;
    }

    private CompletionStage<Optional<KeyReference>> inspect(KeyArn key, KeyRules.Bucket bucket, WriteTarget target) {
        return keys.describe(Optional.empty(), key)
                .handle((facts, failure) -> {
                    if (failure == null) {
                        rules.requireUsable(key, facts);
                        return facts.manager() == KeyFacts.Manager.AWS
                                ? account(target).thenApply(account -> {
                                    rules.requireSameAccount("Key " + key + ", which AWS manages,", account, bucket);
                                    return Optional.<KeyReference>of(key);
                                })
                                : done(key);
                    }
                    Throwable cause = StageFailures.unwrap(failure);
                    // KMS would not say: that is nothing against the key.
                    return cause instanceof LookupFailedException
                            ? done(key)
                            : CompletableFuture.<Optional<KeyReference>>failedFuture(cause);
                })
                .thenCompose(Function.identity());
    }

    private CompletionStage<Optional<AccountId>> account(WriteTarget target) {
        return target.caller().orElse(caller).account();
    }

    private static CompletionStage<Optional<KeyReference>> done(KeyArn key) {
        return CompletableFuture.completedFuture(Optional.of(key));
    }

    /** Builds a {@link WriteGuard}. Not safe for use by several threads. */
    public static final class Builder {
        private CallerIdentity caller = CallerIdentity.unknown();
        private BucketDirectory buckets = BucketDirectory.fromNames();
        private KeyDirectory keys = KeyDirectory.none();
        private Set<AccountId> allowedKeyAccounts = Set.of();
        private boolean resolveNames;
        private KeyCheck keyCheck = KeyCheck.UNRESOLVED_ONLY;

        private Builder() {}

        /** Sets who signs the requests; unknown by default. */
        public Builder callerIdentity(CallerIdentity caller) {
            this.caller = Objects.requireNonNull(caller, "caller");
            return this;
        }

        /** Sets who owns which bucket; by default only what names say. */
        public Builder bucketDirectory(BucketDirectory buckets) {
            this.buckets = Objects.requireNonNull(buckets, "buckets");
            return this;
        }

        /** Sets where keys are looked up; none by default. */
        public Builder keyDirectory(KeyDirectory keys) {
            this.keys = Objects.requireNonNull(keys, "keys");
            return this;
        }

        /**
         * Sets the accounts whose keys are right for any bucket, besides the owner's own: a central key account, or a partner
         * whose keys the bucket's users have been granted. None by default.
         */
        public Builder allowedKeyAccounts(Set<AccountId> accounts) {
            this.allowedKeyAccounts = Set.copyOf(accounts);
            return this;
        }

        /**
         * Sets whether aliases and bare key ids are resolved to an ARN where caller and bucket owner are the same account; off
         * by default. It costs one DescribeKey per name and guard, and needs that permission. A later change of the alias is
         * not seen until {@link WriteGuard#forgetKeys}.
         */
        public Builder resolveSameAccountNames(boolean resolve) {
            this.resolveNames = resolve;
            return this;
        }

        /** Sets for which keys KMS is asked; {@link KeyCheck#UNRESOLVED_ONLY} by default. */
        public Builder keyCheck(KeyCheck keyCheck) {
            this.keyCheck = Objects.requireNonNull(keyCheck, "keyCheck");
            return this;
        }

        /** The guard. */
        public WriteGuard build() {
            return new WriteGuard(this);
        }
    }
}
