package dev.s3envelope.local.internal.kms;

import static dev.s3envelope.local.internal.kms.KmsErrorsSeen.dryRunSucceeds;
import static dev.s3envelope.local.internal.kms.KmsErrorsSeen.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.local.Event;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalUser;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.DryRunModifierType;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.MacAlgorithmSpec;

/** Section 1 of the fact sheet, DryRun and IGNORE_CIPHERTEXT, row by row, through the AWS SDK. */
class KmsDryRunTest {
    private static final SdkBytes GARBAGE = SdkBytes.fromUtf8String("this was never a ciphertext");
    private static final Map<String, String> CONTEXT = Map.of("aws:s3:arn", "arn:aws:s3:::documents/a");

    private static LocalAws aws;
    private static LocalAccount account;
    private static LocalKey key;
    private static KmsClient kms;

    @BeforeAll
    static void start() {
        aws = LocalAws.start();
        account = aws.account("111122223333");
        key = account.createKey();
        kms = aws.kms(account.createUser("alice").allow("kms:*"));
    }

    @AfterAll
    static void stop() {
        aws.close();
    }

    private static SdkBytes wrapped() {
        return kms.generateDataKeyWithoutPlaintext(
                        b -> b.keyId(key.arn()).keySpec(DataKeySpec.AES_256).encryptionContext(CONTEXT))
                .ciphertextBlob();
    }

    @Test
    void answersDryRunOperation_whenGenerateDataKeyWouldSucceed() {
        dryRunSucceeds(() -> kms.generateDataKey(
                b -> b.keyId(key.arn()).keySpec(DataKeySpec.AES_256).dryRun(true)));
    }

    @Test
    void answersDryRunOperation_whenGenerateDataKeyWithoutPlaintextWouldSucceed() {
        dryRunSucceeds(() -> kms.generateDataKeyWithoutPlaintext(
                b -> b.keyId(key.arn()).keySpec(DataKeySpec.AES_256).dryRun(true)));
    }

    @Test
    void answersDryRunOperation_whenEncryptWouldSucceed() {
        dryRunSucceeds(() -> kms.encrypt(
                b -> b.keyId(key.arn()).plaintext(SdkBytes.fromUtf8String("x")).dryRun(true)));
    }

    @Test
    void answersDryRunOperation_whenDecryptWouldSucceed() {
        SdkBytes blob = wrapped();
        dryRunSucceeds(() -> kms.decrypt(
                b -> b.ciphertextBlob(blob).encryptionContext(CONTEXT).dryRun(true)));
    }

    @Test
    void answersDryRunOperation_whenReEncryptWouldSucceed() {
        SdkBytes blob = wrapped();
        dryRunSucceeds(() -> kms.reEncrypt(b -> b.ciphertextBlob(blob)
                .sourceEncryptionContext(CONTEXT)
                .destinationKeyId(key.arn())
                .dryRun(true)));
    }

    @Test
    void answersDryRunOperation_whenMacOperationsWouldSucceed() {
        LocalKey hmac = account.createHmacKey(aws.region());
        SdkBytes message = SdkBytes.fromUtf8String("m");
        SdkBytes mac = kms.generateMac(
                        b -> b.keyId(hmac.arn()).message(message).macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256))
                .mac();
        dryRunSucceeds(() -> kms.generateMac(b -> b.keyId(hmac.arn())
                .message(message)
                .macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256)
                .dryRun(true)));
        dryRunSucceeds(() -> kms.verifyMac(b -> b.keyId(hmac.arn())
                .message(message)
                .mac(mac)
                .macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256)
                .dryRun(true)));
    }

    @Test
    void createsAndRevokesNothing_whenGrantOperationsAreDryRuns() {
        LocalKey granted = account.createKey();
        String grantee = account.user("grantee").arn();
        dryRunSucceeds(() -> kms.createGrant(b -> b.keyId(granted.arn())
                .granteePrincipal(grantee)
                .operations(GrantOperation.DECRYPT)
                .dryRun(true)));
        assertTrue(kms.listGrants(b -> b.keyId(granted.arn())).grants().isEmpty());
        String id = kms.createGrant(
                        b -> b.keyId(granted.arn()).granteePrincipal(grantee).operations(GrantOperation.DECRYPT))
                .grantId();
        dryRunSucceeds(
                () -> kms.revokeGrant(b -> b.keyId(granted.arn()).grantId(id).dryRun(true)));
        dryRunSucceeds(
                () -> kms.retireGrant(b -> b.keyId(granted.arn()).grantId(id).dryRun(true)));
        assertEquals(1, kms.listGrants(b -> b.keyId(granted.arn())).grants().size());
    }

    @Test
    void answersAccessDenied_whenTheDryRunIsNotPermitted() {
        KmsClient nobody = aws.kms(account.createUser("nobody"));
        refused(
                "AccessDeniedException",
                () -> nobody.generateDataKey(
                        b -> b.keyId(key.arn()).keySpec(DataKeySpec.AES_256).dryRun(true)));
        refused(
                "AccessDeniedException",
                () -> nobody.decrypt(
                        b -> b.keyId(key.arn()).dryRun(true).dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)));
    }

    @Test
    void answersValidation_whenAParameterOfTheDryRunIsBad() {
        refused(
                "ValidationException",
                () -> kms.generateDataKey(b -> b.keyId(key.arn()).dryRun(true)));
    }

    @Test
    void answersInvalidCiphertext_whenAnOrdinaryDryRunHasGarbage() {
        refused(
                "InvalidCiphertextException",
                () -> kms.decrypt(
                        b -> b.ciphertextBlob(GARBAGE).keyId(key.arn()).dryRun(true)));
    }

    @Test
    void answersDryRunOperation_whenIgnoreCiphertextHasNoBlob() {
        dryRunSucceeds(() -> kms.decrypt(
                b -> b.keyId(key.arn()).dryRun(true).dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)));
    }

    @Test
    void answersDryRunOperation_whenIgnoreCiphertextHasGarbage() {
        dryRunSucceeds(() -> kms.decrypt(b -> b.keyId(key.arn())
                .ciphertextBlob(GARBAGE)
                .dryRun(true)
                .dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)));
    }

    @Test
    void answersDryRunOperation_whenReEncryptIgnoresCiphertext() {
        dryRunSucceeds(() -> kms.reEncrypt(b -> b.sourceKeyId(key.arn())
                .destinationKeyId(key.arn())
                .dryRun(true)
                .dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)));
    }

    @Test
    void answersValidation_whenIgnoreCiphertextHasNoKeyId() {
        refused(
                "ValidationException",
                () -> kms.decrypt(b ->
                        b.ciphertextBlob(GARBAGE).dryRun(true).dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)));
        refused(
                "ValidationException",
                () -> kms.reEncrypt(b -> b.destinationKeyId(key.arn())
                        .dryRun(true)
                        .dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)));
    }

    @Test
    void answersValidation_whenIgnoreCiphertextIsWithoutDryRun() {
        SdkBytes blob = wrapped();
        refused(
                "ValidationException",
                () -> kms.decrypt(b -> b.keyId(key.arn())
                        .ciphertextBlob(blob)
                        .encryptionContext(CONTEXT)
                        .dryRun(false)
                        .dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)));
    }

    @Test
    void answersAccessDenied_whenAnExplicitDenyNamesTheEncryptionContext() {
        LocalUser bob = account.createUser("bob").allow("kms:*").policy("deny-one-object", """
                        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*",
                          "Condition": {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::documents/a"}}}]}""");
        String message = refused(
                "AccessDeniedException",
                () -> aws.kms(bob)
                        .decrypt(b -> b.keyId(key.arn())
                                .encryptionContext(CONTEXT)
                                .dryRun(true)
                                .dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)));
        assertEquals(
                "User: " + bob.arn() + " is not authorized to perform: kms:Decrypt on resource: " + key.arn()
                        + " with an explicit deny in an identity-based policy",
                message);
        dryRunSucceeds(() -> aws.kms(bob)
                .decrypt(b -> b.keyId(key.arn())
                        .encryptionContext(Map.of("aws:s3:arn", "arn:aws:s3:::documents/b"))
                        .dryRun(true)
                        .dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)));
    }

    @Test
    void answersDisabled_whenTheKeyOfADryRunIsDisabled() {
        LocalKey disabled = account.createKey().disable();
        String message = refused(
                "DisabledException",
                () -> kms.decrypt(b ->
                        b.keyId(disabled.arn()).dryRun(true).dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)));
        assertEquals(disabled.arn() + " is disabled.", message);
    }

    @Test
    void provesNothingOfTheContext_whenCiphertextIsIgnored() {
        dryRunSucceeds(() -> kms.decrypt(b -> b.keyId(key.arn())
                .ciphertextBlob(wrapped())
                .encryptionContext(Map.of("not", "the context"))
                .dryRun(true)
                .dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)));
    }

    @Test
    void isLoggedAsACallThatFailed_whenADryRunWouldSucceed() {
        var before = aws.events().mark();
        dryRunSucceeds(() -> kms.decrypt(b -> b.keyId(key.arn())
                .encryptionContext(CONTEXT)
                .dryRun(true)
                .dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)));
        Event event = aws.events().since(before).operation("Decrypt").single();
        assertEquals("DryRunOperationException", event.errorCode().orElseThrow());
        assertEquals("true", event.details().get("dryRun"));
        assertEquals(CONTEXT, event.encryptionContext());
        assertEquals(key.arn(), event.resource().orElseThrow());
    }
}
