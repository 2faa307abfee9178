package dev.s3envelope.s3.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers the latest entries, up to a number; the one used longest ago goes first. For hints that may be lost at any time.
 * Safe for use by several threads.
 */
public final class Bounded<K, V> {
    private final Map<K, V> entries;

    /** Remembers this many. */
    public Bounded(int most) {
        this.entries = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    /** What is remembered. */
    public synchronized Optional<V> get(K key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** Remembers. */
    public synchronized void put(K key, V value) {
        entries.put(key, value);
    }

    /** Forgets. */
    public synchronized void remove(K key) {
        entries.remove(key);
    }

    synchronized int size() {
        return entries.size();
    }
}
