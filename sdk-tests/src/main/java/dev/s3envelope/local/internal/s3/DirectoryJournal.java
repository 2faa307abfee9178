package dev.s3envelope.local.internal.s3;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.s3envelope.local.internal.http.ChecksumAlgorithm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * One JSON file per bucket, version and upload, each written beside its place and moved into it atomically:
 *
 * <pre>
 *   NAME/bucket.json
 *   NAME/objects/SHA256-OF-KEY-VERSION.json
 *   NAME/uploads/ID.json
 * </pre>
 */
final class DirectoryJournal implements Journal {
    private final Path directory;
    private final ObjectMapper json = new ObjectMapper();
    private final AtomicLong sequence;

    DirectoryJournal(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory);
        this.sequence = new AtomicLong(System.currentTimeMillis() << 20);
    }

    /** The facts of a bucket that are not in other files. */
    record BucketFile(String name, String region, String owner, long created, BucketConfig config) {}

    /** A version and its place among the versions of its key: a greater sequence is newer. */
    record VersionFile(long sequence, ObjectVersion version) {}

    @Override
    public void save(Bucket bucket) {
        write(
                home(bucket).resolve("bucket.json"),
                new BucketFile(bucket.name(), bucket.region(), bucket.owner(), bucket.created(), bucket.config()));
    }

    @Override
    public void delete(Bucket bucket) {
        Path home = home(bucket);
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void save(Bucket bucket, ObjectVersion version) {
        write(file(bucket, version), new VersionFile(sequenceOf(bucket, version), version));
    }

    /** A version that is changed in place keeps its place. */
    private long sequenceOf(Bucket bucket, ObjectVersion version) {
        Path file = file(bucket, version);
        ObjectVersion present = bucket.version(version.key(), version.versionId());
        if (present != null && present.modified() == version.modified() && Files.exists(file)) {
            return read(file, VersionFile.class).sequence();
        }
        return sequence.incrementAndGet();
    }

    @Override
    public void delete(Bucket bucket, ObjectVersion version) {
        remove(file(bucket, version));
    }

    @Override
    public void save(Bucket bucket, MultipartUpload upload) {
        write(home(bucket).resolve("uploads").resolve(upload.id() + ".json"), upload);
    }

    @Override
    public void delete(Bucket bucket, MultipartUpload upload) {
        remove(home(bucket).resolve("uploads").resolve(upload.id() + ".json"));
    }

    @Override
    public Collection<Bucket> load() {
        List<Bucket> buckets = new ArrayList<>();
        for (Path home : list(directory)) {
            Path file = home.resolve("bucket.json");
            if (!Files.exists(file)) {
                continue;
            }
            BucketFile facts = read(file, BucketFile.class);
            Bucket bucket = new Bucket(facts.name(), facts.region(), facts.owner(), facts.created(), facts.config());
            list(home.resolve("objects")).stream()
                    .map(path -> read(path, VersionFile.class))
                    .sorted(Comparator.comparingLong(VersionFile::sequence))
                    .forEach(version -> bucket.add(version.version()));
            list(home.resolve("uploads")).stream()
                    .map(path -> read(path, MultipartUpload.class))
                    .forEach(upload -> bucket.uploads().put(upload.id(), upload));
            buckets.add(bucket);
        }
        return buckets;
    }

    private Path home(Bucket bucket) {
        return directory.resolve(bucket.name());
    }

    private Path file(Bucket bucket, ObjectVersion version) {
        byte[] hash = ChecksumAlgorithm.SHA256.of(version.key().getBytes(StandardCharsets.UTF_8));
        return home(bucket)
                .resolve("objects")
                .resolve(HexFormat.of().formatHex(hash) + "-" + version.versionId() + ".json");
    }

    private static List<Path> list(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> !file.toString().endsWith(".draft")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> T read(Path file, Class<T> type) {
        try {
            return json.readValue(Files.readAllBytes(file), type);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": the store is damaged", e);
        }
    }

    private void write(Path file, Object value) {
        try {
            Files.createDirectories(file.getParent());
            Path draft = file.resolveSibling(file.getFileName() + "." + sequence.incrementAndGet() + ".draft");
            Files.write(draft, json.writeValueAsBytes(value));
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the records of the store have a JSON form", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
