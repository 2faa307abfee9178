package dev.s3envelope.core.s3ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.keyring.RsaKeys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/** Objects that amazon-s3-encryption-client-java 4.0.1 wrote once, with test keys, committed in {@code s3ec-vectors.json}. */
class S3ecVectorsTest {
    private record Vector(
            String name, Map<String, String> metadata, String body, int seed, int length, String sealedWith) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static JsonNode document() throws IOException {
        try (InputStream in = Objects.requireNonNull(S3ecVectorsTest.class.getResourceAsStream("s3ec-vectors.json"))) {
            return JsonNode.parser().parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    static List<Vector> vectors() throws IOException {
        List<Vector> vectors = new ArrayList<>();
        for (JsonNode v : document().field("objects").orElseThrow().asArray()) {
            Map<String, String> metadata = new HashMap<>();
            v.field("metadata").orElseThrow().asObject().forEach((name, value) -> metadata.put(name, value.asString()));
            vectors.add(new Vector(
                    text(v, "name"),
                    metadata,
                    text(v, "body"),
                    Integer.parseInt(text(v, "plaintextSeed")),
                    Integer.parseInt(text(v, "plaintextLength")),
                    text(v, "key")));
        }
        assertEquals(13, vectors.size());
        return vectors;
    }

    private static String text(JsonNode node, String field) {
        return node.field(field).orElseThrow().text();
    }

    private static byte[] bytes(JsonNode node, String field) {
        return Base64.getDecoder().decode(text(node, field));
    }

    private static S3ecKeyring keyring(Vector vector) throws Exception {
        JsonNode keys = document().field("keys").orElseThrow();
        if (vector.sealedWith().equals("aes")) {
            return new S3ecAesKeyring(Fixture.JDK, Fixture.RANDOM, bytes(keys, "aes"));
        }
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(bytes(keys, "rsaPkcs8"));
        return new S3ecRsaKeyring(
                Fixture.JDK,
                Fixture.RANDOM,
                RsaKeys.of(KeyFactory.getInstance("RSA").generatePrivate(spec)));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void opensWhatThePeerOnceWrote(Vector vector) throws Exception {
        byte[] body = Base64.getDecoder().decode(vector.body());
        assertArrayEquals(
                Fixture.seeded(vector.seed(), vector.length()),
                Fixture.decrypt(keyring(vector), vector.metadata(), body));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void refusesItChanged(Vector vector) throws Exception {
        byte[] body = Base64.getDecoder().decode(vector.body());
        body[body.length / 2] ^= 0x20;
        S3ecKeyring keyring = keyring(vector);
        assertThrows(IntegrityException.class, () -> Fixture.decrypt(keyring, vector.metadata(), body));
    }

    /** How the file was made: {@code -Ds3envelope.vectors=<file to write>}. */
    @Test
    @EnabledIfSystemProperty(named = "s3envelope.vectors", matches = ".+")
    void writesTheFile() throws IOException {
        StringBuilder json =
                new StringBuilder("{\n  \"source\": \"written by amazon-s3-encryption-client-java 4.0.1 with the"
                        + " test keys below; plaintext = java.util.Random(seed).nextBytes\",\n  \"keys\": {\n    \"aes\": \""
                        + Base64.getEncoder().encodeToString(Fixture.AES) + "\",\n    \"rsaPkcs8\": \""
                        + Base64.getEncoder()
                                .encodeToString(Fixture.RSA.getPrivate().getEncoded())
                        + "\"\n  },\n  \"objects\": [\n");
        String separator = "";
        for (S3ecSuite suite : S3ecSuite.values()) {
            for (String key : List.of("aes", "rsa")) {
                for (int length : new int[] {1, 16, 1000}) {
                    MapS3 s3 = new MapS3();
                    Peer.of(s3, key.equals("aes") ? Peer.aes() : Peer.rsa(), suite)
                            .put("k", Fixture.seeded(length, length), Map.of());
                    json.append(separator)
                            .append(entry(suite.name() + " " + key + " " + length, key, length, s3.get("k")));
                    separator = ",\n";
                }
            }
        }
        MapS3 s3 = new MapS3();
        Peer.of(s3, Peer.aes(), S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY)
                .putMultipart("k", Fixture.seeded(3000, 3000), 1024);
        json.append(separator).append(entry("multipart aes 3000", "aes", 3000, s3.get("k")));
        Files.writeString(
                Path.of(System.getProperty("s3envelope.vectors")),
                json.append("\n  ]\n}\n").toString());
    }

    private static String entry(String name, String key, int length, MapS3.Stored stored) {
        StringBuilder metadata = new StringBuilder();
        new TreeMap<>(stored.metadata)
                .forEach((k, v) -> metadata.append(metadata.isEmpty() ? "" : ", ")
                        .append('"')
                        .append(k)
                        .append("\": \"")
                        .append(v.replace("\"", "\\\""))
                        .append('"'));
        return "    {\"name\": \"" + name + "\", \"key\": \"" + key + "\", \"plaintextSeed\": " + length
                + ", \"plaintextLength\": " + length + ",\n      \"metadata\": {" + metadata + "},\n      \"body\": \""
                + Base64.getEncoder().encodeToString(stored.body) + "\"}";
    }
}
