package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.message.FrameLedger;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.core.message.OpenMessage;
import dev.s3envelope.core.s3ec.S3ecEnvelope;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import dev.s3envelope.core.s3ec.S3ecMaterials;
import dev.s3envelope.core.s3ec.S3ecSuite;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks keyrings; those that block are asked on an executor, so that no event loop waits for them. Safe for use by several threads. */
public final class ClientSideKeys {
    private final Supplier<MessageEngine> makeEngine;
    private final Executor blocking;
    private volatile @Nullable MessageEngine engine;

    /**
     * Asks keyrings for one client.
     *
     * @param engine makes the engine when it is first needed: that tests the crypto provider, which a client without client-side modes need not wait for
     * @param blocking runs the calls to keyrings that block; of a synchronous client the caller's own thread
     */
    public ClientSideKeys(Supplier<MessageEngine> engine, Executor blocking) {
        this.makeEngine = engine;
        this.blocking = blocking;
    }

    /** Creates and opens messages. */
    public MessageEngine engine() {
        MessageEngine made = engine;
        return made != null ? made : firstEngine();
    }

    private synchronized MessageEngine firstEngine() {
        MessageEngine made = engine;
        if (made == null) {
            made = makeEngine.get();
            engine = made;
        }
        return made;
    }

    /** Runs what may block. */
    public Executor blockingExecutor() {
        return blocking;
    }

    /** A data key for writing; the receiver closes it. */
    public CompletionStage<EncryptionMaterials> generate(Keyring keyring, EncryptionMaterialsRequest request) {
        Optional<EncryptionMaterials> ready = keyring.blocking() ? keyring.materialsAtHand(request) : Optional.empty();
        return ready.<CompletionStage<EncryptionMaterials>>map(CompletableFuture::completedFuture)
                .orElseGet(() -> ask(keyring.blocking(), () -> keyring.generate(request)));
    }

    /** A data key for writing the S3 Encryption Client's format; the receiver closes it. */
    CompletionStage<S3ecMaterials> generate(S3ecKeyring keyring, S3ecSuite suite, Map<String, String> context) {
        return ask(keyring.blocking(), () -> keyring.generate(suite, context));
    }

    /** Opens a message with one keyring. */
    public CompletionStage<OpenMessage> open(MessageHeader header, Keyring keyring) {
        Optional<DataKey> ready =
                keyring.blocking() ? keyring.keyAtHand(header.materialsRequest(Optional.empty())) : Optional.empty();
        return ready.map(key -> opened(header, key))
                .orElseGet(() -> ask(keyring.blocking(), () -> engine().open(header, keyring, Optional.empty())));
    }

    private CompletionStage<OpenMessage> opened(MessageHeader header, DataKey key) {
        try (key) {
            return CompletableFuture.completedFuture(engine().open(header, key));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Opens a message with the first keyring that can. */
    CompletionStage<OpenMessage> open(MessageHeader header, List<BoundKeyring<Keyring>> keyrings) {
        if (keyrings.isEmpty()) {
            return CompletableFuture.failedFuture(new KeyringException(
                    "The object is encrypted on the client, and no keyring is known for it: neither"
                            + " its rule nor the client's read keyrings name one. Its wrapped keys are "
                            + header.wrappedKeys() + "."));
        }
        return first(keyrings, 0, keyring -> open(header, keyring), new ArrayList<>());
    }

    /**
     * Opens what nothing but its first bytes says is a message; empty where no keyring has any of its wrapped keys, so that it is nobody's message here. Where
     * one has and it does not open, the stage fails: damage and denied permissions do not turn a message into a plain object.
     */
    CompletionStage<Optional<OpenMessage>> openIfOurs(MessageHeader header, List<BoundKeyring<Keyring>> keyrings) {
        return openIfOurs(header, keyrings, 0, null);
    }

    private CompletionStage<Optional<OpenMessage>> openIfOurs(
            MessageHeader header, List<BoundKeyring<Keyring>> keyrings, int index, @Nullable Throwable denied) {
        if (index == keyrings.size()) {
            return denied == null
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : CompletableFuture.failedFuture(denied);
        }
        return keyrings.get(index)
                .ask(keyring ->
                        ask(keyring.blocking(), () -> keyring.unwrap(header.materialsRequest(Optional.empty()))))
                .handle((key, failure) -> {
                    if (failure == null) {
                        try (key) {
                            return CompletableFuture.completedFuture(Optional.of(engine().open(header, key)));
                        }
                    }
                    Throwable cause = StageFailures.unwrap(failure);
                    boolean fits = !fitsNone(cause);
                    return openIfOurs(header, keyrings, index + 1, denied == null && fits ? cause : denied);
                })
                .thenCompose(Function.identity());
    }

    /** Whether a keyring, or each of several, said that none of the wrapped keys is its own: it asked nobody, and nothing failed. */
    private static boolean fitsNone(Throwable failure) {
        return failure instanceof KeyringException
                && failure.getCause() == null
                && Arrays.stream(failure.getSuppressed()).allMatch(ClientSideKeys::fitsNone);
    }

    /** Opens a message of ours that is still being written; see {@link MessageEngine#resume}. */
    public CompletionStage<OpenMessage> resume(
            MessageHeader header, Keyring keyring, Optional<String> cachePartition, FrameLedger ledger) {
        return ask(keyring.blocking(), () -> engine().resume(header, keyring, cachePartition, ledger));
    }

    /** Unwraps the data key of an object of the S3 Encryption Client with the first keyring that can; there must be one. */
    CompletionStage<DataKey> unwrap(
            List<BoundKeyring<S3ecKeyring>> keyrings, S3ecEnvelope envelope, Map<String, String> expected) {
        return first(
                keyrings,
                0,
                keyring -> ask(keyring.blocking(), () -> keyring.unwrap(envelope, expected)),
                new ArrayList<>());
    }

    /** One after the other, whatever kind of failure the earlier ones had, as {@link dev.s3envelope.core.keyring.MultiKeyring} does. */
    private static <K, V> CompletionStage<V> first(
            List<BoundKeyring<K>> keyrings,
            int index,
            Function<K, CompletionStage<V>> question,
            List<Throwable> failures) {
        CompletionStage<V> answer = keyrings.get(index).ask(question);
        if (keyrings.size() == 1) {
            return answer;
        }
        return answer.handle((opened, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.<V>completedFuture(opened);
                    }
                    failures.add(StageFailures.unwrap(failure));
                    return index + 1 < keyrings.size()
                            ? first(keyrings, index + 1, question, failures)
                            : CompletableFuture.<V>failedFuture(together(failures));
                })
                .thenCompose(Function.identity());
    }

    /** Of several failures, that an object was tampered with is the one to be known; otherwise all of them. */
    private static Throwable together(List<Throwable> failures) {
        for (Throwable failure : failures) {
            if (failure instanceof IntegrityException) {
                failures.stream().filter(other -> other != failure).forEach(failure::addSuppressed);
                return failure;
            }
        }
        return KeyringException.ofAll("None of the keyrings opens the object:", failures);
    }

    private <V> CompletionStage<V> ask(boolean blocks, Supplier<CompletionStage<V>> call) {
        if (blocks) {
            return Stages.on(blocking, call);
        }
        try {
            return call.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
