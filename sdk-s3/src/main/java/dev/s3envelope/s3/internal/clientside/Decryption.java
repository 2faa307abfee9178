package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.core.message.ContentType;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.IdentityCheck;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.core.message.OpenMessage;
import dev.s3envelope.core.message.RangeDecryptor;
import dev.s3envelope.core.s3ec.S3ecDecryptor;
import dev.s3envelope.core.s3ec.S3ecEnvelope;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import dev.s3envelope.core.s3ec.S3ecKmsContext;
import dev.s3envelope.core.s3ec.S3ecMetadata;
import dev.s3envelope.core.s3ec.S3ecWrapping;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * What is done with the answer to one planned GET: nothing, or its body decrypted. Written once for the synchronous and the asynchronous client, which differ
 * in how they get at the bytes.
 */
final class Decryption {
    /** What an answer needs before its body can be decrypted. */
    enum Need {
        /** The body is the object's own. */
        NOTHING,
        /** The body begins with the header of a message. */
        HEADER,
        /** The body may begin with the header of a message; its metadata does not say. */
        LOOK,
        /** All that must be known is known. */
        KEYS
    }

    /**
     * An answer ready to be handed out.
     *
     * @param answer in plaintext terms
     * @param coder decrypts what is left of the body
     * @param fromStart whether the coder wants the bytes too that were looked at
     * @param heavy whether a step of the coder may take long or wait for a disk, so that no event loop must take it
     */
    record Opened(GetObjectResponse answer, Coder coder, boolean fromStart, boolean heavy) {
        Opened(GetObjectResponse answer, Coder coder) {
            this(answer, coder, false, false);
        }
    }

    private static final StoredForm.Kind MESSAGE = StoredForm.Kind.MESSAGE;

    private final ClientSideReads reads;
    private final ReadPlan plan;
    private final GetObjectResponse answer;
    private final StoredForm form;
    private final long storedLength;

    private Decryption(ClientSideReads reads, ReadPlan plan, GetObjectResponse answer, StoredForm form) {
        this.reads = reads;
        this.plan = plan;
        this.answer = answer;
        this.form = form;
        this.storedLength = ContentRanges.total(answer.contentRange(), answer.contentLength());
    }

    /**
     * Compares an answer with the plan it was made by.
     *
     * @throws StaleLayoutException if it is of another object than was planned for
     * @throws OperationRefusedException if the object is of a form that is not read, or not encrypted where that is demanded
     */
    static Decryption of(ClientSideReads reads, ReadPlan plan, GetObjectResponse answer) {
        StoredForm form = StoredForm.of(answer.metadata());
        StoredObject stored = plan.stored();
        boolean stale = switch (plan.way()) {
            case WHOLE -> false;
            case RANGE ->
                stored == null
                        || !stored.eTag().equals(answer.eTag())
                        || !stored.form().learnedFrom(form);
            case AS_IS ->
                form.kind() != StoredForm.Kind.PLAIN
                        || (looks(reads, plan)
                                && (stored == null || !stored.eTag().equals(answer.eTag())));
        };
        if (stale) {
            throw new StaleLayoutException(plan.reader().object().toString());
        }
        Decryption decryption = new Decryption(
                reads, plan, answer, plan.way() == ReadPlan.Way.RANGE && stored != null ? stored.form() : form);
        if (decryption.need() == Need.NOTHING) {
            decryption.requirePlainAllowed();
        }
        return decryption;
    }

    /** Whether objects without a marker may be messages to this reader. */
    private static boolean looks(ClientSideReads reads, ReadPlan plan) {
        return reads.settings().foreign() && !plan.reader().keyrings().isEmpty();
    }

    private void requirePlainAllowed() {
        if (plan.reader().required()) {
            throw new IntegrityException("The object " + plan.reader().object()
                    + " is not encrypted on the client, as its metadata says, and its rule demands that it is: it was replaced, or written"
                    + " past the client. Nothing of it was given out.");
        }
    }

    Need need() {
        return switch (form.kind()) {
            case PLAIN -> plan.way() == ReadPlan.Way.WHOLE && looks(reads, plan) ? Need.LOOK : Need.NOTHING;
            case S3EC -> Need.KEYS;
            case MESSAGE -> plan.way() == ReadPlan.Way.RANGE && header().isPresent() ? Need.KEYS : Need.HEADER;
        };
    }

    /** Bytes the metadata says the header has; 0 where it says nothing. */
    int expectedHeader() {
        return form.hint()
                .map(LayoutHint::headerLength)
                .orElseGet(() -> form.headerLength().orElse(0));
    }

    /**
     * Opens an object without a marker by its first bytes.
     *
     * @param header that it begins with; empty if it is no message
     */
    CompletionStage<Opened> look(Optional<MessageHeader> header) {
        CompletionStage<Optional<OpenMessage>> ours = header.isEmpty()
                ? CompletableFuture.completedFuture(Optional.empty())
                : reads.keys().openIfOurs(header.get(), plan.reader().keyrings());
        return ours.thenApply(message -> {
            if (message.isEmpty()) {
                requirePlainAllowed();
                return new Opened(answer, Coder.unchanged(), true, false);
            }
            return closing(shared(message.get()), header.orElseThrow());
        });
    }

    /** Opens what need not be read from the body. */
    CompletionStage<Opened> open() {
        return form.kind() == StoredForm.Kind.S3EC ? openS3ec() : open(header().orElseThrow());
    }

    /** Opens a message by the header its body began with. */
    CompletionStage<Opened> open(MessageHeader header) {
        ReadPlan.Reader reader = plan.reader();
        Optional<SharedMessage.Use> open = plan.message().flatMap(shared -> shared.use(header));
        return open.isPresent()
                ? CompletableFuture.completedFuture(closing(open.get(), header))
                : reads.keys().open(header, reader.keyrings()).thenApply(message -> closing(shared(message), header));
    }

    /** For the other requests of this read too, if there are any. */
    private SharedMessage.Use shared(OpenMessage message) {
        return plan.message()
                .map(shared -> shared.keep(message))
                .orElseGet(() -> new SharedMessage.Use(message, message::close));
    }

    private Opened closing(SharedMessage.Use use, MessageHeader header) {
        try {
            return opened(header, use);
        } catch (RuntimeException e) {
            use.close().run();
            throw e;
        }
    }

    private Opened opened(MessageHeader header, SharedMessage.Use use) {
        OpenMessage message = use.message();
        IdentityCheck identity = message.identity(plan.reader().identity());
        if (identity == IdentityCheck.MISMATCH) {
            throw new IntegrityException("The object " + plan.reader().object()
                    + " holds a message that was written for another name: it was moved or exchanged. If that was on purpose, read it"
                    + " with ReadAs.object(bucket, key) naming where it was written.");
        }
        if (identity == IdentityCheck.FOREIGN && !reads.settings().foreign()) {
            throw new IntegrityException("The object " + plan.reader().object()
                    + " holds a message without object identity, of another AWS Encryption SDK. Set acceptForeignMessages(true) to read"
                    + " such objects, or the identity of its mode to OFF.");
        }
        boolean laidOut =
                header.contentType() == ContentType.FRAMED && !header.suite().signed();
        if (plan.way() == ReadPlan.Way.RANGE) {
            LayoutHint hint =
                    Objects.requireNonNull(plan.stored()).form().hint().orElseThrow();
            if (!hint.agreesWith(header)) {
                throw new IntegrityException("The metadata entry \"" + LayoutHint.METADATA_NAME + "\" of "
                        + plan.reader().object() + " is not that of its message: one of them was changed.");
            }
            return range(use, Objects.requireNonNull(plan.stored()).layout(), identity);
        }
        if (!laidOut) {
            return new Opened(
                    PlainAnswers.of(answer, MESSAGE, OptionalLong.empty(), null, Optional.of(identity), storedLength),
                    Coder.of(message.decryptor(), Math.max(4096, header.frameLength()), Long.MAX_VALUE, use.close()));
        }
        FrameLayout layout = message.layout(storedLength);
        OptionalLong plaintextLength =
                form.hint().map(LayoutHint::plaintextLength).orElse(OptionalLong.empty());
        reads.remember(
                plan,
                answer,
                header,
                new StoredForm(
                        StoredForm.Kind.MESSAGE,
                        Optional.of(LayoutHint.of(header, plaintextLength)),
                        OptionalInt.empty(),
                        form.kind() == StoredForm.Kind.PLAIN),
                storedLength);
        return new Opened(
                PlainAnswers.of(
                        answer,
                        MESSAGE,
                        OptionalLong.of(layout.plaintextLength()),
                        null,
                        Optional.of(identity),
                        storedLength),
                Coder.of(message.decryptor(), header.frameLength(), layout.plaintextLength(), use.close()));
    }

    private Opened range(SharedMessage.Use use, FrameLayout layout, IdentityCheck identity) {
        OpenMessage message = use.message();
        ByteSpan plaintext = Objects.requireNonNull(plan.plaintext());
        RangeDecryptor decryptor =
                plaintext.length() == 0 ? message.lengthProof(layout) : message.rangeDecryptor(layout, plaintext);
        String contentRange =
                plaintext.length() == 0 ? null : PlaintextRange.contentRange(plaintext, layout.plaintextLength());
        GetObjectResponse ofParts = plan.partsCount()
                .map(count -> answer.toBuilder().partsCount(count).build())
                .orElse(answer);
        return new Opened(
                PlainAnswers.of(
                        ofParts,
                        MESSAGE,
                        OptionalLong.of(plaintext.length()),
                        contentRange,
                        Optional.of(identity),
                        storedLength),
                Coder.of(decryptor, layout.frameLength(), use.close()));
    }

    private CompletionStage<Opened> openS3ec() {
        S3ecEnvelope envelope = S3ecMetadata.parse(answer.metadata());
        List<BoundKeyring<S3ecKeyring>> keyrings = plan.reader().s3ecKeyrings().stream()
                .filter(candidate -> candidate.keyring().wrapping() == envelope.wrapping())
                .toList();
        if (keyrings.isEmpty()) {
            throw new OperationRefusedException(
                    "The object " + plan.reader().object()
                            + " is in the S3 Encryption Client's format with a key wrapped by " + envelope.wrapping()
                            + ", and no such key is configured. Give the client's builder an s3ecKeyring. Its bytes were not given out.");
        }
        long length = envelope.suite().plaintextLength(storedLength);
        String range = plan.asked().range();
        Optional<ByteSpan> span = range == null ? Optional.empty() : PlaintextRange.of(range, length);
        // The pairs of the stored context are authenticated by the wrapping, but not expected by anyone here.
        Map<String, String> expected = new HashMap<>();
        if (envelope.wrapping() == S3ecWrapping.KMS_CONTEXT) {
            expected.putAll(envelope.description());
            expected.remove(S3ecKmsContext.ALGORITHM_KEY);
        }
        return reads.keys().unwrap(keyrings, envelope, expected).thenApply(key -> {
            try (key) {
                S3ecDecryptor decryptor = S3ecDecryptor.start(
                        reads.keys().engine().cryptoProvider(),
                        envelope,
                        key,
                        OptionalLong.of(storedLength),
                        reads.settings().holdBack());
                return new Opened(
                        PlainAnswers.of(
                                answer,
                                form.kind(),
                                OptionalLong.of(span.map(ByteSpan::length).orElse(length)),
                                span.map(bytes -> PlaintextRange.contentRange(bytes, length))
                                        .orElse(null),
                                Optional.empty(),
                                storedLength),
                        new S3ecCoder(decryptor, span.orElse(new ByteSpan(0, length))),
                        false,
                        length > S3ecCoder.LIGHT);
            }
        });
    }

    private Optional<MessageHeader> header() {
        StoredObject stored = plan.stored();
        return stored == null ? Optional.empty() : stored.header();
    }

    String object() {
        return plan.reader().object().toString();
    }
}
