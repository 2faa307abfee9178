package dev.s3envelope.local.internal.s3;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Blobs as files: written beside their place and moved into it atomically, in 256 subdirectories. */
final class DirectoryBlobs implements BlobStore {
    private final Path directory;

    DirectoryBlobs(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory);
    }

    @Override
    public Writer create() throws IOException {
        String id = UUID.randomUUID().toString();
        Path file = path(id);
        Files.createDirectories(file.getParent());
        Path draft = file.resolveSibling(id + ".draft");
        FileChannel channel = FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new Writer() {
            private boolean committed;

            @Override
            public void append(byte[] segment) throws IOException {
                ByteBuffer buffer = ByteBuffer.wrap(segment);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }

            @Override
            public String commit() throws IOException {
                channel.close();
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
                committed = true;
                return id;
            }

            @Override
            public void close() throws IOException {
                if (!committed) {
                    channel.close();
                    Files.deleteIfExists(draft);
                }
            }
        };
    }

    @Override
    public Reader open(String id) throws IOException {
        FileChannel channel = FileChannel.open(path(id), StandardOpenOption.READ);
        return new Reader() {
            @Override
            public byte[] segment(long index, int fullLength, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.allocate(length);
                long position = index * fullLength;
                while (buffer.hasRemaining()) {
                    if (channel.read(buffer, position + buffer.position()) < 0) {
                        throw new EOFException("blob " + id + " is shorter than its object: the store is damaged");
                    }
                }
                return buffer.array();
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    @Override
    public void delete(String id) {
        try {
            Files.deleteIfExists(path(id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path path(String id) {
        return directory.resolve(id.substring(0, 2)).resolve(id);
    }
}
