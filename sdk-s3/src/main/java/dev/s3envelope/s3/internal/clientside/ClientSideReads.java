package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.core.message.ContentType;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.HeaderParser;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.core.message.MessageIdentity;
import dev.s3envelope.core.message.ObjectIdentity;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import dev.s3envelope.s3.EncryptionOverride;
import dev.s3envelope.s3.ReadAs;
import dev.s3envelope.s3.internal.Attempts;
import dev.s3envelope.s3.internal.Bounded;
import dev.s3envelope.s3.internal.ObjectVersion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
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
    private static final int REMEMBERED = 10_000;

    private final EncryptionPolicy policy;
    private final ClientSideSettings settings;
    private final ClientSideKeys keys;
    private final Bounded<ObjectVersion, StoredObject> known = new Bounded<>(REMEMBERED);
    private final boolean active;

    /** Reads of one client. */
    public ClientSideReads(EncryptionPolicy policy, ClientSideSettings settings, ClientSideKeys keys) {
        this.policy = policy;
        this.settings = settings;
        this.keys = keys;
        this.active = settings.required()
                || !settings.readKeyrings().isEmpty()
                || !settings.s3ecKeyrings().isEmpty()
                || policy.rules().stream().anyMatch(rule -> rule.mode() instanceof ClientSide);
    }

    /** Whether any object at all can be read as client-side encrypted; otherwise reads are left alone. */
    public boolean active(S3Request request) {
        return active
                || EncryptionOverride.of(request)
                        .filter(override -> override.mode() instanceof ClientSide)
                        .isPresent();
    }

    ClientSideSettings settings() {
        return settings;
    }

    ClientSideKeys keys() {
        return keys;
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
                                        () -> known.remove(object)))));
    }

    CompletionStage<ReadPlan.Reader> reader(S3Request request, ObjectAddress object) {
        List<ClientSide> modes = new ArrayList<>();
        EncryptionOverride.of(request)
                .map(EncryptionOverride::mode)
                .filter(ClientSide.class::isInstance)
                .ifPresent(mode -> modes.add((ClientSide) mode));
        List<EncryptionMode> possible = policy.possibleModes(object.bucket(), object.key());
        possible.stream().filter(ClientSide.class::isInstance).forEach(mode -> modes.add((ClientSide) mode));
        Set<Keyring> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Keyring> keyrings = new ArrayList<>();
        modes.forEach(mode -> {
            if (distinct.add(mode.keyring())) {
                keyrings.add(mode.keyring());
            }
        });
        settings.readKeyrings().stream().filter(distinct::add).forEach(keyrings::add);
        boolean required = settings.required() && possible.stream().allMatch(ClientSide.class::isInstance);
        MessageIdentity identity = identity(request, object, modes);
        RequestCredentials credentials = RequestCredentials.of(request);
        CompletionStage<List<Keyring>> bound = all(keyrings, keyring -> keyring.onBehalfOf(credentials));
        CompletionStage<List<S3ecKeyring>> boundS3ec =
                all(settings.s3ecKeyrings(), keyring -> keyring.onBehalfOf(credentials));
        return bound.thenCombine(
                boundS3ec, (ours, s3ec) -> new ReadPlan.Reader(object, ours, s3ec, identity, required));
    }

    private static <K> CompletionStage<List<K>> all(List<K> keyrings, Function<K, CompletionStage<K>> bind) {
        CompletionStage<List<K>> bound = CompletableFuture.completedFuture(List.of());
        for (K keyring : keyrings) {
            bound = bound.thenCombine(bind.apply(keyring), (before, one) -> {
                List<K> joined = new ArrayList<>(before);
                joined.add(one);
                return List.copyOf(joined);
            });
        }
        return bound;
    }

    /** Where several modes may have written an object, the least of their identities is demanded. */
    private static MessageIdentity identity(S3Request request, ObjectAddress object, List<ClientSide> modes) {
        Optional<ReadAs> readAs = ReadAs.of(request);
        if (readAs.isPresent() && readAs.get().object().isEmpty()) {
            return MessageIdentity.off();
        }
        ObjectAddress as = readAs.flatMap(ReadAs::object).orElse(object);
        ObjectIdentity least =
                modes.stream().map(ClientSide::identity).min(Enum::compareTo).orElse(ObjectIdentity.KEY);
        return least == ObjectIdentity.OFF ? MessageIdentity.off() : new MessageIdentity(least, as.bucket(), as.key());
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
        Optional<StoredObject> remembered = known.get(object);
        if (remembered.isPresent() && !outside(request, remembered.get())) {
            return range(request, object, reader, port, remembered.get());
        }
        return port.head(DerivedReads.head(request, null))
                .handle((answer, failure) -> failure != null
                        ? asIs(request, reader, StageFailures.unwrap(failure))
                        : laidOut(request, object, remember(object, answer), port)
                                .thenCompose(stored -> range(request, object, reader, port, stored)))
                .thenCompose(Function.identity());
    }

    /** Whether a range lies behind the end of what is remembered, which nobody but S3 can confirm. */
    private static boolean outside(GetObjectRequest request, StoredObject remembered) {
        try {
            return remembered.form().kind() == StoredForm.Kind.MESSAGE
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
        StoredForm form = StoredForm.of(answer.metadata());
        long length = ContentRanges.total(answer.contentRange(), answer.contentLength());
        StoredObject stored = new StoredObject(form, answer.eTag(), length, header(object, answer.eTag()));
        if (form.kind() == StoredForm.Kind.PLAIN) {
            return CompletableFuture.completedFuture(
                    new ReadPlan(ReadPlan.Way.AS_IS, request, reader, stored, null, false).on(request));
        }
        if (form.kind() == StoredForm.Kind.S3EC) {
            throw new OperationRefusedException("Part " + request.partNumber() + " of " + reader.object()
                    + " cannot be read: the S3 Encryption Client's format has one tag for the whole object. Read the object, or a"
                    + " range of it.");
        }
        ByteSpan span = ContentRanges.span(answer.contentRange(), answer.contentLength());
        return laidOut(request, object, stored, port)
                .thenCompose(laid ->
                        frames(request, object, reader, port, laid, PlaintextRange.within(laid.layout(), span)));
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
            GetObjectRequest head = request.toBuilder()
                    .partNumber(null)
                    .range(new ByteSpan(0, layout.headerLength()).toRangeHeader())
                    .ifMatch(ours ? stored.eTag() : request.ifMatch())
                    .build();
            return port.bytes(head).thenCompose(bytes -> {
                if (!stored.eTag().equals(bytes.response().eTag())) {
                    throw new StaleLayoutException(object.address().toString());
                }
                MessageHeader header = parse(bytes.asByteArrayUnsafe(), reader.object());
                StoredObject with = stored.withHeader(header);
                known.put(object, with);
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

    /** What is known of an object with its layout; where its metadata does not tell the frame length, from its header, which is fetched. */
    CompletionStage<StoredObject> laidOut(S3Request request, ObjectVersion object, StoredObject stored, ReadPort port) {
        if (stored.form().headerLength().isEmpty()) {
            return CompletableFuture.completedFuture(stored);
        }
        if (stored.header().isPresent()) {
            return CompletableFuture.completedFuture(
                    laidOut(object, stored, stored.header().get()));
        }
        int length = stored.form().headerLength().getAsInt();
        return port.bytes(DerivedReads.header(request, length, stored.eTag())).thenApply(bytes -> {
            if (!stored.eTag().equals(bytes.response().eTag())) {
                throw new StaleLayoutException(object.address().toString());
            }
            return laidOut(object, stored, parse(bytes.asByteArrayUnsafe(), object.address()));
        });
    }

    private StoredObject laidOut(ObjectVersion object, StoredObject stored, MessageHeader header) {
        if (header.contentType() != ContentType.FRAMED
                || header.length() != stored.form().headerLength().orElse(0)) {
            throw new IntegrityException("The metadata entry \"" + LayoutHint.METADATA_NAME + "\" of "
                    + object.address() + " is not that of its message: one of them was changed.");
        }
        StoredForm form =
                new StoredForm(StoredForm.Kind.MESSAGE, Optional.of(LayoutHint.of(header, OptionalLong.empty())));
        StoredObject with = new StoredObject(form, stored.eTag(), stored.length(), Optional.of(header));
        known.put(object, with);
        return with;
    }

    private MessageHeader parse(byte[] bytes, ObjectAddress object) {
        HeaderParser parser = keys.engine().headerParser();
        parser.feed(ByteBuffer.wrap(bytes));
        return parser.header()
                .orElseThrow(() -> new IntegrityException("The header of " + object + " does not end after the "
                        + bytes.length + " bytes its metadata says: one of them was changed."));
    }

    private Optional<MessageHeader> header(ObjectVersion object, String eTag) {
        return known.get(object).filter(stored -> stored.eTag().equals(eTag)).flatMap(StoredObject::header);
    }

    StoredObject remember(ObjectVersion object, HeadObjectResponse answer) {
        StoredObject stored = new StoredObject(
                StoredForm.of(answer.metadata()),
                answer.eTag(),
                ContentRanges.total(answer.contentRange(), answer.contentLength()),
                header(object, answer.eTag()));
        if (stored.form().headerLength().isEmpty()) {
            known.put(object, stored);
        }
        return stored;
    }

    /** Keeps the header of a message that was read whole, for ranges to come. */
    void remember(ReadPlan plan, GetObjectResponse answer, MessageHeader header, StoredForm form, long length) {
        if (answer.eTag() != null) {
            ObjectVersion.of(
                            plan.asked().bucket(),
                            plan.asked().key(),
                            plan.asked().versionId())
                    .ifPresent(object ->
                            known.put(object, new StoredObject(form, answer.eTag(), length, Optional.of(header))));
        }
    }

    Optional<StoredObject> known(ObjectVersion object) {
        return known.get(object);
    }
}
