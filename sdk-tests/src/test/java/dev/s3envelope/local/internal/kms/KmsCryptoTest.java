package dev.s3envelope.local.internal.kms;

import static dev.s3envelope.local.internal.kms.KmsErrorsSeen.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalAwsExtension;
import dev.s3envelope.local.LocalKey;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;
import software.amazon.awssdk.services.kms.model.MacAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.ReEncryptResponse;

/** Encrypt, Decrypt, ReEncrypt, data keys, random bytes and MACs, through the AWS SDK. */
@ExtendWith(LocalAwsExtension.class)
class KmsCryptoTest {
    private static final Map<String, String> CONTEXT = Map.of("tenant", "seven", "purpose", "test");
    private static final SdkBytes SECRET = SdkBytes.fromUtf8String("four score and seven");

    private LocalAccount account;
    private LocalKey key;
    private KmsClient kms;

    @BeforeEach
    void setUp(LocalAws aws) {
        account = aws.account("111122223333");
        kms = aws.kms(account.root());
        key = account.createKey();
    }

    @Test
    void decryptsWithoutKeyId_whenTheCiphertextIsSymmetric() {
        SdkBytes blob = kms.encrypt(b -> b.keyId(key.keyId()).plaintext(SECRET).encryptionContext(CONTEXT))
                .ciphertextBlob();
        DecryptResponse opened = kms.decrypt(b -> b.ciphertextBlob(blob).encryptionContext(CONTEXT));
        assertEquals(SECRET, opened.plaintext());
        assertEquals(key.arn(), opened.keyId());
    }

    @Test
    void answersInvalidCiphertext_whenTheContextIsWrongOrMissing() {
        SdkBytes blob = kms.encrypt(b -> b.keyId(key.arn()).plaintext(SECRET).encryptionContext(CONTEXT))
                .ciphertextBlob();
        refused("InvalidCiphertextException", () -> kms.decrypt(b -> b.ciphertextBlob(blob)));
        refused(
                "InvalidCiphertextException",
                () -> kms.decrypt(
                        b -> b.ciphertextBlob(blob).encryptionContext(Map.of("tenant", "Seven", "purpose", "test"))));
        refused(
                "InvalidCiphertextException",
                () -> kms.decrypt(
                        b -> b.ciphertextBlob(blob).encryptionContext(Map.of("TENANT", "seven", "purpose", "test"))));
    }

    @Test
    void answersIncorrectKey_whenKeyIdNamesAnotherKey() {
        SdkBytes blob = kms.encrypt(b -> b.keyId(key.arn()).plaintext(SECRET)).ciphertextBlob();
        LocalKey other = account.createKey();
        String message = refused(
                "IncorrectKeyException",
                () -> kms.decrypt(b -> b.ciphertextBlob(blob).keyId(other.arn())));
        assertEquals("The key ID in the request does not identify a CMK that can perform this operation.", message);
    }

    @Test
    void answersInvalidCiphertext_whenAnyByteOfTheBlobIsFlipped() {
        byte[] blob = kms.encrypt(b -> b.keyId(key.arn()).plaintext(SECRET))
                .ciphertextBlob()
                .asByteArray();
        long seed = 20261120L;
        Random random = new Random(seed);
        // The ARN comes first: a flip there names another key, which is not to be had either.
        int body = blob.length - SECRET.asByteArray().length - 28 - 32;
        for (int i = 0; i < 20; i++) {
            int at = body + random.nextInt(blob.length - body);
            byte[] flipped = blob.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            refused(
                    "InvalidCiphertextException",
                    () -> kms.decrypt(b -> b.ciphertextBlob(SdkBytes.fromByteArray(flipped))));
        }
    }

    @Test
    void givesTheSameDataKeyBack_whenItsBlobIsDecrypted() {
        GenerateDataKeyResponse made = kms.generateDataKey(
                b -> b.keyId(key.arn()).keySpec(DataKeySpec.AES_256).encryptionContext(CONTEXT));
        assertEquals(32, made.plaintext().asByteArray().length);
        assertEquals(key.arn(), made.keyId());
        assertEquals(
                made.plaintext(),
                kms.decrypt(b -> b.ciphertextBlob(made.ciphertextBlob()).encryptionContext(CONTEXT))
                        .plaintext());
    }

    @Test
    void makesADifferentDataKeyEachTime() {
        assertNotEquals(
                kms.generateDataKey(b -> b.keyId(key.arn()).keySpec(DataKeySpec.AES_256))
                        .plaintext(),
                kms.generateDataKey(b -> b.keyId(key.arn()).keySpec(DataKeySpec.AES_256))
                        .plaintext());
    }

    @Test
    void takesEitherSpecOrLength_whenADataKeyIsMade() {
        assertEquals(
                16,
                kms.generateDataKey(b -> b.keyId(key.arn()).keySpec(DataKeySpec.AES_128))
                        .plaintext()
                        .asByteArray()
                        .length);
        assertEquals(
                64,
                kms.generateDataKey(b -> b.keyId(key.arn()).numberOfBytes(64))
                        .plaintext()
                        .asByteArray()
                        .length);
        String both = refused(
                "ValidationException",
                () -> kms.generateDataKey(
                        b -> b.keyId(key.arn()).numberOfBytes(32).keySpec(DataKeySpec.AES_256)));
        assertEquals("Please specify either number of bytes or key spec.", both);
        refused("ValidationException", () -> kms.generateDataKey(b -> b.keyId(key.arn())));
        refused(
                "ValidationException",
                () -> kms.generateDataKey(b -> b.keyId(key.arn()).numberOfBytes(1025)));
    }

    @Test
    void refusesPlaintext_whenItIsLongerThan4096Bytes() {
        SdkBytes most = SdkBytes.fromByteArray(new byte[4096]);
        SdkBytes blob = kms.encrypt(b -> b.keyId(key.arn()).plaintext(most)).ciphertextBlob();
        assertArrayEquals(
                new byte[4096],
                kms.decrypt(b -> b.ciphertextBlob(blob)).plaintext().asByteArray());
        refused(
                "ValidationException",
                () -> kms.encrypt(b -> b.keyId(key.arn()).plaintext(SdkBytes.fromByteArray(new byte[4097]))));
    }

    @Test
    void movesACiphertextToAnotherKeyAndContext_whenReEncrypted() {
        LocalKey target = account.createKey();
        SdkBytes blob = kms.encrypt(b -> b.keyId(key.arn()).plaintext(SECRET).encryptionContext(CONTEXT))
                .ciphertextBlob();
        ReEncryptResponse moved = kms.reEncrypt(b -> b.ciphertextBlob(blob)
                .sourceEncryptionContext(CONTEXT)
                .destinationKeyId(target.arn())
                .destinationEncryptionContext(Map.of("new", "context")));
        assertEquals(key.arn(), moved.sourceKeyId());
        assertEquals(target.arn(), moved.keyId());
        assertEquals(
                SECRET,
                kms.decrypt(b -> b.ciphertextBlob(moved.ciphertextBlob())
                                .encryptionContext(Map.of("new", "context"))
                                .keyId(target.arn()))
                        .plaintext());
    }

    @Test
    void answersInvalidKeyUsage_whenAnHmacKeyIsToEncrypt() {
        LocalKey hmac = account.createHmacKey("us-east-1");
        String message = refused(
                "InvalidKeyUsageException",
                () -> kms.generateDataKey(b -> b.keyId(hmac.arn()).keySpec(DataKeySpec.AES_256)));
        assertEquals(hmac.arn() + " key usage is GENERATE_VERIFY_MAC which is not valid for GenerateDataKey.", message);
        refused(
                "InvalidKeyUsageException",
                () -> kms.generateMac(
                        b -> b.keyId(key.arn()).message(SECRET).macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256)));
    }

    @Test
    void answersInvalidKeyUsage_whenAnAsymmetricKeyIsToWrap() {
        String rsa = kms.createKey(b -> b.keySpec("RSA_2048").keyUsage("ENCRYPT_DECRYPT"))
                .keyMetadata()
                .arn();
        refused(
                "InvalidKeyUsageException",
                () -> kms.generateDataKey(b -> b.keyId(rsa).keySpec(DataKeySpec.AES_256)));
    }

    @Test
    void verifiesItsOwnMac_andRefusesAnother() {
        LocalKey hmac = account.createHmacKey("us-east-1");
        SdkBytes mac = kms.generateMac(
                        b -> b.keyId(hmac.arn()).message(SECRET).macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256))
                .mac();
        assertEquals(32, mac.asByteArray().length);
        assertTrue(kms.verifyMac(
                        b -> b.keyId(hmac.arn()).message(SECRET).mac(mac).macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256))
                .macValid());
        refused(
                "KMSInvalidMacException",
                () -> kms.verifyMac(b -> b.keyId(hmac.arn())
                        .message(SdkBytes.fromUtf8String("another"))
                        .mac(mac)
                        .macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256)));
        refused(
                "InvalidKeyUsageException",
                () -> kms.generateMac(
                        b -> b.keyId(hmac.arn()).message(SECRET).macAlgorithm(MacAlgorithmSpec.HMAC_SHA_512)));
    }

    @Test
    void answersTheSameMac_whenAskedTwice() {
        LocalKey hmac = account.createHmacKey("us-east-1");
        SdkBytes one = kms.generateMac(
                        b -> b.keyId(hmac.arn()).message(SECRET).macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256))
                .mac();
        SdkBytes two = kms.generateMac(
                        b -> b.keyId(hmac.arn()).message(SECRET).macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256))
                .mac();
        assertEquals(one, two);
    }

    @Test
    void givesRandomBytes_ofTheLengthAsked() {
        assertEquals(
                48, kms.generateRandom(b -> b.numberOfBytes(48)).plaintext().asByteArray().length);
    }
}
