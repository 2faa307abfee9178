package dev.s3envelope.core.ssec;

import dev.s3envelope.core.arn.ObjectAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Gives each object its customer-provided key. Implementations are safe for use by several threads, answer without blocking
 * for long (they are asked on the request's path), and hand out copies: the caller destroys every key it receives.
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
