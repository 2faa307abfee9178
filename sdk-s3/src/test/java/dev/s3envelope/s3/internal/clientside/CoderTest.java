package dev.s3envelope.s3.internal.clientside;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.message.OpenMessage;
import dev.s3envelope.core.message.RangeDecryptor;
import dev.s3envelope.core.mode.ClientSide;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A stream of several frames is read frame by frame: a frame that is not read whole has to be collected, which costs a copy of all that is read. */
class CoderTest {
    private static final int FRAME = 4096;
    private static final MessageEngine ENGINE =
            MessageEngine.builder().cryptoProvider(CryptoProvider.jdk()).build();
    private static final RawAesKeyring KEYRING =
            new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "tests", "coder", new byte[32]);

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "4096, 0", "4097, 0", "20000, 0", "20480, 0", "20000, 100", "20000, 4096", "20480, 5000"
    })
    void everyFrameIsReadWhole(int length, int from) throws IOException {
        byte[] plaintext = new byte[length];
        new Random(length).nextBytes(plaintext);
        byte[] sealed = sealed(plaintext);
        var parser = ENGINE.headerParser();
        parser.feed(ByteBuffer.wrap(sealed));
        var header = parser.header().orElseThrow();
        FrameLayout layout = FrameLayout.ofCiphertext(header.length(), FRAME, sealed.length);
        try (OpenMessage message = Stages.join(ENGINE.open(header, KEYRING, Optional.empty()))) {
            Coder coder;
            ByteSpan fetched;
            if (from == 0) {
                coder = Coder.of(message.decryptor(), FRAME, length, () -> {});
                fetched = new ByteSpan(header.length(), sealed.length - header.length());
            } else {
                RangeDecryptor range = message.rangeDecryptor(layout, new ByteSpan(from, length - from));
                coder = Coder.of(range, FRAME, () -> {});
                fetched = range.ciphertext();
            }
            Watched source = new Watched(
                    Arrays.copyOfRange(sealed, (int) fetched.offset(), (int) fetched.end()), fetched.offset());
            byte[] read;
            try (CodingInputStream in = new CodingInputStream(source, coder)) {
                read = in.readAllBytes();
            }
            assertArrayEquals(Arrays.copyOfRange(plaintext, from, length), read);
            List<Long> starts = LongStream.rangeClosed(from == 0 ? 1 : layout.frameOf(from), layout.frames())
                    .mapToObj(frame -> layout.frameSpan(frame).offset())
                    .toList();
            assertEquals(starts, source.starts.subList(0, starts.size()));
        }
    }

    private static byte[] sealed(byte[] plaintext) throws IOException {
        ClientSide mode =
                ClientSide.builder("tests", KEYRING).frameLength(FRAME).build();
        ClientSideWrite how = new ClientSideWrite(mode, mode, new ObjectAddress("bucket", "key"), "aws");
        try (BodyMessages messages =
                new BodyMessages(ENGINE, how, Stages.join(KEYRING.generate(how.materials())), plaintext.length)) {
            return SealedBody.of(messages.next(), messages.ciphertextLength(), plaintext)
                    .blocking("text/plain")
                    .contentStreamProvider()
                    .newStream()
                    .readAllBytes();
        }
    }

    /** Where in the object each reading began. */
    private static final class Watched extends ByteArrayInputStream {
        private final long offset;
        private final List<Long> starts = new ArrayList<>();

        Watched(byte[] bytes, long offset) {
            super(bytes);
            this.offset = offset;
        }

        @Override
        public int readNBytes(byte[] target, int from, int length) {
            starts.add(offset + pos);
            return super.readNBytes(target, from, length);
        }
    }
}
