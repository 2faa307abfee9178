package dev.s3envelope.local.internal.s3;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Blobs on the heap. */
final class MemoryBlobs implements BlobStore {
    private final Map<String, List<byte[]>> blobs = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();

    @Override
    public Writer create() {
        List<byte[]> segments = new ArrayList<>(1);
        return new Writer() {
            @Override
            public void append(byte[] segment) {
                segments.add(segment);
            }

            @Override
            public String commit() {
                String id = Long.toString(ids.incrementAndGet());
                blobs.put(id, List.copyOf(segments));
                return id;
            }

            @Override
            public void close() {
                // uncommitted segments are garbage
            }
        };
    }

    @Override
    public Reader open(String id) throws IOException {
        List<byte[]> segments = blobs.get(id);
        if (segments == null) {
            throw new FileNotFoundException("blob " + id + " is gone");
        }
        return new Reader() {
            @Override
            public byte[] segment(long index, int fullLength, int length) {
                return segments.get((int) index);
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
    }

    @Override
    public void delete(String id) {
        blobs.remove(id);
    }
}
