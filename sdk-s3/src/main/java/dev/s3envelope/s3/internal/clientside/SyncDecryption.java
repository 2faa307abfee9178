package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.IntegrityException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Stands before the caller's transformer and gives it plaintext: decrypted on the caller's thread as it is read, each frame once it is verified.
 *
 * @param <R> what the caller's transformer makes of it
 */
public final class SyncDecryption<R> implements ResponseTransformer<GetObjectResponse, R> {
    private final ClientSideReads reads;
    private final ReadPlan plan;
    private final ResponseTransformer<GetObjectResponse, R> callers;
    private final FailureNote note = new FailureNote();

    private SyncDecryption(ClientSideReads reads, ReadPlan plan, ResponseTransformer<GetObjectResponse, R> callers) {
        this.reads = reads;
        this.plan = plan;
        this.callers = callers;
    }

    /** Sends a GET that may have been planned; one that was not is guarded. Failures come out as they were thrown, not as the SDK wraps them. */
    public static <R> R get(
            ClientSideReads reads,
            GetObjectRequest sent,
            ResponseTransformer<GetObjectResponse, R> callers,
            BiFunction<GetObjectRequest, ResponseTransformer<GetObjectResponse, R>, R> send) {
        Optional<ReadPlan> plan = ReadPlan.of(sent);
        if (plan.isEmpty()) {
            return ClientSideReads.stored(sent) ? send.apply(sent, callers) : CiphertextGuard.get(sent, callers, send);
        }
        SyncDecryption<R> decryption = new SyncDecryption<>(reads, plan.get(), callers);
        return decryption.note.call(() -> send.apply(sent, decryption));
    }

    @Override
    public R transform(GetObjectResponse answer, AbortableInputStream body) throws Exception {
        Decryption.@Nullable Opened opened;
        InputStream source = body;
        note.clear();
        try {
            Decryption decryption = Decryption.of(reads, plan, answer);
            BodyStart start =
                    new BodyStart(reads.keys().engine().headerParser(), decryption.need() == Decryption.Need.LOOK);
            opened = switch (decryption.need()) {
                case NOTHING -> null;
                case KEYS -> Stages.join(decryption.open());
                case HEADER ->
                    Stages.join(
                            decryption.open(
                                    start.read(body, decryption.expectedHeader())
                                            .orElseThrow(
                                                    () -> new IntegrityException(
                                                            "The object " + decryption.object()
                                                                    + " ends within the header of its message: it is truncated, or its metadata was changed."))));
                case LOOK -> Stages.join(decryption.look(start.read(body, 0)));
            };
            if (opened != null && opened.fromStart()) {
                source = new SequenceInputStream(new ByteArrayInputStream(start.taken()), body);
            } else if (start.behind().length > 0) {
                source = new SequenceInputStream(new ByteArrayInputStream(start.behind()), body);
            }
        } catch (RuntimeException e) {
            note.note(e);
            // What is left of the body is of no use, and may be long.
            body.abort();
            throw e;
        }
        if (opened == null) {
            return callers.transform(answer, body);
        }
        boolean handedOver = false;
        try {
            R result = callers.transform(
                    opened.answer(),
                    AbortableInputStream.create(new CodingInputStream(source, note.watch(opened.coder())), () -> {
                        opened.coder().close();
                        body.abort();
                    }));
            handedOver = callers.needsConnectionLeftOpen();
            return result;
        } finally {
            if (!handedOver) {
                opened.coder().close();
            }
        }
    }

    @Override
    public boolean needsConnectionLeftOpen() {
        return callers.needsConnectionLeftOpen();
    }

    @Override
    public String name() {
        return callers.name();
    }
}
