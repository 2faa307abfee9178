package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.s3.ClientSideObject;
import dev.s3envelope.s3.internal.ObjectVersion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The GET of a whole object, and the GETs of pieces of the very content it was answered with: the requests as they are sent, with everything that was decided for the
 * whole one, so that neither policy, preflight nor keyring is asked again.
 */
public final class WholeRead {
    private static final int PRECONDITION_FAILED = 412;

    private final ClientSideReads reads;
    private final GetObjectRequest sent;
    private final Optional<ReadPlan> plan;
    private final SharedMessage message = new SharedMessage();

    private WholeRead(ClientSideReads reads, GetObjectRequest sent, Optional<ReadPlan> plan) {
        this.reads = reads;
        this.sent = sent;
        this.plan = plan.map(given -> given.sharing(message));
    }

    /** A read, from the request as it is about to be sent; empty where it asks for less than the whole object. */
    public static Optional<WholeRead> of(ClientSideReads reads, GetObjectRequest sent) {
        Optional<ReadPlan> plan = ReadPlan.of(sent);
        boolean whole = sent.range() == null
                && sent.partNumber() == null
                && plan.map(given -> given.asked().range() == null).orElse(true);
        return whole ? Optional.of(new WholeRead(reads, sent, plan)) : Optional.empty();
    }

    /** The request for the whole object. */
    public GetObjectRequest request() {
        return plan.map(given -> given.on(sent)).orElse(sent);
    }

    /** Nothing more is asked for. Coders at work keep what they need. */
    public void end() {
        message.end();
    }

    /** A failure of a piece as the caller is to see it: that the object changed in between is said in so many words. */
    public Throwable failure(Throwable failure) {
        return failure instanceof S3Exception s3 && s3.statusCode() == PRECONDITION_FAILED
                ? replaced(failure)
                : failure;
    }

    private StaleLayoutException replaced(@Nullable Throwable cause) {
        return new StaleLayoutException(sent.bucket() + "/" + sent.key(), cause);
    }

    /**
     * What can be asked of the content the whole GET was answered with.
     *
     * @param answer as its caller sees it, in plaintext terms
     * @return empty where no piece of it proves anything by itself, or its length or ETag is not known
     */
    public Optional<Content> content(GetObjectResponse answer) {
        if (answer.eTag() == null || answer.contentLength() == null || answer.contentRange() != null) {
            return Optional.empty();
        }
        Optional<ClientSideObject> facts = ClientSideObject.of(answer);
        if (plan.isEmpty() || facts.isEmpty()) {
            return facts.isPresent() ? Optional.empty() : Optional.of(new Content(answer, null));
        }
        // What was remembered just now, when the message was opened; nothing of the S3 Encryption Client's objects, nor
        // of signed and unframed messages.
        long length = facts.get().storedLength().orElse(-1);
        return ObjectVersion.of(sent.bucket(), sent.key(), sent.versionId())
                .flatMap(object -> reads.layouts().known(object))
                .filter(stored -> stored.form().kind() == StoredForm.Kind.MESSAGE
                        && stored.form().hint().isPresent()
                        && stored.header().isPresent()
                        && stored.eTag().equals(answer.eTag())
                        && stored.length() == length
                        && stored.layout().plaintextLength() == answer.contentLength())
                .map(stored -> new Content(answer, stored));
    }

    /** One content of the object: all pieces are of it, or fail. */
    public final class Content {
        private final GetObjectResponse answer;
        private final @Nullable StoredObject stored;

        private Content(GetObjectResponse answer, @Nullable StoredObject stored) {
            this.answer = answer;
            this.stored = stored;
        }

        /** Bytes of plaintext. */
        public long length() {
            return answer.contentLength();
        }

        /** Pieces that begin at multiples of it fetch no byte twice: the frame length, 1 where there are no frames. */
        public int grain() {
            StoredObject known = stored;
            return known == null ? 1 : known.layout().frameLength();
        }

        /**
         * The request for some of it, under the condition that it is still there. Other conditions of the caller were met by the whole GET.
         *
         * @param plaintext at least one byte
         */
        public GetObjectRequest request(ByteSpan plaintext) {
            StoredObject known = stored;
            ByteSpan fetched = known == null ? plaintext : known.layout().ciphertextSpan(plaintext);
            GetObjectRequest ranged = sent.toBuilder()
                    .range(fetched.toRangeHeader())
                    .ifMatch(answer.eTag())
                    .ifNoneMatch(null)
                    .ifModifiedSince(null)
                    .ifUnmodifiedSince(null)
                    .build();
            return plan.map(whole -> new ReadPlan(
                                    known == null ? ReadPlan.Way.AS_IS : ReadPlan.Way.RANGE,
                                    whole.asked(),
                                    whole.reader(),
                                    known == null ? plain() : known,
                                    known == null ? null : plaintext,
                                    false)
                            .on(ranged))
                    .orElse(ranged);
        }

        private StoredObject plain() {
            return new StoredObject(
                    StoredForm.PLAIN_BY_CONTENT, answer.eTag(), answer.contentLength(), Optional.empty());
        }

        /**
         * Compares the answer to the request for some of it.
         *
         * @throws dev.s3envelope.core.EnvelopeException if it is of another content, or not of these bytes
         */
        public void check(GetObjectResponse piece, ByteSpan plaintext) {
            boolean same = answer.eTag().equals(piece.eTag())
                    && piece.contentLength() != null
                    && piece.contentLength() == plaintext.length()
                    && ContentRanges.span(piece.contentRange(), piece.contentLength())
                            .equals(plaintext)
                    && ContentRanges.total(piece.contentRange(), piece.contentLength()) == length();
            if (!same) {
                throw replaced(null);
            }
        }
    }
}
