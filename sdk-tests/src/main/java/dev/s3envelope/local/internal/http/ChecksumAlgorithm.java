package dev.s3envelope.local.internal.http;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/** The checksum algorithms S3 knows that need nothing beyond the JDK; header {@code x-amz-checksum-<name>}. */
public enum ChecksumAlgorithm {
    CRC32(4),
    CRC32C(4),
    CRC64NVME(8),
    SHA1(20),
    SHA256(32),
    SHA512(64),
    MD5(16);

    private final int length;

    ChecksumAlgorithm(int length) {
        this.length = length;
    }

    /** Length of the raw value in bytes. */
    public int length() {
        return length;
    }

    public String header() {
        return "x-amz-checksum-" + name().toLowerCase(Locale.ROOT);
    }

    /** Whether part values can be combined into the value of the whole object. */
    public boolean linear() {
        return this == CRC32 || this == CRC32C || this == CRC64NVME;
    }

    public static @Nullable ChecksumAlgorithm ofName(@Nullable String name) {
        for (ChecksumAlgorithm algorithm : values()) {
            if (algorithm.name().equalsIgnoreCase(name)) {
                return algorithm;
            }
        }
        return null;
    }

    public static @Nullable ChecksumAlgorithm ofHeader(String header) {
        for (ChecksumAlgorithm algorithm : values()) {
            if (algorithm.header().equals(header)) {
                return algorithm;
            }
        }
        return null;
    }

    public Running start() {
        return switch (this) {
            case CRC32 -> new RunningCrc(new CRC32(), 4);
            case CRC32C -> new RunningCrc(new CRC32C(), 4);
            case CRC64NVME -> new RunningCrc(new Crc64Nvme(), 8);
            case SHA1 -> new RunningDigest(digest("SHA-1"));
            case SHA256 -> new RunningDigest(digest("SHA-256"));
            case SHA512 -> new RunningDigest(digest("SHA-512"));
            case MD5 -> new RunningDigest(digest("MD5"));
        };
    }

    public byte[] of(byte[] data) {
        Running running = start();
        running.update(data, 0, data.length);
        return running.value();
    }

    /** A JCA digest that every JDK has. */
    public static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + name, e);
        }
    }

    /** A checksum being computed; not thread-safe. */
    public interface Running {
        void update(byte[] data, int offset, int count);

        /** Ends the computation. */
        byte[] value();

        default String base64() {
            return Base64.getEncoder().encodeToString(value());
        }
    }

    private record RunningCrc(Checksum crc, int length) implements Running {
        @Override
        public void update(byte[] data, int offset, int count) {
            crc.update(data, offset, count);
        }

        @Override
        public byte[] value() {
            ByteBuffer buffer = ByteBuffer.allocate(length);
            return length == 4
                    ? buffer.putInt((int) crc.getValue()).array()
                    : buffer.putLong(crc.getValue()).array();
        }
    }

    private record RunningDigest(MessageDigest digest) implements Running {
        @Override
        public void update(byte[] data, int offset, int count) {
            digest.update(data, offset, count);
        }

        @Override
        public byte[] value() {
            return digest.digest();
        }
    }
}
