package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.crypto.SecretBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Frames on disk under a key of this process's own. Frame i is AES-256-GCM with i as IV; all frames but the last are full.
 *
 * <pre>{@code
 * frame 0: ciphertext FRAME | tag 16   frame 1 ...   last frame: ciphertext 1..FRAME | tag 16
 * }</pre>
 *
 * Written by one thread; afterwards read by several, each with a {@link Reader} of its own.
 */
final class SpoolFile implements AutoCloseable {
    static final int FRAME = 64 * 1024;

    private static final int TAG = S3ecSuite.TAG_LENGTH;

    private final CryptoProvider provider;
    private final SecretBytes key;
    private final FileChannel channel;
    private final Cipher cipher;
    private final byte[] sealed = new byte[FRAME + TAG];
    private long frames;

    SpoolFile(CryptoProvider provider, HoldBack where) {
        this.provider = provider;
        this.cipher = provider.aesGcm();
        this.channel = open(where);
        byte[] keyBytes = new byte[32];
        where.random().nextBytes(keyBytes);
        this.key = SecretBytes.taking("AES", keyBytes);
    }

    private static FileChannel open(HoldBack where) {
        byte[] name = new byte[16];
        where.random().nextBytes(name);
        Path path = where.directory().resolve("s3-envelope-" + HexFormat.of().formatHex(name) + ".spool");
        try {
            boolean posix = Files.getFileStore(where.directory()).supportsFileAttributeView("posix");
            FileAttribute<?>[] ownerOnly = posix
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                    }
                    : new FileAttribute<?>[0];
            // CREATE_NEW never follows what somebody else put there.
            return FileChannel.open(
                    path,
                    Set.of(
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DELETE_ON_CLOSE),
                    ownerOnly);
        } catch (IOException e) {
            throw failed("create a spool file in " + where.directory(), e);
        }
    }

    /** Appends a frame: {@link #FRAME} bytes, fewer only in the last. */
    void append(byte[] frame, int count) {
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key, spec(frames));
            int n = cipher.doFinal(frame, 0, count, sealed, 0);
            ByteBuffer out = ByteBuffer.wrap(sealed, 0, n);
            long position = frames * sealed.length;
            while (out.hasRemaining()) {
                position += channel.write(out, position);
            }
            frames++;
        } catch (IOException e) {
            throw failed("write to the spool file", e);
        } catch (GeneralSecurityException e) {
            throw new EnvelopeException("The crypto provider " + provider + " cannot seal the spool file", e);
        }
    }

    /** Reads frames back; for one thread. */
    final class Reader {
        private final Cipher open = provider.aesGcm();
        private final byte[] stored = new byte[FRAME + TAG];

        void read(long index, byte[] frame) {
            try {
                ByteBuffer in = ByteBuffer.wrap(stored);
                long position = index * stored.length;
                while (in.hasRemaining()) {
                    int n = channel.read(in, position + in.position());
                    if (n < 0) {
                        break;
                    }
                }
                open.init(Cipher.DECRYPT_MODE, key, spec(index));
                open.doFinal(stored, 0, in.position(), frame, 0);
            } catch (IOException e) {
                throw failed("read the spool file", e);
            } catch (AEADBadTagException e) {
                throw new IntegrityException(
                        "The spool file was changed on disk after the object was verified. Read the object again.", e);
            } catch (GeneralSecurityException e) {
                throw new IntegrityException(
                        "The spool file cannot be read back; it may be truncated. Read the object again.", e);
            }
        }
    }

    @Override
    public void close() {
        key.destroy();
        try {
            channel.close();
        } catch (IOException e) {
            throw failed("delete the spool file", e);
        }
    }

    private static GCMParameterSpec spec(long frame) {
        return new GCMParameterSpec(
                TAG * 8, ByteBuffer.allocate(12).putInt(0).putLong(frame).array());
    }

    private static EnvelopeException failed(String what, IOException cause) {
        return new EnvelopeException(
                "Cannot " + what + ", where an object waits until it is verified (" + cause.getMessage()
                        + "). Give a directory with enough room, or a higher memory limit.",
                cause);
    }
}
