package dev.s3envelope.local.internal.s3;

import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.List;

/** The plaintext of a range of an object that consists of one or more blobs; holds one segment in memory. */
final class BlobSource extends InputStream {
    private final BlobStore store;
    private final ObjectKeys keys;
    private final List<Blob> blobs;
    private long left;
    private int blobIndex;
    private long position;
    private BlobStore.Reader reader;
    private SegmentCipher cipher;
    private byte[] plain = new byte[0];
    private int at;

    /** Owns the keys and zeroes them when closed. */
    BlobSource(BlobStore store, ObjectKeys keys, List<Blob> blobs, long offset, long length) throws IOException {
        this.store = store;
        this.keys = keys;
        this.blobs = blobs;
        this.left = length;
        long skip = offset;
        while (blobIndex < blobs.size() - 1 && skip >= blobs.get(blobIndex).length()) {
            skip -= blobs.get(blobIndex++).length();
        }
        position = skip;
        reader = store.open(blobs.get(blobIndex).id());
        cipher = cipherFor(blobs.get(blobIndex));
    }

    private SegmentCipher cipherFor(Blob blob) {
        return new SegmentCipher(keys, Base64.getDecoder().decode(blob.salt()));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (left <= 0) {
            return -1;
        }
        if (at == plain.length) {
            fill();
        }
        int n = (int) Math.min(Math.min(count, left), plain.length - at);
        System.arraycopy(plain, at, buffer, offset, n);
        at += n;
        left -= n;
        position += n;
        return n;
    }

    private void fill() throws IOException {
        while (position >= blobs.get(blobIndex).length()) {
            reader.close();
            position = 0;
            Blob next = blobs.get(++blobIndex);
            reader = store.open(next.id());
            cipher = cipherFor(next);
        }
        long index = position / SegmentCipher.SEGMENT;
        long remaining = blobs.get(blobIndex).length() - index * SegmentCipher.SEGMENT;
        int length = (int) Math.min(SegmentCipher.SEGMENT, remaining);
        plain = cipher.open(
                index, reader.segment(index, cipher.storedLength(SegmentCipher.SEGMENT), cipher.storedLength(length)));
        at = (int) (position - index * SegmentCipher.SEGMENT);
    }

    @Override
    public void close() throws IOException {
        keys.close();
        reader.close();
    }
}
