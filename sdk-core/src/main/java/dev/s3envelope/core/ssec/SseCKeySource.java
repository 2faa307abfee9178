package dev.s3envelope.core.ssec;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.keyring.RequestCredentials;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Gives each object its customer-provided key. Implementations are safe for use by several threads and hand out copies: the caller
 * destroys every key it receives.
 *
 * <p>For each request a client calls {@link #onBehalfOf} with the credentials of the request, awaits {@link #prepare} of the answer, and then asks
 * that same answer for the key. Only {@code prepare} may call a service; it blocks if {@link #blocking} says so, and is then not called on an event loop.
 *
 * <p>Rotation: {@link #keyForWrite} changes to the new key, {@link #keysForRead} goes on to return the old ones after it until
 * every object has been rewritten.
 */
public interface SseCKeySource {
    /** The name by which policy files and messages refer to this source; not secret, not empty. */
    String name();

    /**
     * The key to write the object with.
     *
     * @throws dev.s3envelope.core.EnvelopeException if there is none for this object
     */
    SseCKey keyForWrite(ObjectAddress object);

    /**
     * Every key the object may have been written with, newest first; empty if this source has none for it.
     */
    List<SseCKey> keysForRead(ObjectAddress object);

    /**
     * Why keys are absent from {@link #keysForRead} that this source should have for the object, for instance because the KMS key of an old version is gone. Told
     * to the caller if no other key opens the object. Empty by default.
     */
    default List<EnvelopeException> missing(ObjectAddress object) {
        return List.of();
    }

    /** Whether {@link #onBehalfOf} and {@link #prepare} may block the calling thread; false by default. */
    default boolean blocking() {
        return false;
    }

    /**
     * This source, asking whatever it asks with the credentials of one request. A source that asks nobody is its own answer, which is the default. The
     * answer is for that request only.
     */
    default CompletionStage<SseCKeySource> onBehalfOf(RequestCredentials credentials) {
        return CompletableFuture.completedFuture(this);
    }

    /** The version of the keys it writes with; empty for a source without versions, which is the default. */
    default OptionalInt version() {
        return OptionalInt.empty();
    }

    /**
     * The same source writing with this version of its keys, and reading with it and all before. Policy files ask for it with {@code keyVersion}.
     *
     * @throws IllegalEncryptionException if there is no such version, or the source has no versions, which is the default
     */
    default SseCKeySource atVersion(int version) {
        throw new IllegalEncryptionException("SSE-C key source " + name() + " has no versions to choose from.");
    }

    /**
     * Makes ready whatever {@link #keyForWrite} and {@link #keysForRead} need for this object, so that they answer from memory
     * when they are asked soon after. The clients await it first; a source that keeps its keys in memory has nothing to do, which
     * is the default. A source that asks a service does so here, without blocking where its client is asynchronous.
     *
     * @return a stage that fails with {@link dev.s3envelope.core.EnvelopeException} if the keys cannot be had
     */
    default CompletionStage<Void> prepare(ObjectAddress object) {
        return CompletableFuture.completedFuture(null);
    }

    /** One key for every object. The source takes a copy of the key and destroys it never: its life is the source's. */
    static SseCKeySource fixed(String name, SseCKey key) {
        return fixed(name, key, List.of());
    }

    /** One key for every object, and the keys it replaced, newest first. Copies are taken. */
    static SseCKeySource fixed(String name, SseCKey current, List<SseCKey> old) {
        return new FixedSseCKeys(name, current, old);
    }

    /**
     * A source per key prefix; the longest prefix of the object key decides, in any bucket. The empty prefix matches every
     * object.
     */
    static SseCKeySource byPrefix(String name, Map<String, SseCKeySource> sources) {
        return new PrefixSseCKeys(name, sources);
    }

    /**
     * The keys of a PKCS#12 keystore: 256-bit secret keys under the given aliases, the current one first, then the old ones. The
     * file is read now and not again; the password opens the keystore and its entries, and stays the caller's to clear.
     *
     * @throws dev.s3envelope.core.EnvelopeException if the file or an entry cannot be read, or an entry is no such key
     */
    static SseCKeySource fromKeystore(String name, Path file, char[] password, List<String> aliases) {
        return KeystoreSseCKeys.load(name, file, password, aliases);
    }

    /**
     * A source that asks a function, which answers the keys of an object newest first: the first one writes. The function's
     * keys pass to whoever asked this source, who destroys them; so it returns new copies each time.
     */
    static SseCKeySource from(String name, Function<ObjectAddress, List<SseCKey>> keys) {
        return new FunctionSseCKeys(name, keys);
    }
}
