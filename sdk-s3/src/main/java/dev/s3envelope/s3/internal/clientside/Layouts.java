package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.core.message.ContentType;
import dev.s3envelope.core.message.HeaderParser;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.s3.internal.Bounded;
import dev.s3envelope.s3.internal.ObjectVersion;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * What is known of objects, by version and ETag: how they are encrypted, and where their frames lie. Metadata tells most of it; the rest is in the first bytes
 * of an object and is fetched once. All of it is a hint for the next read, which checks it. Safe for use by several threads.
 */
final class Layouts {
    private static final int REMEMBERED = 10_000;
    private static final int FIRST_BYTES = 4096;

    private final ClientSideKeys keys;
    private final boolean foreign;
    private final Bounded<ObjectVersion, StoredObject> known = new Bounded<>(REMEMBERED);

    /**
     * Layouts of one client.
     *
     * @param foreign whether the first bytes of an object without a marker are looked at
     */
    Layouts(ClientSideKeys keys, boolean foreign) {
        this.keys = keys;
        this.foreign = foreign;
    }

    Optional<StoredObject> known(ObjectVersion object) {
        return known.get(object);
    }

    /** What is known of this content of an object, as a listing names it: the ETag with or without quotes. */
    Optional<StoredObject> known(ObjectVersion object, String eTag, long length) {
        return known.get(object)
                .filter(stored ->
                        stored.length() == length && unquoted(stored.eTag()).equals(unquoted(eTag)));
    }

    void remember(ObjectVersion object, StoredObject stored) {
        known.put(object, stored);
    }

    void forget(ObjectVersion object) {
        known.remove(object);
    }

    /** What an answer to HEAD says of an object, and what was found out of the same content before. */
    StoredObject of(ObjectVersion object, StoredForm form, HeadObjectResponse answer) {
        long length = ContentRanges.total(answer.contentRange(), answer.contentLength());
        if (answer.eTag() == null) {
            return new StoredObject(form, "", length, Optional.empty());
        }
        Optional<StoredObject> before =
                known.get(object).filter(stored -> stored.eTag().equals(answer.eTag()) && stored.length() == length);
        if (before.isPresent() && before.get().form().learnedFrom(form)) {
            return before.get();
        }
        StoredObject stored = new StoredObject(form, answer.eTag(), length, before.flatMap(StoredObject::header));
        if (form.headerLength().isEmpty()) {
            known.put(object, stored);
        }
        return stored;
    }

    /**
     * An object with what its metadata does not tell: the frame length of an upload in parts, from its header, and with {@code foreign} whether an object
     * without a marker is a message of one of these keyrings.
     */
    CompletionStage<StoredObject> completed(
            S3Request request,
            ObjectVersion object,
            StoredObject stored,
            List<BoundKeyring<Keyring>> keyrings,
            ReadPort port) {
        if (stored.form().headerLength().isPresent()) {
            int length = stored.form().headerLength().getAsInt();
            return stored.header().isPresent()
                    ? CompletableFuture.completedFuture(
                            laidOut(object, stored, stored.header().get()))
                    : header(request, object, stored, length, port)
                            .thenApply(header -> laidOut(object, stored, header));
        }
        if (!foreign || keyrings.isEmpty() || !stored.form().equals(StoredForm.PLAIN) || stored.length() == 0) {
            return CompletableFuture.completedFuture(stored);
        }
        return look(request, object, stored, new BodyStart(keys.engine().headerParser(), true), port)
                .thenCompose(header -> header.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.<StoredForm>empty())
                        : keys.openIfOurs(header.get(), keyrings)
                                .thenApply(message -> message.map(ours -> {
                                    ours.close();
                                    return StoredForm.byContent(header.get());
                                })))
                .thenApply(form -> {
                    StoredObject found = new StoredObject(
                            form.orElse(StoredForm.PLAIN_BY_CONTENT), stored.eTag(), stored.length(), Optional.empty());
                    known.put(object, found);
                    return found;
                });
    }

    /** The header of a message, by its length and under the condition that the object is still that one. */
    CompletionStage<MessageHeader> header(
            S3Request request, ObjectVersion object, StoredObject stored, int length, ReadPort port) {
        return first(request, object, stored, new ByteSpan(0, length), port)
                .thenApply(bytes -> parse(bytes, object.address()));
    }

    /** The header a body without a marker begins with, if it begins with one. */
    private CompletionStage<Optional<MessageHeader>> look(
            S3Request request, ObjectVersion object, StoredObject stored, BodyStart start, ReadPort port) {
        long from = start.taken().length;
        long length = Math.min(stored.length() - from, Math.max(FIRST_BYTES, start.bytesNeeded()));
        if (length == 0) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return first(request, object, stored, new ByteSpan(from, length), port).thenCompose(bytes -> {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            return start.feed(in)
                    ? CompletableFuture.completedFuture(start.header())
                    : look(request, object, stored, start, port);
        });
    }

    private static CompletionStage<byte[]> first(
            S3Request request, ObjectVersion object, StoredObject stored, ByteSpan span, ReadPort port) {
        return port.bytes(DerivedReads.bytes(request, span, stored.eTag())).thenApply(bytes -> {
            if (!stored.eTag().equals(bytes.response().eTag())) {
                throw new StaleLayoutException(object.address().toString());
            }
            return bytes.asByteArrayUnsafe();
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

    /** The header that these bytes are. */
    MessageHeader parse(byte[] bytes, ObjectAddress object) {
        HeaderParser parser = keys.engine().headerParser();
        parser.feed(ByteBuffer.wrap(bytes));
        return parser.header()
                .orElseThrow(() -> new IntegrityException("The header of " + object + " does not end after the "
                        + bytes.length + " bytes its metadata says: one of them was changed."));
    }

    /** S3 answers ETags with quotes, GetObjectAttributes without. */
    static String unquoted(String eTag) {
        return eTag.replace("\"", "");
    }
}
