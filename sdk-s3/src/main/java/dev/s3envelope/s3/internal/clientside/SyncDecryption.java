package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.message.HeaderParser;
import dev.s3envelope.core.message.MessageHeader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
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
    private static final int STEP = 8 * 1024;

    private final ClientSideReads reads;
    private final ReadPlan plan;
    private final ResponseTransformer<GetObjectResponse, R> callers;
    private final FailureNote note = new FailureNote();

    private SyncDecryption(ClientSideReads reads, ReadPlan plan, ResponseTransformer<GetObjectResponse, R> callers) {
        this.reads = reads;
        this.plan = plan;
        this.callers = callers;
    }

    /** Sends a GET that may have been planned. Failures come out as they were thrown, not as the SDK wraps them. */
    public static <R> R get(
            ClientSideReads reads,
            GetObjectRequest sent,
            ResponseTransformer<GetObjectResponse, R> callers,
            BiFunction<GetObjectRequest, ResponseTransformer<GetObjectResponse, R>, R> send) {
        Optional<ReadPlan> plan = ReadPlan.of(sent);
        if (plan.isEmpty()) {
            return send.apply(sent, callers);
        }
        SyncDecryption<R> decryption = new SyncDecryption<>(reads, plan.get(), callers);
        return decryption.note.call(() -> send.apply(sent, decryption));
    }

    @Override
    public R transform(GetObjectResponse answer, AbortableInputStream body) throws Exception {
        Decryption.@Nullable Opened opened;
        note.clear();
        try {
            Decryption decryption = Decryption.of(reads, plan, answer);
            if (decryption.need() == Decryption.Need.NOTHING) {
                opened = null;
            } else {
                opened = Stages.join(
                        decryption.need() == Decryption.Need.KEYS
                                ? decryption.open()
                                : decryption.open(header(body, decryption)));
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
                    AbortableInputStream.create(new CodingInputStream(body, note.watch(opened.coder())), () -> {
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

    private MessageHeader header(InputStream body, Decryption decryption) throws IOException {
        HeaderParser parser = reads.keys().engine().headerParser();
        byte[] step = new byte[STEP];
        while (parser.bytesNeeded() > 0) {
            int count = body.read(step, 0, Math.min(step.length, parser.bytesNeeded()));
            if (count < 0) {
                throw new IntegrityException("The object " + decryption.object()
                        + " ends within the header of its message: it is truncated, or its metadata was changed.");
            }
            parser.feed(ByteBuffer.wrap(step, 0, count));
        }
        return parser.header().orElseThrow();
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
