package dev.s3envelope.local.internal.s3;

import java.util.Collection;
import java.util.List;

/** Remembers buckets, versions and uploads beyond the life of the process; {@link #NONE} remembers nothing. Thread-safe. */
interface Journal {
    Journal NONE = new Journal() {};

    default void save(Bucket bucket) {}

    default void delete(Bucket bucket) {}

    default void save(Bucket bucket, ObjectVersion version) {}

    default void delete(Bucket bucket, ObjectVersion version) {}

    default void save(Bucket bucket, MultipartUpload upload) {}

    default void delete(Bucket bucket, MultipartUpload upload) {}

    /** Everything that was saved and not deleted. */
    default Collection<Bucket> load() {
        return List.of();
    }
}
