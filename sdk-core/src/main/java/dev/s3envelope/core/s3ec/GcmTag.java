package dev.s3envelope.core.s3ec;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * The GCM tag of a ciphertext that arrives in pieces, up to GCM's own 64 GiB, without decrypting it and without ever holding it.
 *
 * <p>JCA has no GHASH, and no GCM decryption that gives anything before the tag is checked: SunJCE keeps the whole ciphertext in memory
 * and stops at 2 GiB. What every provider does have, at hardware speed, is GMAC: the GCM tag of an empty message over additional data. So GHASH is
 * computed as a series of short GMACs of the ciphertext under the content key, and the results are put together:
 *
 * <pre>{@code
 * H        = AES(0)                                       all in GF(2^128), + is xor
 * X(B1..Bn) = B1 H^n + B2 H^(n-1) + ... + Bn H             GHASH
 * tag      = (X(A, C) + L) H + AES(J0)                    L = [bits of A] [bits of C], 64 bits each
 * GMAC(P)  = (X(P) + L') H + AES(J')                      L' = [bits of P] [0]
 * }</pre>
 *
 * <p>Let P1, P2, ... be the ciphertext cut into pieces of n whole blocks, the last of m blocks and padded as GHASH pads it. X is a polynomial in H, so
 * that X(Q, P) = X(Q) H^n + X(P). This class keeps Z = X(all so far) H instead of X, because that is what a GMAC shows:
 *
 * <pre>{@code
 * start    Z = A H^2                                      A is at most one padded block; nothing where there is none
 * piece    Z = Z H^n + GMAC(P) + AES(J') + L' H           H^n and H^m are computed once each
 * end      tag = Z + L H + AES(J0)
 * }</pre>
 *
 * <p>One multiplication in Java per piece adds a percent or two to the piece's GMAC. Rejected: re-encrypting the decrypted
 * plaintext with GCM and comparing tags is as fast but needs the plaintext before it is verified, and its pieces need a chosen
 * J0, that is a 16-byte IV, which not every provider takes.
 *
 * <p>The GMACs are seen by nobody outside this process: they end in the sum, and in the {@link PieceLedger} of an object that is being written. So their IVs need not be
 * secret, random, or different from the object's. They need to differ from one call to the next, because providers refuse to encrypt twice in a row with one
 * IV; two in turn do, and their masks AES(J') are computed once.
 *
 * <p>For one thread. Uses the content key until {@link #finish()}.
 */
final class GcmTag {
    /** Bytes per GMAC: SunJCE copies additional data twice, so that a piece should fit the first caches. */
    static final int PIECE = 32 * 1024;

    private final ContentKey key;
    private final Cipher gmac;
    private final byte[][] ivs = {new byte[S3ecEnvelope.IV_LENGTH], new byte[S3ecEnvelope.IV_LENGTH]};
    private final Gf128[] masks = new Gf128[2];
    private final Gf128 h;
    /** H^n and L' H of a whole piece, once there is one. */
    private @Nullable Gf128 hToPiece;

    private Gf128 pieceLengths = Gf128.ZERO;
    private final int piece;
    private final @Nullable PieceLedger ledger;
    private Gf128 z;
    private long length;
    private long pieces;
    private int inPiece;
    private int turn;

    GcmTag(ContentKey key) throws GeneralSecurityException {
        this(key, PIECE);
    }

    /** @param piece bytes per GMAC, a multiple of 16; other than {@link #PIECE} in tests only */
    GcmTag(ContentKey key, int piece) throws GeneralSecurityException {
        this(key, piece, null);
    }

    /** @param ledger where the GMAC of each piece is entered, and compared with that of an earlier pass */
    GcmTag(ContentKey key, int piece, @Nullable PieceLedger ledger) throws GeneralSecurityException {
        this.key = key;
        this.piece = piece;
        this.ledger = ledger;
        this.h = Gf128.of(key.aes(new byte[16]));
        ivs[1][0] = 1;
        for (int i = 0; i < 2; i++) {
            masks[i] = Gf128.of(key.aes(ContentKey.counter(ivs[i], 1)));
        }
        byte[] aad = key.aad();
        this.z = aad.length == 0
                ? Gf128.ZERO
                : Gf128.of(java.util.Arrays.copyOf(aad, 16)).times(h).times(h);
        this.gmac = key.gcm(ivs[0]);
    }

    void update(byte[] ciphertext, int offset, int count) throws GeneralSecurityException {
        int from = offset;
        int end = offset + count;
        while (from < end) {
            int n = Math.min(end - from, piece - inPiece);
            gmac.updateAAD(ciphertext, from, n);
            inPiece += n;
            from += n;
            if (inPiece == piece) {
                if (hToPiece == null) {
                    hToPiece = h.pow(piece / 16);
                    pieceLengths = lengths(piece, 0);
                }
                fold(hToPiece, pieceLengths);
            }
        }
        length += count;
    }

    byte[] finish() throws GeneralSecurityException {
        if (inPiece > 0) {
            fold(h.pow((inPiece + 15) / 16), lengths(inPiece, 0));
        }
        Gf128 mask = Gf128.of(key.aes(ContentKey.counter(key.iv(), 1)));
        return z.plus(lengths(key.aad().length, length)).plus(mask).toBlock();
    }

    /** The length block times H. */
    private Gf128 lengths(long additional, long content) {
        return new Gf128(additional * 8, content * 8).times(h);
    }

    private void fold(Gf128 hToBlocks, Gf128 lengths) throws GeneralSecurityException {
        byte[] value = gmac.doFinal();
        if (ledger != null) {
            ledger.enter(pieces++, value);
        }
        Gf128 shown = Gf128.of(value);
        z = z.times(hToBlocks).plus(shown).plus(masks[turn]).plus(lengths);
        turn ^= 1;
        inPiece = 0;
        key.init(gmac, ivs[turn]);
    }
}
