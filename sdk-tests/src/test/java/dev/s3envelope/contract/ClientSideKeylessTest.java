package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.ClientSideObject;
import dev.s3envelope.s3.ReadAs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;

/** Ciphertext is given out only on purpose: a client without keys refuses it, and {@link ReadAs#stored()} is how to ask for it. */
class ClientSideKeylessTest {
    private static final byte[] BODY = ClientSideFixture.bytes(200_000, 1);
    private static LocalAwsTarget target;

    @BeforeAll
    static void start() {
        ClientSideFixture.start();
        target = ClientSideFixture.target;
    }

    @AfterAll
    static void stop() {
        ClientSideFixture.stop();
    }

    private static Calls keyless(Calls.Kind kind) {
        return kind.open(target, builder -> builder.policy(EncryptionPolicy.always(EncryptionMode.sseS3())));
    }

    private static Calls withKeys(Calls.Kind kind) {
        return kind.open(target, ClientSideFixture.settings());
    }

    private static String sealed(Calls.Kind kind) {
        String key = kind + "/sealed";
        withKeys(kind)
                .put(
                        PutObjectRequest.builder()
                                .bucket(target.bucket())
                                .key(key)
                                .metadata(Map.of("colour", "blue"))
                                .build(),
                        BODY);
        return key;
    }

    private static GetObjectRequest.Builder get(String key) {
        return GetObjectRequest.builder().bucket(target.bucket()).key(key);
    }

    private static HeadObjectRequest.Builder head(String key) {
        return HeadObjectRequest.builder().bucket(target.bucket()).key(key);
    }

    @ParameterizedTest
    @EnumSource
    void aClientWithoutKeys_refusesCiphertext_wholeAndInRanges(Calls.Kind kind) {
        String key = sealed(kind);
        Calls s3 = keyless(kind);
        for (GetObjectRequest request : new GetObjectRequest[] {
            get(key).build(),
            get(key).range("bytes=5-9").build(),
            get(key).partNumber(1).build()
        }) {
            KeyringException refusal = assertThrows(KeyringException.class, () -> s3.get(request));
            assertTrue(String.valueOf(refusal.getMessage()).contains(key), refusal::getMessage);
            assertTrue(String.valueOf(refusal.getMessage()).contains("ReadAs.stored()"), refusal::getMessage);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedDownload_leavesNoFile(Calls.Kind kind, @TempDir Path directory) {
        String key = sealed(kind);
        Path file = directory.resolve("object");
        assertThrows(KeyringException.class, () -> {
            if (keyless(kind) instanceof Calls.Sync sync) {
                sync.s3().getObject(get(key).build(), file);
            } else {
                Calls.Async.join(((Calls.Async) keyless(kind)).s3().getObject(get(key).build(), file));
            }
        });
        assertFalse(Files.exists(file));
    }

    @ParameterizedTest
    @EnumSource
    void objectsOfTheS3EncryptionClientAndOfLaterVersions_areRefusedToo(Calls.Kind kind) {
        Map<String, Map<String, String>> forms = Map.of(
                "later",
                Map.of(LayoutHint.METADATA_NAME, "v2;x=1"),
                "v1",
                Map.of("x-amz-key", "AAAA", "x-amz-iv", "AAAA"),
                "half",
                Map.of("x-amz-key-v2", "AAAA"));
        forms.forEach((name, metadata) -> {
            String key = kind + "/form/" + name;
            target.s3()
                    .putObject(
                            b -> b.bucket(target.bucket()).key(key).metadata(metadata),
                            RequestBody.fromString("bytes"));
            assertThrows(KeyringException.class, () -> keyless(kind).get(get(key).build()), name);
            assertEquals(
                    "bytes",
                    keyless(kind)
                            .get(get(key).overrideConfiguration(ReadAs.stored()).build())
                            .asUtf8String());
            assertEquals(5, keyless(kind).head(head(key).build()).contentLength());
        });
    }

    @ParameterizedTest
    @EnumSource
    void aClientWithoutKeys_readsPlainObjects_andOneWithAnUnrelatedEntryOfThatName(Calls.Kind kind) {
        for (Map<String, String> metadata :
                new Map[] {Map.of("colour", "blue"), Map.of(LayoutHint.METADATA_NAME, "manila")}) {
            String key = kind + "/plain";
            target.s3()
                    .putObject(b -> b.bucket(target.bucket()).key(key).metadata(metadata), RequestBody.fromBytes(BODY));
            assertArrayEquals(BODY, keyless(kind).get(get(key).build()).asByteArray());
            assertArrayEquals(
                    Arrays.copyOfRange(BODY, 5, 10),
                    keyless(kind).get(get(key).range("bytes=5-9").build()).asByteArray());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientWithoutKeys_describesTheObjectInPlaintextTerms(Calls.Kind kind) {
        String key = sealed(kind);
        HeadObjectResponse head = keyless(kind).head(head(key).build());
        assertEquals(BODY.length, head.contentLength());
        assertEquals(Map.of("colour", "blue"), head.metadata());
    }

    @ParameterizedTest
    @EnumSource
    void readAsStored_givesEverythingAsS3HasIt_withAndWithoutKeys(Calls.Kind kind) {
        String key = sealed(kind);
        byte[] raw = ClientSideFixture.stored(key);
        for (Calls s3 : new Calls[] {keyless(kind), withKeys(kind)}) {
            assertArrayEquals(
                    raw,
                    s3.get(get(key).overrideConfiguration(ReadAs.stored()).build())
                            .asByteArray());
            var range = s3.get(get(key).range("bytes=-100")
                    .overrideConfiguration(ReadAs.stored())
                    .build());
            assertArrayEquals(Arrays.copyOfRange(raw, raw.length - 100, raw.length), range.asByteArray());
            assertEquals(Optional.empty(), ClientSideObject.of(range.response()));
            HeadObjectResponse head =
                    s3.head(head(key).overrideConfiguration(ReadAs.stored()).build());
            assertEquals(raw.length, head.contentLength());
            assertTrue(LayoutHint.marks(head.metadata().get(LayoutHint.METADATA_NAME)));
            assertEquals(
                    raw.length,
                    s3.attributes(GetObjectAttributesRequest.builder()
                                    .bucket(target.bucket())
                                    .key(key)
                                    .objectAttributes(ObjectAttributes.OBJECT_SIZE)
                                    .overrideConfiguration(ReadAs.stored())
                                    .build())
                            .objectSize());
        }
        S3Request request = get(key).overrideConfiguration(ReadAs.stored()).build();
        assertTrue(ReadAs.of(request).orElseThrow().isStored());
    }
}
