package dev.s3envelope.core.s3ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.encryption.s3.materials.Keyring;

/** amazon-s3-encryption-client-java 4.0.1 reads what we write and writes what we read. */
class S3ecPeerTest {
    /** Around blocks, frames, pieces and calls; and some at random. The peer refuses to write an empty object. */
    static Stream<Integer> sizes() {
        long seed = System.nanoTime();
        System.out.println("S3ecPeerTest seed " + seed);
        IntStream edges = IntStream.of(16, 32, 4096, GcmTag.PIECE, SpoolFile.FRAME, 2 * SpoolFile.FRAME, 1 << 20)
                .flatMap(edge -> IntStream.rangeClosed(edge - 1, edge + 1));
        return IntStream.concat(IntStream.concat(IntStream.of(1, 2), edges), new Random(seed).ints(8, 1, 3 << 20))
                .boxed();
    }

    static Stream<Arguments> wrappingsAndSizes() {
        return sizes().flatMap(size -> Stream.of(S3ecWrapping.AES_GCM, S3ecWrapping.RSA_OAEP_SHA1)
                .map(wrapping -> Arguments.of(wrapping, size)));
    }

    private static S3ecKeyring ours(S3ecWrapping wrapping) {
        return wrapping == S3ecWrapping.AES_GCM ? Fixture.aes() : Fixture.rsaKeyring();
    }

    private static Keyring theirs(S3ecWrapping wrapping) {
        return wrapping == S3ecWrapping.AES_GCM ? Peer.aes() : Peer.rsa();
    }

    @ParameterizedTest
    @MethodSource("wrappingsAndSizes")
    void peerReadsOurs_inV3(S3ecWrapping wrapping, int size) {
        MapS3 s3 = new MapS3();
        byte[] plaintext = Fixture.seeded(size, size);
        MapS3.Stored stored = Fixture.encrypt(ours(wrapping), plaintext);
        s3.put("k", stored.body, stored.metadata);

        Peer peer = Peer.of(s3, theirs(wrapping), S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY);

        assertArrayEquals(plaintext, peer.get("k", Map.of()));
    }

    @Test
    void peerReadsOurs_whenTheyWereEncryptedInPiecesOfUnknownLength() {
        MapS3 s3 = new MapS3();
        byte[] plaintext = Fixture.seeded(3, 1_234_567);
        MapS3.Stored stored =
                Fixture.encrypt(Fixture.aes(), plaintext, OptionalLong.empty(), S3ecEncryptor.ONE_STREAM, 10_007);
        s3.put("k", stored.body, stored.metadata);

        Peer peer = Peer.of(s3, Peer.aes(), S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY);

        assertArrayEquals(plaintext, peer.get("k", Map.of()));
    }

    @ParameterizedTest
    @MethodSource("wrappingsAndSizes")
    void readsPeers_inV3AndV2(S3ecWrapping wrapping, int size, @TempDir Path spool) {
        byte[] plaintext = Fixture.seeded(size, size);
        for (S3ecSuite suite : S3ecSuite.values()) {
            MapS3 s3 = new MapS3();
            Peer.of(s3, theirs(wrapping), suite).put("k", plaintext, Map.of());
            MapS3.Stored stored = s3.get("k");

            assertEquals(suite, S3ecMetadata.parse(stored.metadata).suite());
            assertArrayEquals(plaintext, Fixture.decrypt(ours(wrapping), stored));
            assertArrayEquals(
                    plaintext,
                    Fixture.decrypt(
                            ours(wrapping), stored.metadata, stored.body, Fixture.spoolingTo(spool), 50_021, 4096));
        }
    }

    @ParameterizedTest
    @EnumSource(S3ecSuite.class)
    void readsPeersMultipartUploads(S3ecSuite suite) {
        MapS3 s3 = new MapS3();
        byte[] plaintext = Fixture.seeded(5, 12_000_003);

        Peer.of(s3, Peer.aes(), suite).putMultipart("k", plaintext, 5 << 20);

        assertArrayEquals(plaintext, Fixture.decrypt(Fixture.aes(), s3.get("k")));
    }

    @ParameterizedTest
    @EnumSource(S3ecSuite.class)
    void writesTheMetadataThePeerWrites(S3ecSuite suite) {
        MapS3 s3 = new MapS3();
        Peer.of(s3, Peer.aes(), suite).put("k", new byte[] {1}, Map.of());
        Map<String, String> theirs = s3.get("k").metadata;

        assertEquals(Map.of("mine", "kept"), S3ecMetadata.withoutEnvelope(theirs));
        theirs.remove("mine");
        assertEquals(theirs, S3ecMetadata.toMetadata(S3ecMetadata.parse(theirs)));
    }

    @ParameterizedTest
    @EnumSource(S3ecSuite.class)
    void agreesWithThePeer_onTheKmsEncryptionContext(S3ecSuite suite) {
        MapS3 s3 = new MapS3();
        MapKms kms = new MapKms();
        Map<String, String> callers = Map.of("tenant", "seven", "path", "d\u00e9p\u00f4t \u2713");
        byte[] plaintext = Fixture.seeded(9, 100_000);
        Peer.of(s3, kms.peerKeyring(), suite).put("k", plaintext, callers);
        MapS3.Stored stored = s3.get("k");

        S3ecEnvelope envelope = S3ecMetadata.parse(stored.metadata);

        assertEquals(S3ecWrapping.KMS_CONTEXT, envelope.wrapping());
        assertEquals(kms.lastContext(), S3ecKmsContext.forWrite(suite, callers));
        assertEquals(kms.lastContext(), S3ecKmsContext.forRead(envelope, callers));
        assertArrayEquals(plaintext, Fixture.decrypt(kms.ourKeyring(callers), stored));
    }

    @Test
    void peerReadsOurs_withAKmsEncryptionContext() {
        MapS3 s3 = new MapS3();
        MapKms kms = new MapKms();
        Map<String, String> callers = Map.of("tenant", "seven", "path", "d\u00e9p\u00f4t \u2713");
        byte[] plaintext = Fixture.seeded(9, 100_000);
        MapS3.Stored stored = Fixture.encrypt(kms.ourKeyring(callers), plaintext);
        stored.metadata.values().forEach(v -> assertFalse(v.chars().anyMatch(c -> c > 127), v));
        s3.put("k", stored.body, stored.metadata);

        Peer peer = Peer.of(s3, kms.peerKeyring(), S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY);

        assertArrayEquals(plaintext, peer.get("k", callers));
    }
}
