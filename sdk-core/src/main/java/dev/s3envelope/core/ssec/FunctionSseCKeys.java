package dev.s3envelope.core.ssec;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.arn.ObjectAddress;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Asks a function for the keys of each object, newest first. */
final class FunctionSseCKeys implements SseCKeySource {
    private final String name;
    private final Function<ObjectAddress, List<SseCKey>> keys;

    FunctionSseCKeys(String name, Function<ObjectAddress, List<SseCKey>> keys) {
        this.name = SourceNames.require(name);
        this.keys = Objects.requireNonNull(keys, "keys");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public SseCKey keyForWrite(ObjectAddress object) {
        List<SseCKey> all = keysForRead(object);
        if (all.isEmpty()) {
            throw new IllegalEncryptionException("SSE-C key source " + name + " has no key for " + object + ".");
        }
        all.subList(1, all.size()).forEach(SseCKey::destroy);
        return all.get(0);
    }

    @Override
    public List<SseCKey> keysForRead(ObjectAddress object) {
        return List.copyOf(keys.apply(object));
    }

    @Override
    public String toString() {
        return "SseCKeySource[" + name + "]";
    }
}
