package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.access.AccessEvidence.Source;
import dev.s3envelope.core.access.KeyAccess;
import dev.s3envelope.core.access.KeyAnswer;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.s3.Preflight;
import dev.s3envelope.s3.PreflightStrategy;
import dev.s3envelope.s3.internal.ObjectEvents;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Puts the questions of one client to KMS and S3, and remembers the verdicts. Safe for use by several threads. */
final class Asker {
    private final Preflight settings;
    private final Verdicts verdicts;
    private final Probes probes;
    private final Executor blocking;

    Asker(Preflight settings, Probes probes, Executor blocking, ObjectEvents events) {
        this.settings = settings;
        this.verdicts = new Verdicts(settings, events);
        this.probes = probes;
        this.blocking = blocking;
    }

    /**
     * Whether the caller may decrypt, found out by the strategy.
     *
     * @param seen whether the object was seen to be under the key just now
     */
    CompletionStage<KeyVerdict> mayRead(
            ReadTarget target, PreflightStrategy strategy, Callers.Caller caller, StoredUnder.Key key, boolean seen) {
        return verdicts.get(question(target.object().address(), strategy, caller, key), () -> switch (strategy) {
            case AUTO ->
                settings.keyAccess().isEmpty() ? probe(target, key, seen) : dryRunThenProbe(target, caller, key, seen);
            case KMS_DRY_RUN -> dryRun(target.object().address(), caller, key);
            case S3_PROBE -> probe(target, key, seen);
            case KEY_STATE -> state(caller, key.arn());
            case OFF -> throw new IllegalStateException("nothing is asked");
        });
    }

    /**
     * As {@link #mayRead}, of an object that S3 has begun to give out: that decides where KMS does not. With a Bucket Key, S3 can give out what KMS would no longer
     * allow.
     */
    CompletionStage<KeyVerdict> mayGoOn(
            ReadTarget target, PreflightStrategy strategy, Callers.Caller caller, StoredUnder.Key key) {
        KeyVerdict given = KeyVerdict.of(
                Verdict.ALLOWED,
                Source.RESPONSE,
                "S3 gave out " + target.object().address() + " under " + key.arn() + ".");
        return verdicts.get(question(target.object().address(), strategy, caller, key), () -> switch (strategy) {
            case AUTO, KMS_DRY_RUN ->
                settings.keyAccess().isEmpty()
                        ? CompletableFuture.completedFuture(given)
                        : dryRun(target.object().address(), caller, key)
                                .thenApply(asked -> asked.verdict() == Verdict.UNKNOWN ? given.after(asked) : asked);
            case S3_PROBE -> CompletableFuture.completedFuture(given);
            case KEY_STATE -> state(caller, key.arn());
            case OFF -> throw new IllegalStateException("nothing is asked");
        });
    }

    /** Whether a dry run lets the caller make data keys under a key, as a write needs. */
    CompletionStage<KeyVerdict> mayGenerateDataKey(ObjectAddress object, Callers.Caller caller, StoredUnder.Key key) {
        Optional<EncryptionContext> context = key.context(object);
        return context.isEmpty()
                ? CompletableFuture.completedFuture(unknownContext(object))
                : verdicts.get(
                        question(object, Question.Asked.GENERATE_DATA_KEY, caller, key),
                        () -> kms(caller, access -> access.mayGenerateDataKey(key.arn(), context.get())));
    }

    /** Whether a dry run lets the caller decrypt under a key, as the parts of an upload need. */
    CompletionStage<KeyVerdict> mayDecrypt(ObjectAddress object, Callers.Caller caller, StoredUnder.Key key) {
        return verdicts.get(
                question(object, PreflightStrategy.KMS_DRY_RUN, caller, key), () -> dryRun(object, caller, key));
    }

    /** Drops the verdict that a failure of the read itself contradicts. */
    void forget(ReadTarget target, PreflightStrategy strategy, Callers.Caller caller, StoredUnder.Key key) {
        verdicts.forget(question(target.object().address(), strategy, caller, key));
    }

    /** What is seen of an object of which nothing is known, by reading its first byte. */
    CompletionStage<Probes.Seen> look(ReadTarget target, PreflightStrategy strategy, Callers.Caller caller) {
        return probes.read(target, Optional.empty()).thenApply(read -> {
            if (read.under() instanceof StoredUnder.Key key) {
                verdicts.found(question(target.object().address(), strategy, caller, key), read.verdict());
            }
            return read;
        });
    }

    private CompletionStage<KeyVerdict> dryRunThenProbe(
            ReadTarget target, Callers.Caller caller, StoredUnder.Key key, boolean seen) {
        return dryRun(target.object().address(), caller, key)
                // A KMS that does not answer is not asked again through S3.
                .thenCompose(asked -> asked.verdict() == Verdict.UNKNOWN && asked.settled()
                        ? probe(target, key, seen).thenApply(probed -> probed.after(asked))
                        : CompletableFuture.completedFuture(asked));
    }

    private CompletionStage<KeyVerdict> dryRun(ObjectAddress object, Callers.Caller caller, StoredUnder.Key key) {
        Optional<EncryptionContext> context = key.context(object);
        return context.isEmpty()
                ? CompletableFuture.completedFuture(unknownContext(object))
                : kms(caller, access -> access.mayDecrypt(key.arn(), context.get()));
    }

    private static KeyVerdict unknownContext(ObjectAddress object) {
        return KeyVerdict.of(
                Verdict.UNKNOWN,
                Source.CONFIGURATION,
                "KMS was not asked: the request does not tell the ARN that is the encryption context of " + object
                        + ".");
    }

    private CompletionStage<KeyVerdict> state(Callers.Caller caller, KeyArn key) {
        return kms(caller, access -> access.state(key));
    }

    /** A key is judged only by an object that is under it. */
    private CompletionStage<KeyVerdict> probe(ReadTarget target, StoredUnder.Key key, boolean seen) {
        return probes.read(target, seen ? Optional.of(key) : Optional.empty()).thenApply(read -> {
            boolean same = read.under() instanceof StoredUnder.Key found && key.isShownBy(found);
            return same
                    ? read.verdict()
                    : read.verdict()
                            .undecided(target.object().address() + " was not seen to be under " + key.arn() + ": "
                                    + read.verdict().gate().evidence().get(0).detail());
        });
    }

    private CompletionStage<KeyVerdict> kms(
            Callers.Caller caller, Function<KeyAccess, CompletionStage<KeyAnswer>> question) {
        KeyAccess access = settings.keyAccess()
                .orElseThrow(() -> new EnvelopeException(
                        "This preflight strategy asks KMS, and the client's preflight has no keyAccess."))
                .onBehalfOf(caller.credentials());
        CompletionStage<KeyAnswer> answer = access.blocking()
                ? CompletableFuture.supplyAsync(() -> question.apply(access), blocking)
                        .thenCompose(Function.identity())
                : question.apply(access);
        return answer.thenApply(KeyVerdict::of);
    }

    private Question question(
            ObjectAddress object, PreflightStrategy strategy, Callers.Caller caller, StoredUnder.Key key) {
        return question(
                object,
                switch (strategy) {
                    case AUTO -> Question.Asked.DECRYPT_AUTO;
                    case KMS_DRY_RUN -> Question.Asked.DECRYPT_DRY_RUN;
                    case S3_PROBE -> Question.Asked.DECRYPT_PROBE;
                    case KEY_STATE -> Question.Asked.STATE;
                    case OFF -> throw new IllegalStateException("nothing is asked");
                },
                caller,
                key);
    }

    private Question question(ObjectAddress object, Question.Asked asked, Callers.Caller caller, StoredUnder.Key key) {
        boolean told = StoredUnder.Key.tellsArn(object);
        if (asked == Question.Asked.STATE || (settings.contextFree() && told)) {
            return new Question(caller.principal(), asked, key.arn(), Map.of(), Question.ALL);
        }
        String scope = told && key.bucketKey() ? object.bucket() : object.bucket() + "/" + object.key();
        return new Question(caller.principal(), asked, key.arn(), key.custom(), scope);
    }
}
