package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.internal.StageFailures;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Stands before the caller's transformer and gives it plaintext. The caller hears of the answer when the header was read from the first bytes of the body, the
 * keyring was asked and the header is authentic; from then on its own demand draws the frames, each once it is verified. Nothing waits; what
 * takes long, an object that is verified as a whole, is done on the executor for keyrings that block.
 *
 * @param <R> what the caller's transformer makes of it
 */
public final class AsyncDecryption<R> implements AsyncResponseTransformer<GetObjectResponse, R> {
    private final ClientSideReads reads;
    private final ReadPlan plan;
    private final AsyncResponseTransformer<GetObjectResponse, R> callers;
    private final FailureNote note = new FailureNote();
    private volatile @Nullable Decryption decryption;
    private volatile boolean refused;

    private AsyncDecryption(
            ClientSideReads reads, ReadPlan plan, AsyncResponseTransformer<GetObjectResponse, R> callers) {
        this.reads = reads;
        this.plan = plan;
        this.callers = callers;
    }

    /** Sends a GET that may have been planned; one that was not is guarded. Failures come out as they were thrown, not as the SDK wraps them. */
    public static <R> CompletableFuture<R> get(
            ClientSideReads reads,
            GetObjectRequest sent,
            AsyncResponseTransformer<GetObjectResponse, R> callers,
            BiFunction<GetObjectRequest, AsyncResponseTransformer<GetObjectResponse, R>, CompletableFuture<R>> send) {
        Optional<ReadPlan> plan = ReadPlan.of(sent);
        if (plan.isEmpty()) {
            return ClientSideReads.stored(sent) ? send.apply(sent, callers) : CiphertextGuard.get(sent, callers, send);
        }
        AsyncDecryption<R> decryption = new AsyncDecryption<>(reads, plan.get(), callers);
        return decryption.note.call(send.apply(sent, decryption));
    }

    @Override
    public CompletableFuture<R> prepare() {
        decryption = null;
        refused = false;
        note.clear();
        return callers.prepare();
    }

    @Override
    public void onResponse(GetObjectResponse answer) {
        try {
            Decryption begun = Decryption.of(reads, plan, answer);
            decryption = begun;
            if (begun.need() == Decryption.Need.NOTHING) {
                callers.onResponse(answer);
            }
        } catch (RuntimeException e) {
            refused = true;
            note.note(e);
            callers.exceptionOccurred(e);
        }
    }

    @Override
    public void onStream(SdkPublisher<ByteBuffer> body) {
        Decryption begun = decryption;
        if (refused || begun == null) {
            body.subscribe(new Opening(null));
        } else if (begun.need() == Decryption.Need.NOTHING) {
            callers.onStream(body);
        } else {
            body.subscribe(new Opening(begun));
        }
    }

    @Override
    public void exceptionOccurred(Throwable failure) {
        if (!refused) {
            callers.exceptionOccurred(failure);
        }
    }

    @Override
    public String name() {
        return callers.name();
    }

    /** Takes the body until its header is open, then hands it on. */
    private final class Opening implements Subscriber<ByteBuffer> {
        private final @Nullable Decryption begun;
        private final BodyStart start;
        private @Nullable Subscription upstream;
        private ByteBuffer leftover = ByteBuffer.allocate(0);
        private boolean opening;
        private boolean ended;
        private @Nullable Throwable broken;
        private @Nullable CodingPipe pipe;

        Opening(@Nullable Decryption begun) {
            this.begun = begun;
            this.start = new BodyStart(
                    reads.keys().engine().headerParser(), begun != null && begun.need() == Decryption.Need.LOOK);
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            Objects.requireNonNull(subscription, "subscription");
            Decryption known = begun;
            if (known == null || upstream != null) {
                subscription.cancel();
                return;
            }
            upstream = subscription;
            if (known.need() == Decryption.Need.KEYS) {
                opening = true;
                await(guarded(known::open));
            } else {
                subscription.request(1);
            }
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            Objects.requireNonNull(buffer, "buffer");
            CodingPipe to;
            synchronized (this) {
                to = pipe;
            }
            if (to != null) {
                to.onNext(buffer);
                return;
            }
            Decryption known = begun;
            Subscription from = upstream;
            if (opening || known == null || from == null) {
                return;
            }
            try {
                if (!start.feed(buffer)) {
                    from.request(1);
                    return;
                }
            } catch (RuntimeException e) {
                opening = true;
                stop(e);
                return;
            }
            opening = true;
            leftover = buffer;
            await(guarded(() -> open(known)));
        }

        private CompletionStage<Decryption.Opened> open(Decryption known) {
            return known.need() == Decryption.Need.LOOK
                    ? known.look(start.header())
                    : known.open(start.header().orElseThrow());
        }

        @Override
        public void onError(Throwable failure) {
            Objects.requireNonNull(failure, "failure");
            CodingPipe to;
            synchronized (this) {
                to = pipe;
                if (to == null) {
                    broken = failure;
                }
            }
            if (to != null) {
                to.onError(failure);
            } else if (!opening) {
                fail(failure);
            }
        }

        @Override
        public void onComplete() {
            CodingPipe to;
            synchronized (this) {
                to = pipe;
                if (to == null) {
                    ended = true;
                }
            }
            if (to != null) {
                to.onComplete();
            } else if (!opening && begun != null && begun.need() == Decryption.Need.LOOK) {
                opening = true;
                await(guarded(() -> begun.look(Optional.empty())));
            } else if (!opening && begun != null) {
                fail(new IntegrityException("The object " + begun.object()
                        + " ends within the header of its message: it is truncated, or its metadata was changed."));
            }
        }

        private CompletionStage<Decryption.Opened> guarded(Supplier<CompletionStage<Decryption.Opened>> call) {
            try {
                return call.get();
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private void await(CompletionStage<Decryption.Opened> opened) {
            var unused = opened.whenComplete((result, failure) -> {
                if (failure != null) {
                    stop(StageFailures.unwrap(failure));
                    return;
                }
                Throwable early;
                synchronized (this) {
                    early = broken;
                }
                if (early != null) {
                    result.coder().close();
                    fail(early);
                    return;
                }
                if (result.fromStart()) {
                    leftover = joined(start.taken(), leftover);
                }
                try {
                    callers.onResponse(result.answer());
                    callers.onStream(SdkPublisher.adapt(new Plaintext(
                            note.watch(result.coder()),
                            result.heavy() ? reads.keys().blockingExecutor() : null)));
                } catch (RuntimeException e) {
                    result.coder().close();
                    stop(e);
                }
            });
        }

        /** Ends a body that has not ended by itself. The reason is noted first: the SDK fails the call as soon as its body is cancelled. */
        private void stop(Throwable failure) {
            note(failure);
            Subscription from = upstream;
            if (from != null) {
                from.cancel();
            }
            callers.exceptionOccurred(failure);
        }

        private static ByteBuffer joined(byte[] first, ByteBuffer rest) {
            ByteBuffer both = ByteBuffer.allocate(first.length + rest.remaining());
            both.put(first).put(rest).flip();
            return both;
        }

        private void fail(Throwable failure) {
            note(failure);
            callers.exceptionOccurred(failure);
        }

        private void note(Throwable failure) {
            refused = true;
            if (failure instanceof RuntimeException) {
                note.note(failure);
            }
        }

        /** The plaintext of this body; there is one, so it has one subscriber. */
        private final class Plaintext implements org.reactivestreams.Publisher<ByteBuffer> {
            private final Coder coder;
            private final @Nullable Executor executor;
            private final AtomicBoolean taken = new AtomicBoolean();

            Plaintext(Coder coder, @Nullable Executor executor) {
                this.coder = coder;
                this.executor = executor;
            }

            @Override
            public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
                Objects.requireNonNull(subscriber, "subscriber");
                Subscription from = upstream;
                if (!taken.compareAndSet(false, true) || from == null) {
                    FailedStream.tell(subscriber, new EnvelopeException("The body of a response can be read once."));
                    return;
                }
                CodingPipe to = new CodingPipe(coder, subscriber, executor);
                boolean over;
                Throwable failed;
                synchronized (Opening.this) {
                    over = ended;
                    failed = broken;
                    pipe = to;
                }
                if (failed != null) {
                    to.onError(failed);
                } else if (over) {
                    to.onComplete();
                }
                to.start(from, leftover);
            }
        }
    }
}
