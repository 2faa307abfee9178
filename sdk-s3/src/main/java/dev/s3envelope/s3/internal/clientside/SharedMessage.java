package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.core.message.OpenMessage;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The message of an object that is read by several requests, opened once, so that the keyring is asked once. It is closed when neither the read nor any of its
 * coders uses it any more. Safe for use by several threads.
 */
final class SharedMessage {
    private @Nullable Counted current;
    private boolean ended;

    /**
     * One use of the message.
     *
     * @param message whose coders are taken
     * @param close ends this use; again changes nothing
     */
    record Use(OpenMessage message, Runnable close) {}

    /** The message, if it was opened by this very header. */
    synchronized Optional<Use> use(MessageHeader header) {
        Counted kept = current;
        return kept == null || !kept.message.header().equals(header) ? Optional.empty() : Optional.of(kept.use());
    }

    /** Keeps a message that was just opened, in place of one that was kept before. */
    synchronized Use keep(OpenMessage opened) {
        Counted counted = new Counted(opened);
        Use use = counted.use();
        if (ended) {
            counted.keeper.run();
            return use;
        }
        Counted before = current;
        current = counted;
        if (before != null) {
            before.keeper.run();
        }
        return use;
    }

    /** The read is over: nothing is lent any more. */
    synchronized void end() {
        ended = true;
        Counted kept = current;
        current = null;
        if (kept != null) {
            kept.keeper.run();
        }
    }

    /** A message and how many use it, the one who keeps it included. */
    private static final class Counted {
        private final OpenMessage message;
        private int users;
        private final Runnable keeper;

        Counted(OpenMessage message) {
            this.message = message;
            this.keeper = use().close();
        }

        synchronized Use use() {
            users++;
            AtomicBoolean closed = new AtomicBoolean();
            return new Use(message, () -> {
                if (closed.compareAndSet(false, true)) {
                    release();
                }
            });
        }

        private synchronized void release() {
            users--;
            if (users == 0) {
                message.close();
            }
        }
    }
}
