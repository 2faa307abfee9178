package dev.s3envelope.core.policy;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.internal.Text;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The sources of customer-provided keys a policy file may name. Keys never stand in the file: the application registers its
 * sources and the file refers to them by {@link SseCKeySource#name}. Immutable.
 */
public final class KeySources {
    private static final KeySources NONE = new KeySources(List.of());

    private final SortedMap<String, SseCKeySource> byName = new TreeMap<>();

    private KeySources(Collection<? extends SseCKeySource> sources) {
        for (SseCKeySource source : sources) {
            if (byName.put(source.name(), source) != null) {
                throw new EnvelopeException(
                        "Two SSE-C key sources are named " + Text.quote(source.name()) + "; names are unique.");
            }
        }
    }

    /** No sources: a policy file that names one is refused. */
    public static KeySources none() {
        return NONE;
    }

    /** These sources, each under its own name, which must differ. */
    public static KeySources of(SseCKeySource... sources) {
        return new KeySources(List.of(sources));
    }

    /** These sources, each under its own name, which must differ. */
    public static KeySources of(Collection<? extends SseCKeySource> sources) {
        return new KeySources(sources);
    }

    /** The source of that name. */
    public Optional<SseCKeySource> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The names, sorted. */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }
}
