package dev.s3envelope.s3.internal.clientside;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.message.CodingStatus;
import dev.s3envelope.core.message.MessageDecryptor;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.core.message.OpenMessage;
import dev.s3envelope.core.mode.ClientSide;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** Short bodies are the same message however they are read, and both clients send the same bytes of it as often as they like. */
class SealedBodyTest {
    private static final int LARGEST_ARRAY = 256 * 1024;
    private static final MessageEngine ENGINE =
            MessageEngine.builder().cryptoProvider(CryptoProvider.jdk()).build();
    private static final RawAesKeyring KEYRING =
            new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "tests", "sealed", new byte[32]);

    @ParameterizedTest
    @CsvSource({
        "4096, 0",
        "4096, 1",
        "4096, 4095",
        "4096, 4096",
        "4096, 4097",
        "4096, 65536",
        "4096, 300001",
        "5000, 70000",
        "65536, 1024",
        "65536, 65535",
        "65536, 65536",
        "65536, 65537",
        "65536, 262144",
        "65536, 1048576",
        "1048576, 1000000",
        "1048576, 1048576"
    })
    void opens_howeverItWasRead(int frame, int length) throws Exception {
        byte[] plaintext = random(length);
        try (BodyMessages messages = messages(frame, length)) {
            check(plaintext, SealedBody.of(messages.next(), messages.ciphertextLength(), plaintext), frame);
        }
        try (BodyMessages messages = messages(frame, length)) {
            check(plaintext, read(messages, new ByteArrayInputStream(plaintext), length), frame);
        }
        try (BodyMessages messages = messages(frame, length)) {
            check(plaintext, read(messages, new Trickle(plaintext), length), frame);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "1, 2",
        "1, 0",
        "100, 99",
        "100, 101",
        "4096, 4095",
        "4096, 4097",
        "65536, 65535",
        "65536, 200000"
    })
    void otherLengthThanAnnounced_isRefused(int announced, int given) throws Exception {
        for (InputStream in : new InputStream[] {new ByteArrayInputStream(random(given)), new Trickle(random(given))}) {
            try (BodyMessages messages = messages(4096, announced)) {
                EnvelopeException refused = assertThrows(EnvelopeException.class, () -> read(messages, in, announced));
                assertTrue(
                        refused.toString()
                                .contains(
                                        given > announced
                                                ? "more than the " + announced
                                                : given + " of the " + announced),
                        refused.getMessage());
            }
        }
    }

    /** What counts is what a stream gives out, not what it was made of. */
    @Test
    void streamThatChangesItsBytes_isReadAsItGivesThem() throws Exception {
        InputStream inverting = new ByteArrayInputStream(new byte[5000]) {
            @Override
            public int read(byte[] target, int offset, int length) {
                int count = super.read(target, offset, length);
                for (int i = 0; i < count; i++) {
                    target[offset + i] ^= (byte) 0xff;
                }
                return count;
            }

            @Override
            public int readNBytes(byte[] target, int offset, int length) {
                return Math.max(0, read(target, offset, length));
            }
        };
        byte[] inverted = new byte[5000];
        Arrays.fill(inverted, (byte) 0xff);
        try (BodyMessages messages = messages(4096, 5000)) {
            check(inverted, read(messages, inverting, 5000), 4096);
        }
    }

    /** The checksums of the plaintext are compared before there is anything to send. */
    @Test
    void callersChecksumIsVerified() throws Exception {
        byte[] plaintext = random(70_000);
        CRC32 sum = new CRC32();
        sum.update(plaintext);
        String right = Base64.getEncoder()
                .encodeToString(
                        ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
        for (String given : new String[] {right, "AAAAAA=="}) {
            PlaintextChecks checks = PlaintextChecks.of(
                    PutObjectRequest.builder().checksumCRC32(given).build());
            for (InputStream in : new InputStream[] {new ByteArrayInputStream(plaintext), new Trickle(plaintext)}) {
                try (BodyMessages messages = messages(4096, plaintext.length)) {
                    Coder coder = checks.around(messages.next());
                    if (given.equals(right)) {
                        check(
                                plaintext,
                                SealedBody.of(coder, messages.ciphertextLength(), in, plaintext.length, write(4096)),
                                4096);
                    } else {
                        assertThrows(
                                IntegrityException.class,
                                () -> SealedBody.of(
                                        coder, messages.ciphertextLength(), in, plaintext.length, write(4096)));
                    }
                }
            }
        }
    }

    private static SealedBody read(BodyMessages messages, InputStream in, int announced) throws IOException {
        return SealedBody.of(messages.next(), messages.ciphertextLength(), in, announced, write(4096));
    }

    private static void check(byte[] plaintext, SealedBody body, int frame) throws IOException {
        byte[] first =
                body.blocking("text/plain").contentStreamProvider().newStream().readAllBytes();
        byte[] again =
                body.blocking("text/plain").contentStreamProvider().newStream().readAllBytes();
        assertArrayEquals(first, again);
        AsyncRequestBody publisher = body.publisher("text/plain");
        for (int i = 0; i < 2; i++) {
            Received received = new Received();
            publisher.subscribe(received);
            assertArrayEquals(first, received.bytes.toByteArray());
            assertTrue(received.complete);
            assertTrue(received.largest <= Math.max(LARGEST_ARRAY, frame + 1024), "an array of " + received.largest);
        }
        assertEquals(first.length, body.length());
        assertEquals(Optional.of((long) first.length), publisher.contentLength());
        CRC32 sum = new CRC32();
        sum.update(first);
        assertEquals(
                sum.getValue(),
                ByteBuffer.wrap(Base64.getDecoder().decode(body.crc32())).getInt() & 0xffffffffL);
        assertArrayEquals(plaintext, decrypt(first, plaintext.length));
    }

    private static byte[] decrypt(byte[] sealed, int length) {
        var parser = ENGINE.headerParser();
        ByteBuffer in = ByteBuffer.wrap(sealed);
        assertTrue(parser.feed(in));
        MessageHeader header = parser.header().orElseThrow();
        try (OpenMessage message = Stages.join(ENGINE.open(header, KEYRING, Optional.empty()));
                MessageDecryptor decryptor = message.decryptor()) {
            ByteBuffer out = ByteBuffer.allocate(length);
            decryptor.decrypt(in, out);
            assertEquals(CodingStatus.DONE, decryptor.finish(out));
            assertTrue(decryptor.verified());
            assertEquals(length, out.position());
            return out.array();
        }
    }

    private static BodyMessages messages(int frame, long length) {
        ClientSideWrite how = write(frame);
        return new BodyMessages(ENGINE, how, Stages.join(KEYRING.generate(how.materials())), length);
    }

    private static ClientSideWrite write(int frame) {
        ClientSide mode =
                ClientSide.builder("tests", KEYRING).frameLength(frame).build();
        return new ClientSideWrite(mode, mode, new ObjectAddress("bucket", "key"), "aws");
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Gives a few bytes at a time. */
    private static final class Trickle extends FilterInputStream {
        Trickle(byte[] bytes) {
            super(new ByteArrayInputStream(bytes));
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return super.read(target, offset, Math.min(length, 777));
        }
    }

    private static final class Received implements Subscriber<ByteBuffer> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int largest;
        private boolean complete;

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            byte[] copy = new byte[buffer.remaining()];
            buffer.get(copy);
            bytes.writeBytes(copy);
            largest = Math.max(largest, copy.length);
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onComplete() {
            complete = true;
        }
    }
}
