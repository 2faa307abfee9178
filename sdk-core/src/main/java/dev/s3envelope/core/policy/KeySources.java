package dev.s3envelope.core.policy;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.internal.Text;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The sources of customer-provided keys and the keyrings a policy file may name. Keys never stand in the file: the application registers its
 * sources, and the file refers to them by {@link SseCKeySource#name}, and its keyrings, each under a name of its own. Immutable.
 */
public final class KeySources {
    private static final KeySources NONE = new KeySources(List.of(), Map.of(), Map.of());

    private final SortedMap<String, SseCKeySource> byName = new TreeMap<>();

    private final SortedMap<String, Keyring> keyrings;

    private final SortedMap<String, S3ecKeyring> s3ecKeyrings;

    private KeySources(
            Collection<? extends SseCKeySource> sources,
            Map<String, Keyring> keyrings,
            Map<String, S3ecKeyring> s3ecKeyrings) {
        this.keyrings = new TreeMap<>(keyrings);
        this.s3ecKeyrings = new TreeMap<>(s3ecKeyrings);
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
        return new KeySources(List.of(sources), Map.of(), Map.of());
    }

    /** These sources, each under its own name, which must differ. */
    public static KeySources of(Collection<? extends SseCKeySource> sources) {
        return new KeySources(sources, Map.of(), Map.of());
    }

    /** The source of that name. */
    public Optional<SseCKeySource> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The names, sorted. */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /** These sources, and this keyring under this name, which must be new. */
    public KeySources withKeyring(String name, Keyring keyring) {
        return new KeySources(byName.values(), with(keyrings, name, keyring), s3ecKeyrings);
    }

    /** These sources, and this keyring of the S3 Encryption Client's format under this name, which must be new. */
    public KeySources withS3ecKeyring(String name, S3ecKeyring keyring) {
        return new KeySources(byName.values(), keyrings, with(s3ecKeyrings, name, keyring));
    }

    private <K> Map<String, K> with(Map<String, K> before, String name, K keyring) {
        if (keyrings.containsKey(name) || s3ecKeyrings.containsKey(name)) {
            throw new EnvelopeException("Two keyrings are named " + Text.quote(name) + "; names are unique.");
        }
        Map<String, K> more = new TreeMap<>(before);
        more.put(name, keyring);
        return more;
    }

    /** The keyring of that name. */
    public Optional<Keyring> keyring(String name) {
        return Optional.ofNullable(keyrings.get(name));
    }

    /** The keyring of that name of the S3 Encryption Client's format. */
    public Optional<S3ecKeyring> s3ecKeyring(String name) {
        return Optional.ofNullable(s3ecKeyrings.get(name));
    }

    /** The keyrings' names, sorted. */
    public Set<String> keyringNames() {
        return Collections.unmodifiableSet(keyrings.keySet());
    }

    /** The names of the keyrings of the S3 Encryption Client's format, sorted. */
    public Set<String> s3ecKeyringNames() {
        return Collections.unmodifiableSet(s3ecKeyrings.keySet());
    }
}
