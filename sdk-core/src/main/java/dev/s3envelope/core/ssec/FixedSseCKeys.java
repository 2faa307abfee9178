package dev.s3envelope.core.ssec;

import dev.s3envelope.core.arn.ObjectAddress;
import java.util.ArrayList;
import java.util.List;

/** The same ring of keys for every object. */
final class FixedSseCKeys implements SseCKeySource {
    private final String name;
    private final List<SseCKey> ring;

    FixedSseCKeys(String name, SseCKey current, List<SseCKey> old) {
        this.name = SourceNames.require(name);
        List<SseCKey> copies = new ArrayList<>();
        copies.add(current.copy());
        for (SseCKey key : old) {
            if (!copies.contains(key)) {
                copies.add(key.copy());
            }
        }
        this.ring = List.copyOf(copies);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public SseCKey keyForWrite(ObjectAddress object) {
        return ring.get(0).copy();
    }

    @Override
    public List<SseCKey> keysForRead(ObjectAddress object) {
        return ring.stream().map(SseCKey::copy).toList();
    }

    @Override
    public String toString() {
        return "SseCKeySource[" + name + ", " + ring.size() + " keys]";
    }
}
