package dev.s3envelope.s3.internal.clientside;

import java.util.concurrent.atomic.AtomicLong;

/** How many buffers a subscriber has asked for and was not given yet (Reactive Streams, rules 3.9 and 3.17). Safe for use by several threads. */
public final class Demand {
    private final AtomicLong open = new AtomicLong();

    /** The failure of a subscription that is asked for no buffer, or fewer. */
    public static IllegalArgumentException refused(long count) {
        return new IllegalArgumentException(
                "non-positive subscription request: at least one element is asked for, not " + count);
    }

    /** So many more are asked for, at least one; as many as a long holds are as good as without end. */
    public void add(long count) {
        open.accumulateAndGet(count, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
    }

    /** Whether a buffer may be given. */
    public boolean any() {
        return open.get() > 0;
    }

    /** A buffer is given. */
    public void meet() {
        if (open.get() != Long.MAX_VALUE) {
            open.decrementAndGet();
        }
    }
}
