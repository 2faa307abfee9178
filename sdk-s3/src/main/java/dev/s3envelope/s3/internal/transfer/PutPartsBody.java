package dev.s3envelope.s3.internal.transfer;

import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.sync.RequestBody;

/** Parts in memory as one body, read as often as the SDK sends it. */
final class PutPartsBody implements AsyncRequestBody {
    private static final String OCTETS = "application/octet-stream";

    private final List<PutPart> parts;
    private final String contentType;

    PutPartsBody(List<PutPart> parts, @Nullable String contentType) {
        this.parts = List.copyOf(parts);
        this.contentType = contentType == null ? OCTETS : contentType;
    }

    /** One part alone; what it is part of has a type, which was said when the upload was created. */
    static PutPartsBody of(PutPart part) {
        return new PutPartsBody(List.of(part), OCTETS);
    }

    /** The same body for the synchronous client. */
    RequestBody blocking() {
        return RequestBody.fromContentProvider(this::stream, length(), contentType);
    }

    @Override
    public Optional<Long> contentLength() {
        return Optional.of(length());
    }

    @Override
    public String contentType() {
        return contentType;
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        SdkPublisher.fromIterable(() -> new Slices(parts.iterator())).subscribe(subscriber);
    }

    private long length() {
        return parts.stream().mapToLong(PutPart::length).sum();
    }

    private InputStream stream() {
        return parts.size() == 1
                ? parts.get(0).stream()
                : new SequenceInputStream(Collections.enumeration(
                        parts.stream().map(PutPart::stream).toList()));
    }

    /** The slices of one part after the other. */
    private static final class Slices implements Iterator<ByteBuffer> {
        private final Iterator<PutPart> parts;
        private Iterator<ByteBuffer> current = Collections.emptyIterator();

        Slices(Iterator<PutPart> parts) {
            this.parts = parts;
        }

        @Override
        public boolean hasNext() {
            while (!current.hasNext() && parts.hasNext()) {
                current = parts.next().iterator();
            }
            return current.hasNext();
        }

        @Override
        public ByteBuffer next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return current.next();
        }
    }
}
