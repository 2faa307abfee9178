package dev.s3envelope.core.s3ec;

import java.nio.ByteBuffer;

/**
 * An element of GCM's field, GF(2^128) modulo {@code x^128 + x^7 + x^2 + x + 1}, bits reflected as NIST SP 800-38D section 6.3 has them: the first bit
 * of the block is the coefficient of {@code x^0}. Multiplication takes the same time for all operands and looks nothing up in a table: both operands may be
 * secret.
 */
record Gf128(long high, long low) {
    static final Gf128 ZERO = new Gf128(0, 0);
    static final Gf128 ONE = new Gf128(1L << 63, 0);

    static Gf128 of(byte[] block) {
        ByteBuffer b = ByteBuffer.wrap(block);
        return new Gf128(b.getLong(), b.getLong());
    }

    byte[] toBlock() {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    Gf128 plus(Gf128 o) {
        return new Gf128(high ^ o.high, low ^ o.low);
    }

    Gf128 times(Gf128 o) {
        long zh = 0;
        long zl = 0;
        long vh = o.high;
        long vl = o.low;
        for (int i = 0; i < 128; i++) {
            long word = i < 64 ? high : low;
            long bit = -((word >>> (63 - (i & 63))) & 1);
            zh ^= vh & bit;
            zl ^= vl & bit;
            long carry = -(vl & 1);
            vl = (vl >>> 1) | (vh << 63);
            vh = (vh >>> 1) ^ (carry & 0xe100000000000000L);
        }
        return new Gf128(zh, zl);
    }

    Gf128 pow(long n) {
        Gf128 result = ONE;
        Gf128 square = this;
        for (long rest = n; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                result = result.times(square);
            }
            square = square.times(square);
        }
        return result;
    }

    @Override
    public String toString() {
        return "Gf128[redacted]";
    }
}
