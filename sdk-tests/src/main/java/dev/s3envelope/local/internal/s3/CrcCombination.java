package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.ChecksumAlgorithm;
import java.nio.ByteBuffer;

/** The CRC of two runs of bytes put together, from the CRC of each and the length of the second. */
final class CrcCombination {
    private CrcCombination() {}

    static byte[] combine(ChecksumAlgorithm algorithm, byte[] first, byte[] second, long secondLength) {
        int width = algorithm.length() * 8;
        long shifted = shift(polynomial(algorithm), width, number(first), secondLength);
        long combined = shifted ^ number(second);
        ByteBuffer out = ByteBuffer.allocate(algorithm.length());
        return width == 32
                ? out.putInt((int) combined).array()
                : out.putLong(combined).array();
    }

    /** Reflected, as the registers of these CRCs run. */
    private static long polynomial(ChecksumAlgorithm algorithm) {
        return switch (algorithm) {
            case CRC32 -> 0xEDB88320L;
            case CRC32C -> 0x82F63B78L;
            case CRC64NVME -> 0x9A6C9329AC4BC9B5L;
            default -> throw new IllegalArgumentException(algorithm + " cannot be combined");
        };
    }

    private static long number(byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value);
        return value.length == 4 ? buffer.getInt() & 0xffffffffL : buffer.getLong();
    }

    /** Advances a CRC register over zero bytes by squaring the operator "one zero bit" over GF(2). */
    private static long shift(long polynomial, int width, long crc, long zeroBytes) {
        long[] operator = new long[width];
        operator[0] = polynomial;
        for (int i = 1; i < width; i++) {
            operator[i] = 1L << (i - 1);
        }
        for (int doubling = 0; doubling < 3; doubling++) {
            operator = square(operator);
        }
        long register = crc;
        for (long left = zeroBytes; left != 0; left >>>= 1) {
            if ((left & 1) != 0) {
                register = times(operator, register);
            }
            operator = square(operator);
        }
        return register;
    }

    private static long times(long[] matrix, long vector) {
        long sum = 0;
        long bits = vector;
        for (int i = 0; bits != 0; i++, bits >>>= 1) {
            if ((bits & 1) != 0) {
                sum ^= matrix[i];
            }
        }
        return sum;
    }

    private static long[] square(long[] matrix) {
        long[] squared = new long[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            squared[i] = times(matrix, matrix[i]);
        }
        return squared;
    }
}
