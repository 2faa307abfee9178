package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.message.ByteSpan;
import java.util.OptionalInt;

/**
 * Who fetches which piece of one object, and when; it does no I/O.
 *
 * <p>Pieces are numbered from 0. The answer to the first request is <i>the front</i>: it has piece 0 and goes on from piece to piece for as long as nobody else has taken the
 * next one. Others take pieces in ascending order, so that those taken and not yet read are always without a gap. Where pieces are read in order, nobody takes one that is further ahead of the
 * reader than as many pieces as there may be requests: that bounds what waits in memory, and a reader that stands still stops all requests.
 *
 * <p>Safe for use by several threads.
 */
final class Pieces {
    private final long length;
    private final long pieceLength;
    private final int count;
    private final int atATime;
    private final boolean inOrder;
    /** The first piece that nobody has taken. */
    private int next = 1;
    /** The piece the reader is in. */
    private int reading;
    /** Requests under way, the front's included. */
    private int inFlight = 1;

    private boolean frontOver;
    private boolean ended;

    Pieces(long length, long pieceLength, int atATime, boolean inOrder) {
        this.length = length;
        this.pieceLength = pieceLength;
        this.count = Math.toIntExact((length + pieceLength - 1) / pieceLength);
        this.atATime = atATime;
        this.inOrder = inOrder;
    }

    long length() {
        return length;
    }

    int count() {
        return count;
    }

    /** The bytes of a piece, in plaintext terms. */
    ByteSpan span(int piece) {
        long from = piece * pieceLength;
        return new ByteSpan(from, Math.min(pieceLength, length - from));
    }

    /** Takes the next piece for a request of its own, if there may be one now. */
    synchronized OptionalInt take() {
        if (!mayTake()) {
            return OptionalInt.empty();
        }
        inFlight++;
        return OptionalInt.of(next++);
    }

    /** Whether {@link #take} would give a piece. */
    synchronized boolean mayTake() {
        return !ended && next < count && inFlight < atATime && (!inOrder || next < reading + atATime);
    }

    /** Takes this piece for a request of the reader's own, which waits for nobody; false if somebody has it. */
    synchronized boolean takeForReader(int piece) {
        if (ended || piece < next) {
            return false;
        }
        next = piece + 1;
        inFlight++;
        return true;
    }

    /** The request for a piece has ended, well or not. */
    synchronized void fetched() {
        inFlight--;
    }

    /** The front has come to the beginning of a piece: whether it goes on with it. Otherwise it is over. */
    synchronized boolean frontGoesOn(int piece) {
        if (ended || piece < next) {
            frontIsOver();
            return false;
        }
        next = piece + 1;
        return true;
    }

    /** The front broke; what is left of its piece is a request of its own from now on, which takes its place. */
    synchronized void frontReplaced() {
        frontOver = true;
    }

    /** The front has ended. */
    synchronized void frontIsOver() {
        if (!frontOver) {
            frontOver = true;
            inFlight--;
        }
    }

    /** The reader has all of a piece. */
    synchronized void read(int piece) {
        reading = Math.max(reading, piece + 1);
    }

    /** Nobody takes anything any more. */
    synchronized void end() {
        ended = true;
    }

    /** Whether every piece was taken, and no request is under way. */
    synchronized boolean settled() {
        return next >= count && inFlight == 0;
    }
}
