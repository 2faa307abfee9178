package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.ReadAs;
import dev.s3envelope.s3.internal.Attempts;
import dev.s3envelope.s3.internal.ObjectVersion;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * Plans reads of objects that may be encrypted on the client.
 *
 * <p>A whole object is fetched as it is, and its metadata decides what its bytes are. A range or a part must be known in stored terms before it is
 * fetched: from what was remembered of this object and ETag, else from one HEAD; then exactly the frames needed are fetched, under the condition
 * that the object is still that one. Safe for use by several threads.
 */
public final class ClientSideReads {
    private static final int PRECONDITION_FAILED = 412;

    private final Readers readers;
    private final ClientSideSettings settings;
    private final ClientSideKeys keys;
    private final Layouts layouts;
    private final boolean active;

    /** Reads of one client. */
    public ClientSideReads(EncryptionPolicy policy, ClientSideSettings settings, ClientSideKeys keys) {
        this.readers = new Readers(policy, settings);
        this.settings = settings;
        this.keys = keys;
        this.layouts = new Layouts(keys, settings.foreign());
        this.active = settings.required()
                || !settings.readKeyrings().isEmpty()
                || !settings.s3ecKeyrings().isEmpty()
                || policy.rules().stream().anyMatch(rule -> rule.mode() instanceof ClientSide);
    }

    /** Whether any object at all can be read as client-side encrypted; otherwise reads are sent as they are. */
    public boolean active(S3Request request) {
        return !stored(request) && applies(request);
    }

    /** Whether anything a request is about can be encrypted on the client, as this client knows it. */
    public boolean applies(S3Request request) {
        return active || Readers.asksForClientSide(request);
    }

    /** Whether what a request writes may have to be encrypted on the client. */
    public boolean mayBeClientSide(S3Request request, ObjectAddress written) {
        return readers.mayBeClientSide(request, written);
    }

    /** Whether an object may be one this client reads as encrypted on the client. */
    public boolean mayRead(S3Request request, ObjectAddress object) {
        return readers.mayRead(request, object);
    }

    /** Whether a request is answered as S3 stores the object, whatever it is. */
    public static boolean stored(S3Request request) {
        return ReadAs.of(request).filter(ReadAs::isStored).isPresent();
    }

    ClientSideSettings settings() {
        return settings;
    }

    /** Opens messages. */
    public ClientSideKeys keys() {
        return keys;
    }

    Layouts layouts() {
        return layouts;
    }

    /**
     * Plans a GET.
     *
     * @param transform what is done with any GET: owner, SSE-C key
     */
    public CompletionStage<Attempts<GetObjectRequest>> prepare(
            GetObjectRequest request,
            ReadPort port,
            Function<GetObjectRequest, CompletionStage<Attempts<GetObjectRequest>>> transform) {
        try {
            Optional<ObjectVersion> object = ObjectVersion.of(request.bucket(), request.key(), request.versionId());
            return object.isEmpty() ? transform.apply(request) : prepare(request, object.get(), port, transform);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<Attempts<GetObjectRequest>> prepare(
            GetObjectRequest request,
            ObjectVersion object,
            ReadPort port,
            Function<GetObjectRequest, CompletionStage<Attempts<GetObjectRequest>>> transform) {
        return reader(request, object.address())
                .thenCompose(reader -> plan(request, object, reader, port)
                        .thenCompose(planned -> transform
                                .apply(planned)
                                .thenApply(inner -> new ReadAttempts(
                                        inner,
                                        () -> plan(request, object, reader, port)
                                                .thenCompose(transform),
                                        () -> layouts.forget(object)))));
    }

    CompletionStage<ReadPlan.Reader> reader(S3Request request, ObjectAddress object) {
        return readers.reader(request, object);
    }

    private CompletionStage<GetObjectRequest> plan(
            GetObjectRequest request, ObjectVersion object, ReadPlan.Reader reader, ReadPort port) {
        if (request.range() == null && request.partNumber() == null) {
            return CompletableFuture.completedFuture(
                    new ReadPlan(ReadPlan.Way.WHOLE, request, reader, null, null, false).on(request));
        }
        if (request.partNumber() != null && request.range() == null) {
            return port.head(DerivedReads.head(request, request.partNumber()))
                    .handle((answer, failure) -> failure != null
                            ? asIs(request, reader, StageFailures.unwrap(failure))
                            : part(request, object, reader, port, answer))
                    .thenCompose(Function.identity());
        }
        Optional<StoredObject> remembered = layouts.known(object);
        if (remembered.isPresent() && !outside(request, remembered.get())) {
            return range(request, object, reader, port, remembered.get());
        }
        return port.head(DerivedReads.head(request, null))
                .handle((answer, failure) -> failure != null
                        ? asIs(request, reader, StageFailures.unwrap(failure))
                        : layouts.completed(
                                        request,
                                        object,
                                        layouts.of(object, StoredForm.of(answer.metadata()), answer),
                                        reader.keyrings(),
                                        port)
                                .thenCompose(stored -> range(request, object, reader, port, stored)))
                .thenCompose(Function.identity());
    }

    /** Whether a range lies behind the end of what is remembered, which nobody but S3 can confirm. */
    private static boolean outside(GetObjectRequest request, StoredObject remembered) {
        try {
            return remembered.form().kind() == StoredForm.Kind.MESSAGE
                    && !remembered.form().withoutLayout()
                    && PlaintextRange.of(request.range(), remembered.layout().plaintextLength())
                            .isEmpty();
        } catch (S3Exception notSatisfiable) {
            return true;
        }
    }

    /** Where HEAD fails, the GET itself says better what is wrong; it gives no ciphertext out, see the handling of its answer. */
    private static CompletionStage<GetObjectRequest> asIs(
            GetObjectRequest request, ReadPlan.Reader reader, Throwable failure) {
        return failure instanceof S3Exception
                ? CompletableFuture.completedFuture(
                        new ReadPlan(ReadPlan.Way.AS_IS, request, reader, null, null, false).on(request))
                : CompletableFuture.failedFuture(failure);
    }

    private CompletionStage<GetObjectRequest> part(
            GetObjectRequest request,
            ObjectVersion object,
            ReadPlan.Reader reader,
            ReadPort port,
            HeadObjectResponse answer) {
        StoredObject stored = layouts.of(object, StoredForm.of(answer.metadata()), answer);
        return layouts.completed(request, object, stored, reader.keyrings(), port)
                .thenCompose(laid -> part(request, object, reader, port, answer, laid));
    }

    private CompletionStage<GetObjectRequest> part(
            GetObjectRequest request,
            ObjectVersion object,
            ReadPlan.Reader reader,
            ReadPort port,
            HeadObjectResponse answer,
            StoredObject stored) {
        if (stored.form().kind() == StoredForm.Kind.PLAIN) {
            return CompletableFuture.completedFuture(
                    new ReadPlan(ReadPlan.Way.AS_IS, request, reader, stored, null, false).on(request));
        }
        if (stored.form().kind() == StoredForm.Kind.S3EC) {
            throw new OperationRefusedException("Part " + request.partNumber() + " of " + reader.object()
                    + " cannot be read: the S3 Encryption Client's format has one tag for the whole object. Read the object, or a"
                    + " range of it.");
        }
        requireLayout(stored, reader);
        ByteSpan span = ContentRanges.span(answer.contentRange(), answer.contentLength());
        GetObjectRequest asked = ReadPlan.ofParts(request, partsCount(stored.layout(), span, answer));
        return frames(asked, object, reader, port, stored, PlaintextRange.within(stored.layout(), span));
    }

    /**
     * The number of parts that have plaintext: without the last where all it holds is the empty final frame that completing an upload of equal parts added.
     * Clients that read part by part do not expect a part of nothing.
     */
    private static @Nullable Integer partsCount(FrameLayout layout, ByteSpan part, HeadObjectResponse answer) {
        Integer stored = answer.partsCount();
        if (stored == null || stored < 2) {
            return stored;
        }
        long frames = part.offset() == 0 ? part.length() - layout.headerLength() : part.length();
        ByteSpan last = layout.finalFrameSpan();
        boolean empty = layout.finalLength() == 0
                && (part.equals(last) || layout.headerLength() + (stored - 1) * frames == last.offset());
        return empty ? Integer.valueOf(stored - 1) : stored;
    }

    private static void requireLayout(StoredObject stored, ReadPlan.Reader reader) {
        if (stored.form().withoutLayout()) {
            throw new OperationRefusedException(
                    "A part or range of " + reader.object()
                            + " cannot be read: it is a signed or unframed message, of which no part proves anything. Read the whole object.");
        }
    }

    private CompletionStage<GetObjectRequest> range(
            GetObjectRequest request,
            ObjectVersion object,
            ReadPlan.Reader reader,
            ReadPort port,
            StoredObject stored) {
        if (stored.form().kind() == StoredForm.Kind.PLAIN) {
            return CompletableFuture.completedFuture(
                    new ReadPlan(ReadPlan.Way.AS_IS, request, reader, stored, null, false).on(request));
        }
        if (request.partNumber() != null) {
            throw new OperationRefusedException(
                    "A request for both a range and a part number; S3 answers one of them. Leave one out.");
        }
        GetObjectRequest whole = request.toBuilder().range(null).build();
        if (stored.form().kind() == StoredForm.Kind.S3EC) {
            return CompletableFuture.completedFuture(
                    new ReadPlan(ReadPlan.Way.WHOLE, request, reader, null, null, false).on(whole));
        }
        requireLayout(stored, reader);
        Optional<ByteSpan> asked =
                PlaintextRange.of(request.range(), stored.layout().plaintextLength());
        if (asked.isEmpty()) {
            return CompletableFuture.completedFuture(
                    new ReadPlan(ReadPlan.Way.WHOLE, request, reader, null, null, false).on(whole));
        }
        return frames(request, object, reader, port, stored, asked.get());
    }

    private CompletionStage<GetObjectRequest> frames(
            GetObjectRequest request,
            ObjectVersion object,
            ReadPlan.Reader reader,
            ReadPort port,
            StoredObject stored,
            ByteSpan plaintext) {
        FrameLayout layout = stored.layout();
        ByteSpan ciphertext = plaintext.length() == 0 ? layout.finalFrameSpan() : layout.ciphertextSpan(plaintext);
        boolean ours = request.ifMatch() == null;
        if (stored.header().isEmpty() && ciphertext.offset() > layout.headerLength()) {
            return layouts.header(request, object, stored, layout.headerLength(), port)
                    .thenCompose(header -> {
                        StoredObject with = stored.withHeader(header);
                        layouts.remember(object, with);
                        return frames(request, object, reader, port, with, plaintext);
                    });
        }
        ByteSpan fetched = stored.header().isPresent() ? ciphertext : new ByteSpan(0, ciphertext.end());
        ReadPlan plan = new ReadPlan(ReadPlan.Way.RANGE, request, reader, stored, plaintext, ours);
        return CompletableFuture.completedFuture(plan.on(request.toBuilder()
                .partNumber(null)
                .range(fetched.toRangeHeader())
                .ifMatch(ours ? stored.eTag() : request.ifMatch())
                .build()));
    }

    /** The header of a message that an answer to HEAD says the object is; empty where it says nothing of the kind. */
    public CompletionStage<Optional<MessageHeader>> header(
            HeadObjectRequest request, HeadObjectResponse answer, ReadPort port) {
        StoredForm form = StoredForm.of(answer.metadata());
        ObjectVersion object = ObjectVersion.of(request.bucket(), request.key(), request.versionId())
                .orElseThrow();
        StoredObject stored = layouts.of(object, form, answer);
        if (form.kind() != StoredForm.Kind.MESSAGE || stored.header().isPresent()) {
            return CompletableFuture.completedFuture(stored.header());
        }
        int length = form.hint()
                .map(LayoutHint::headerLength)
                .orElseGet(() -> form.headerLength().orElseThrow());
        return layouts.header(request, object, stored, length, port).thenApply(Optional::of);
    }

    /** Whether an answer to HEAD says nothing of client-side encryption. */
    public static boolean isPlain(HeadObjectResponse answer) {
        return StoredForm.of(answer.metadata()).kind() == StoredForm.Kind.PLAIN;
    }

    /** Whether an answer to HEAD is of an object of the S3 Encryption Client that can be read. */
    public static boolean isS3ec(HeadObjectResponse answer) {
        return StoredForm.of(answer.metadata()).kind() == StoredForm.Kind.S3EC;
    }

    /**
     * Proves the length a layout says, by the final frame of the message.
     *
     * @return the answer to the read of that frame, which says what the message is bound to
     * @throws OperationRefusedException in the stage, if no part of the object proves anything
     */
    CompletionStage<GetObjectResponse> prove(
            S3Request request, ObjectVersion object, ReadPlan.Reader reader, StoredObject stored, ReadPort port) {
        if (stored.form().kind() != StoredForm.Kind.MESSAGE || stored.form().withoutLayout()) {
            throw new OperationRefusedException("The length of " + reader.object()
                    + " cannot be proved by a part of it: the object has one tag or signature at its end. Read the whole object, or leave"
                    + " LengthProof out.");
        }
        long length = stored.layout().plaintextLength();
        return frames(DerivedReads.get(request), object, reader, port, stored, new ByteSpan(length, 0))
                .thenCompose(port::opened)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        StageFailures.unwrap(failure) instanceof S3Exception s3
                                        && s3.statusCode() == PRECONDITION_FAILED
                                ? new StaleLayoutException(reader.object().toString())
                                : StageFailures.unwrap(failure)));
    }

    /** Keeps the header of a message that was read whole, for ranges to come. */
    void remember(ReadPlan plan, GetObjectResponse answer, MessageHeader header, StoredForm form, long length) {
        if (answer.eTag() != null) {
            ObjectVersion.of(
                            plan.asked().bucket(),
                            plan.asked().key(),
                            plan.asked().versionId())
                    .ifPresent(object -> layouts.remember(
                            object, new StoredObject(form, answer.eTag(), length, Optional.of(header))));
        }
    }
}
