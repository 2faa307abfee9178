package dev.s3envelope.core.ssec;

import dev.s3envelope.core.arn.ObjectAddress;
import java.util.List;
import java.util.Map;
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
     * A source that asks a function, which answers the keys of an object newest first: the first one writes. The function's
     * keys pass to whoever asked this source, who destroys them; so it returns new copies each time.
     */
    static SseCKeySource from(String name, Function<ObjectAddress, List<SseCKey>> keys) {
        return new FunctionSseCKeys(name, keys);
    }
}
