package dev.s3envelope.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.PolicySyntaxException;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.message.ObjectIdentity;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.ClientSideFormat;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.ContextScope;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.s3ec.S3ecAesKeyring;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientSideJsonTest {
    private final Keyring keyring =
            new RawAesKeyring(CryptoProvider.detect(), new SecureRandom(), "tests", "main", new byte[32]);
    private final S3ecKeyring s3ec = new S3ecAesKeyring(CryptoProvider.detect(), new SecureRandom(), new byte[32]);
    private final KeySources sources =
            KeySources.none().withKeyring("main", keyring).withS3ecKeyring("exchange", s3ec);

    @Test
    void roundTripsEveryField() {
        ClientSide mode = ClientSide.builder("main", keyring)
                .over(EncryptionMode.sseKms(
                        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"))
                .identity(ObjectIdentity.BUCKET_AND_KEY)
                .contextScope(ContextScope.OBJECT)
                .context(ContextPairs.of(Map.of("tenant", "blue")))
                .frameLength(4096)
                .build();
        EncryptionPolicy policy = EncryptionPolicy.always(mode);
        EncryptionPolicy read = EncryptionPolicy.fromJson(policy.toJson(), sources);
        assertEquals(policy, read);
        assertEquals(policy.toJson(), read.toJson());
    }

    @Test
    void roundTripsTheOtherFormat() {
        ClientSide mode = ClientSide.s3ecBuilder("exchange", s3ec)
                .over(EncryptionMode.sseS3())
                .context(ContextPairs.of(Map.of("tenant", "blue")))
                .build();
        EncryptionPolicy policy = EncryptionPolicy.always(mode);
        EncryptionPolicy read = EncryptionPolicy.fromJson(policy.toJson(), sources);
        assertTrue(policy.toJson().contains("s3-encryption-client-v3"), policy.toJson());
        assertEquals(policy, read);
        assertEquals(policy.toJson(), read.toJson());
        assertEquals(ClientSideFormat.S3_ENCRYPTION_CLIENT_V3, mode.format());
        assertEquals(ObjectIdentity.OFF, mode.identity());
        assertEquals(mode, mode.toBuilder().build());
    }

    @Test
    void theOtherFormatHasNoIdentityScopeOrFrames() {
        ClientSide.s3ecBuilder("exchange", s3ec).identity(ObjectIdentity.OFF).build();
        assertThrows(
                IllegalEncryptionException.class,
                () -> ClientSide.s3ecBuilder("exchange", s3ec)
                        .identity(ObjectIdentity.KEY)
                        .build());
        assertThrows(
                IllegalEncryptionException.class,
                () -> ClientSide.s3ecBuilder("exchange", s3ec)
                        .contextScope(ContextScope.BUCKET)
                        .build());
        assertThrows(
                IllegalEncryptionException.class,
                () -> ClientSide.s3ecBuilder("exchange", s3ec).frameLength(4096).build());
    }

    @Test
    void aNameIsOneKeyrings() {
        assertThrows(EnvelopeException.class, () -> sources.withKeyring("exchange", keyring));
        assertThrows(EnvelopeException.class, () -> sources.withS3ecKeyring("main", s3ec));
    }

    @Test
    void writesNothingThatHasItsDefault() {
        String json = EncryptionPolicy.always(EncryptionMode.clientSide("main", keyring))
                .toJson();
        assertTrue(json.contains("client-side"), json);
        for (String field : new String[] {"over", "format", "identity", "contextScope", "frameLength", "context"}) {
            assertFalse(json.contains('"' + field + '"'), json);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"type":"client-side"}                                                             | keyring
                    {"type":"client-side","keyring":"other"}                                           | no keyring is registered under
                    {"type":"client-side","keyring":"main","format":"pgp"}                             | expected one of encryption-sdk
                    {"type":"client-side","keyring":"exchange"}                                        | no keyring is registered under
                    {"type":"client-side","keyring":"main","format":"s3-encryption-client-v3"}         | no keyring of the S3 Encryption Client is registered under
                    {"type":"client-side","keyring":"exchange","format":"s3-encryption-client-v3","identity":"key"} | Leave out identity
                    {"type":"client-side","keyring":"main","identity":"name"}                          | expected one of bucket-and-key
                    {"type":"client-side","keyring":"main","frameLength":1}                            | a frame has 4096 to 16777216
                    {"type":"client-side","keyring":"main","frameLength":5000000000}                   | a frame has 4096 to 16777216
                    {"type":"client-side","keyring":"main","over":{"type":"client-side","keyring":"main"}} | expected one of sse-s3
                    {"type":"client-side","keyring":"main","key":"aws/s3"}                             | key
                    """)
    void saysWhereAndWhat_whenAFieldIsWrong(String mode, String expected) {
        String json =
                EncryptionPolicy.always(EncryptionMode.sseS3()).toJson().replaceAll("[{][^{}]*sse-s3[^{}]*[}]", "MODE");
        String file = json.replace("MODE", mode);
        assertTrue(file.contains(mode), file);
        PolicySyntaxException refused =
                assertThrows(PolicySyntaxException.class, () -> EncryptionPolicy.fromJson(file, sources));
        assertTrue(String.valueOf(refused.getMessage()).contains(expected), refused.getMessage());
        assertTrue(refused.path().contains("mode"), refused.path());
    }
}
