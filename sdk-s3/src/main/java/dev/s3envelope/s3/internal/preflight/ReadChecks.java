package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.Preflight;
import dev.s3envelope.s3.PreflightOverride;
import dev.s3envelope.s3.PreflightStrategy;
import dev.s3envelope.s3.internal.ObjectVersion;
import dev.s3envelope.s3.internal.clientside.ReadPort;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * Checks reads before they are sent, and again when the answer shows another key than was asked about. Nobody is turned away on an assumption: where the key was
 * not seen just now, a HEAD confirms it first. Safe for use by several threads.
 */
final class ReadChecks {
    private final Preflight settings;
    private final EncryptionPolicy policy;
    private final ObjectKeys keys;
    private final Asker asker;
    private final Callers callers;
    private final ReadPort port;
    private final Flights<Look, StoredUnder> heads = new Flights<>();
    private final Flights<Look, Probes.Seen> probes = new Flights<>();

    /** Looks at one object by one principal are shared while they are under way. */
    private record Look(String principal, ObjectVersion object) {}

    ReadChecks(
            Preflight settings, EncryptionPolicy policy, ObjectKeys keys, Asker asker, Callers callers, ReadPort port) {
        this.settings = settings;
        this.policy = policy;
        this.keys = keys;
        this.asker = asker;
        this.callers = callers;
        this.port = port;
    }

    /** The request, with what was asked for it; the stage fails with the refusal. */
    <T extends S3Request> CompletionStage<T> check(T request) {
        Optional<ReadTarget> found = ReadTarget.of(request);
        if (found.isEmpty() || found.get().customerKey()) {
            return CompletableFuture.completedFuture(request);
        }
        ReadTarget target = found.get();
        PreflightStrategy strategy = strategy(request, target.object());
        if (strategy == PreflightStrategy.OFF) {
            return CompletableFuture.completedFuture(request);
        }
        StoredUnder expected = keys.expected(request, target.object());
        return callers.of(request)
                .handle((caller, failure) -> failure == null
                        ? new Read(target, strategy, caller)
                                .check(expected)
                                .thenApply(asked -> new Checked(target, strategy, caller, asked).on(request))
                        // Without credentials the request itself says what is wrong.
                        : CompletableFuture.completedFuture(request))
                .thenCompose(Function.identity());
    }

    /** Compares the answer to a GET with what was asked before it; the stage fails with the refusal. */
    CompletionStage<Void> answered(Checked checked, GetObjectResponse answer) {
        ReadTarget target = checked.target();
        StoredUnder under = keys.learn(target.object(), answer, Optional.empty());
        if (!(under instanceof StoredUnder.Key key)
                || checked.asked().filter(asked -> asked.isShownBy(key)).isPresent()) {
            return CompletableFuture.completedFuture(null);
        }
        return asker.mayGoOn(target, checked.strategy(), checked.caller(), key)
                .thenCompose(verdict -> verdict.verdict() == Verdict.DENIED
                        ? CompletableFuture.<Void>failedFuture(refusal(target, key, verdict))
                        : CompletableFuture.completedFuture(null));
    }

    /** Drops what the failure of a read that was let through contradicts. */
    void failed(Checked checked, Throwable failure) {
        if (failure instanceof S3Exception s3 && s3.statusCode() / 100 == 4) {
            checked.asked().ifPresent(key -> asker.forget(checked.target(), checked.strategy(), checked.caller(), key));
        }
    }

    private PreflightStrategy strategy(S3Request request, ObjectVersion object) {
        return PreflightOverride.of(request)
                .map(PreflightOverride::strategy)
                .orElseGet(() -> settings.strategy(
                        policy, object.address().bucket(), object.address().key()));
    }

    private static S3Exception refusal(ReadTarget target, StoredUnder.Key key, KeyVerdict verdict) {
        ObjectAddress object = target.object().address();
        return Refusals.denied("Reading " + object, target.request(), object, "kms:Decrypt", key, verdict);
    }

    /** One read that is being checked. */
    private final class Read {
        private final ReadTarget target;
        private final PreflightStrategy strategy;
        private final Callers.Caller caller;
        private final Look look;

        Read(ReadTarget target, PreflightStrategy strategy, Callers.Caller caller) {
            this.target = target;
            this.strategy = strategy;
            this.caller = caller;
            this.look = new Look(caller.principal(), target.object());
        }

        /** The key that was asked about, if one is known. */
        CompletionStage<Optional<StoredUnder.Key>> check(StoredUnder expected) {
            if (expected instanceof StoredUnder.Key key) {
                return ask(key, false);
            }
            if (expected instanceof StoredUnder.NoKey) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            return strategy == PreflightStrategy.S3_PROBE ? probe() : lookUp();
        }

        private CompletionStage<Optional<StoredUnder.Key>> lookUp() {
            return head().thenCompose(found -> found instanceof StoredUnder.Key key
                    ? ask(key, true)
                    : CompletableFuture.completedFuture(Optional.empty()));
        }

        private CompletionStage<Optional<StoredUnder.Key>> ask(StoredUnder.Key key, boolean seen) {
            return asker.mayRead(target, strategy, caller, key, seen).thenCompose(verdict -> {
                Optional<S3Exception> refused = verdict.refusalOf(target.object());
                if (refused.isPresent()) {
                    return CompletableFuture.failedFuture(Refusals.repeated(refused.get()));
                }
                if (verdict.verdict() != Verdict.DENIED) {
                    return CompletableFuture.completedFuture(Optional.of(key));
                }
                return seen || verdict.isOf(target.object())
                        ? CompletableFuture.failedFuture(refusal(target, key, verdict))
                        : confirm(key, verdict);
            });
        }

        private CompletionStage<Optional<StoredUnder.Key>> confirm(StoredUnder.Key assumed, KeyVerdict denial) {
            return head().thenCompose(found -> {
                if (!(found instanceof StoredUnder.Key key)) {
                    return CompletableFuture.completedFuture(Optional.empty());
                }
                return key.equals(assumed)
                        ? CompletableFuture.failedFuture(refusal(target, key, denial))
                        : ask(key, true);
            });
        }

        /** HEAD needs no KMS permission. Where S3 refuses it, the read itself will say why. */
        private CompletionStage<StoredUnder> head() {
            return heads.join(
                    look,
                    () -> port.head(target.head())
                            .handle((answer, failure) -> failure == null
                                    ? keys.learn(target.object(), answer, Optional.empty())
                                    : new StoredUnder.Unknown()));
        }

        private CompletionStage<Optional<StoredUnder.Key>> probe() {
            return probes.join(look, () -> asker.look(target, strategy, caller)).thenCompose(seen -> {
                Optional<StoredUnder.Key> key =
                        seen.under() instanceof StoredUnder.Key found ? Optional.of(found) : Optional.empty();
                KeyVerdict verdict = seen.verdict();
                if (verdict.verdict() == Verdict.DENIED && key.isPresent()) {
                    return CompletableFuture.failedFuture(refusal(target, key.get(), verdict));
                }
                return verdict.probe()
                        .flatMap(KeyVerdict.Probed::refusal)
                        .<CompletionStage<Optional<StoredUnder.Key>>>map(
                                refused -> CompletableFuture.failedFuture(Refusals.repeated(refused)))
                        .orElseGet(() -> CompletableFuture.completedFuture(key));
            });
        }
    }
}
