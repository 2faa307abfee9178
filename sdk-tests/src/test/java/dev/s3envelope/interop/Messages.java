package dev.s3envelope.interop;

import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.message.CodingStatus;
import dev.s3envelope.core.message.CommitmentPolicy;
import dev.s3envelope.core.message.HeaderParser;
import dev.s3envelope.core.message.MessageDecryptor;
import dev.s3envelope.core.message.MessageEncryptor;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.core.message.MessageIdentity;
import dev.s3envelope.core.message.ObjectIdentity;
import dev.s3envelope.core.message.OpenMessage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Whole messages in one call. */
final class Messages {
    static final Map<String, String> CONTEXT =
            Map.of("aws:s3:arn", "arn:aws:s3:::reports", "path", "d\u00e9p\u00f4t \u2713");

    private static final MessageIdentity IDENTITY = new MessageIdentity(ObjectIdentity.KEY, "reports", "q3.csv");
    private static final MessageEngine ENGINE = MessageEngine.builder()
            .cryptoProvider(CryptoProvider.jdk())
            .frameLength(4096)
            .commitmentPolicy(CommitmentPolicy.ALLOW_NON_COMMITTING)
            .build();

    private Messages() {}

    static EncryptionMaterialsRequest request() {
        return EncryptionMaterialsRequest.of(EncryptionContext.of(CONTEXT));
    }

    static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static byte[] encrypt(Keyring keyring, byte[] plaintext) {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        try (OpenMessage message = join(ENGINE.create(keyring, request(), IDENTITY));
                MessageEncryptor encryptor = message.encryptor(OptionalLong.of(plaintext.length))) {
            ByteBuffer in = ByteBuffer.wrap(plaintext);
            ByteBuffer out = ByteBuffer.allocate(encryptor.pieceSize());
            for (CodingStatus status = CodingStatus.NEED_OUTPUT; status == CodingStatus.NEED_OUTPUT; ) {
                status = encryptor.encrypt(in, out.clear());
                result.write(out.array(), 0, out.position());
            }
            for (CodingStatus status = CodingStatus.NEED_OUTPUT; status != CodingStatus.DONE; ) {
                status = encryptor.finish(out.clear());
                result.write(out.array(), 0, out.position());
            }
        }
        return result.toByteArray();
    }

    static MessageHeader header(byte[] message) {
        HeaderParser parser = ENGINE.headerParser();
        parser.feed(ByteBuffer.wrap(message));
        return parser.header().orElseThrow();
    }

    static byte[] decrypt(Keyring keyring, byte[] message) {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        MessageHeader header = header(message);
        try (OpenMessage open = join(ENGINE.open(header, keyring, Optional.empty()));
                MessageDecryptor decryptor = open.decryptor()) {
            ByteBuffer in = ByteBuffer.wrap(message, header.length(), message.length - header.length());
            ByteBuffer out = ByteBuffer.allocate(1 << 20);
            for (CodingStatus status = CodingStatus.NEED_OUTPUT; status == CodingStatus.NEED_OUTPUT; ) {
                status = decryptor.decrypt(in, out.clear());
                result.write(out.array(), 0, out.position());
            }
            for (CodingStatus status = CodingStatus.NEED_OUTPUT; status != CodingStatus.DONE; ) {
                status = decryptor.finish(out.clear());
                result.write(out.array(), 0, out.position());
            }
        }
        return result.toByteArray();
    }

    /** The value, or the failure as it was thrown. */
    static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
