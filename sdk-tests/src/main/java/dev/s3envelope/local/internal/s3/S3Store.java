package dev.s3envelope.local.internal.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All buckets of one S3, with their blobs and the store's own root key. Bucket names are global. A store in a directory
 * survives restarts; one process may use it at a time. Thread-safe.
 */
public final class S3Store {
    private final Map<String, Bucket> buckets = new ConcurrentSkipListMap<>();
    private final BlobStore blobs;
    private final Journal journal;
    private final RootKey rootKey;

    private S3Store(BlobStore blobs, Journal journal, RootKey rootKey) {
        this.blobs = blobs;
        this.journal = journal;
        this.rootKey = rootKey;
        journal.load().forEach(bucket -> buckets.put(bucket.name(), bucket));
    }

    /** A store on the heap. */
    public static S3Store inMemory(SecureRandom random) {
        return new S3Store(new MemoryBlobs(), Journal.NONE, rootKey(fresh(random), random));
    }

    /** A store of files under a directory, which is made if it does not exist. */
    public static S3Store inDirectory(Path directory, SecureRandom random) throws IOException {
        Files.createDirectories(directory);
        Path keyFile = directory.resolve("root.key");
        if (!Files.exists(keyFile)) {
            Path draft = directory.resolve("root.key.draft");
            Files.write(draft, fresh(random));
            draft.toFile().setReadable(false, false);
            draft.toFile().setReadable(true, true);
            try {
                Files.move(draft, keyFile, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException e) {
                throw new IOException("another process uses " + directory, e);
            }
        }
        byte[] key = Files.readAllBytes(keyFile);
        if (key.length != 32) {
            throw new IOException(keyFile + " is damaged: it must hold the 32 bytes of the root key");
        }
        return new S3Store(
                new DirectoryBlobs(directory.resolve("blobs")),
                new DirectoryJournal(directory.resolve("buckets")),
                rootKey(key, random));
    }

    private static byte[] fresh(SecureRandom random) {
        byte[] key = new byte[32];
        random.nextBytes(key);
        return key;
    }

    private static RootKey rootKey(byte[] key, SecureRandom random) {
        RootKey rootKey = new RootKey(key, random);
        Arrays.fill(key, (byte) 0);
        return rootKey;
    }

    BlobStore blobs() {
        return blobs;
    }

    Journal journal() {
        return journal;
    }

    RootKey rootKey() {
        return rootKey;
    }

    @Nullable
    Bucket bucket(String name) {
        return buckets.get(name);
    }

    Iterable<Bucket> buckets() {
        return buckets.values();
    }

    /** Answers the bucket of that name that is there already, or null if this one was added. */
    @Nullable
    Bucket add(Bucket bucket) {
        synchronized (buckets) {
            Bucket present = buckets.putIfAbsent(bucket.name(), bucket);
            if (present == null) {
                journal.save(bucket);
            }
            return present;
        }
    }

    void remove(Bucket bucket) {
        synchronized (buckets) {
            buckets.remove(bucket.name());
            journal.delete(bucket);
        }
    }

    void configure(Bucket bucket, UnaryOperator<BucketConfig> change) {
        synchronized (bucket) {
            bucket.configure(change.apply(bucket.config()));
            journal.save(bucket);
        }
    }

    /** Makes a version the latest of its key; the bucket's monitor is held. Frees the content it replaces. */
    void put(Bucket bucket, ObjectVersion version) {
        journal.save(bucket, version);
        ObjectVersion replaced = bucket.add(version);
        if (replaced != null) {
            free(replaced);
        }
    }

    void exchange(Bucket bucket, ObjectVersion before, ObjectVersion after) {
        journal.save(bucket, after);
        bucket.exchange(before, after);
    }

    /** Removes one version for good; the bucket's monitor is held. */
    void delete(Bucket bucket, ObjectVersion version) {
        journal.delete(bucket, version);
        bucket.remove(version);
        free(version);
    }

    void save(Bucket bucket, MultipartUpload upload) {
        journal.save(bucket, upload);
        bucket.uploads().put(upload.id(), upload);
    }

    void delete(Bucket bucket, MultipartUpload upload) {
        journal.delete(bucket, upload);
        bucket.uploads().remove(upload.id());
    }

    void free(Blob blob) {
        try {
            blobs.delete(blob.id());
        } catch (UncheckedIOException e) {
            System.getLogger(S3Store.class.getName()).log(System.Logger.Level.WARNING, "blob not deleted", e);
        }
    }

    private void free(ObjectVersion version) {
        version.blobs().forEach(this::free);
    }
}
