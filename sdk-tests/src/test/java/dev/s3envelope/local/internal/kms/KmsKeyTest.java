package dev.s3envelope.local.internal.kms;

import static dev.s3envelope.local.internal.kms.KmsErrorsSeen.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AliasListEntry;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;

/** Keys as such: states, metadata, names, aliases, rotation, deletion, Regions. Section 1 of the fact sheet. */
class KmsKeyTest {
    private LocalAws aws;
    private LocalAccount account;
    private KmsClient kms;

    @BeforeEach
    void start() {
        aws = LocalAws.start();
        account = aws.account("111122223333");
        kms = aws.kms(account.root());
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    private void dataKey(String keyId) {
        kms.generateDataKey(b -> b.keyId(keyId).keySpec(DataKeySpec.AES_256));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Enabled", "Updating"})
    void works_whenTheKeyIsEnabledOrUpdating(String state) {
        LocalKey key = account.createKey().forceState(state);
        SdkBytes blob = kms.encrypt(b -> b.keyId(key.arn()).plaintext(SdkBytes.fromUtf8String("x")))
                .ciphertextBlob();
        assertEquals("x", kms.decrypt(b -> b.ciphertextBlob(blob)).plaintext().asUtf8String());
    }

    @ParameterizedTest
    @CsvSource({
        "Disabled, DisabledException, is disabled.",
        "PendingDeletion, KMSInvalidStateException, is pending deletion.",
        "PendingReplicaDeletion, KMSInvalidStateException, is pending replica deletion.",
        "PendingImport, KMSInvalidStateException, is pending import.",
        "Unavailable, KMSInvalidStateException, is unavailable.",
        "Creating, KMSInvalidStateException, is creating."
    })
    void refusesCryptography_butStillDescribes_whenTheStateForbidsUse(String state, String code, String text) {
        LocalKey key = account.createKey();
        SdkBytes blob = kms.encrypt(b -> b.keyId(key.arn()).plaintext(SdkBytes.fromUtf8String("x")))
                .ciphertextBlob();
        key.forceState(state);
        assertEquals(key.arn() + " " + text, refused(code, () -> dataKey(key.arn())));
        assertEquals(key.arn() + " " + text, refused(code, () -> kms.decrypt(b -> b.ciphertextBlob(blob))));
        KeyMetadata described = kms.describeKey(b -> b.keyId(key.arn())).keyMetadata();
        assertEquals(state, described.keyStateAsString());
        assertFalse(described.enabled());
        assertTrue(kms.getKeyPolicy(b -> b.keyId(key.arn())).policy().contains("kms:*"));
        assertTrue(kms.listGrants(b -> b.keyId(key.arn())).grants().isEmpty());
    }

    @Test
    void saysItIsNotAllowed_beforeItSaysTheKeyIsDisabled() {
        LocalKey key = account.createKey().disable();
        KmsClient nobody = aws.kms(account.createUser("nobody"));
        refused(
                "AccessDeniedException",
                () -> nobody.generateDataKey(b -> b.keyId(key.arn()).keySpec(DataKeySpec.AES_256)));
    }

    @Test
    void describesWhatItIs() {
        KeyMetadata key = kms.createKey(b -> b.description("for tests")).keyMetadata();
        assertEquals("arn:aws:kms:us-east-1:111122223333:key/" + key.keyId(), key.arn());
        assertEquals("111122223333", key.awsAccountId());
        assertEquals("CUSTOMER", key.keyManagerAsString());
        assertEquals(KeyState.ENABLED, key.keyState());
        assertTrue(key.enabled());
        assertFalse(key.multiRegion());
        assertEquals("SYMMETRIC_DEFAULT", key.keySpecAsString());
        assertEquals("ENCRYPT_DECRYPT", key.keyUsageAsString());
        assertEquals("AWS_KMS", key.originAsString());
        assertEquals("for tests", key.description());
        assertNull(key.deletionDate());
        assertEquals(64, key.currentKeyMaterialId().length());
    }

    @Test
    void answersNotFound_inTheWordsOfKms() {
        String id = UUID.randomUUID().toString();
        assertEquals("Invalid keyId 'nonsense'", refused("NotFoundException", () -> dataKey("nonsense")));
        assertEquals(
                "Key 'arn:aws:kms:us-east-1:111122223333:key/" + id + "' does not exist",
                refused("NotFoundException", () -> dataKey(id)));
        assertEquals(
                "Alias arn:aws:kms:us-east-1:111122223333:alias/none is not found.",
                refused("NotFoundException", () -> dataKey("alias/none")));
    }

    @Test
    void answersInvalidArn_whenTheKeyIsInAnotherRegion() {
        LocalKey elsewhere = account.createKey("eu-west-1");
        assertEquals("Invalid arn eu-west-1", refused("NotFoundException", () -> dataKey(elsewhere.arn())));
    }

    @Test
    void answersOpaqueDenial_whenACiphertextIsOfAnotherRegion() {
        LocalKey elsewhere = account.createKey("eu-west-1");
        try (KmsClient there = aws.configure(KmsClient.builder(), account.root())
                .region(Region.EU_WEST_1)
                .build()) {
            SdkBytes blob = there.encrypt(b -> b.keyId(elsewhere.arn()).plaintext(SdkBytes.fromUtf8String("x")))
                    .ciphertextBlob();
            assertEquals(
                    KmsErrors.OPAQUE_CIPHERTEXT,
                    refused("AccessDeniedException", () -> kms.decrypt(b -> b.ciphertextBlob(blob))));
        }
    }

    @Test
    void keepsAliases_inTheirAccountAndRegion() {
        LocalKey key = account.createKey();
        kms.createAlias(b -> b.aliasName("alias/documents").targetKeyId(key.keyId()));
        dataKey("alias/documents");
        dataKey("arn:aws:kms:us-east-1:111122223333:alias/documents");
        LocalAccount other = aws.account("444455556666");
        KmsClient theirs = aws.kms(other.root());
        refused(
                "NotFoundException",
                () -> theirs.generateDataKey(b -> b.keyId("alias/documents").keySpec(DataKeySpec.AES_256)));
        LocalKey own = other.createKey().alias("alias/documents");
        assertEquals(
                own.arn(),
                theirs.generateDataKey(b -> b.keyId("alias/documents").keySpec(DataKeySpec.AES_256))
                        .keyId());
    }

    @Test
    void movesAndDeletesAliases() {
        LocalKey one = account.createKey();
        LocalKey two = account.createKey();
        kms.createAlias(b -> b.aliasName("alias/a").targetKeyId(one.keyId()));
        refused(
                "AlreadyExistsException",
                () -> kms.createAlias(b -> b.aliasName("alias/a").targetKeyId(two.keyId())));
        kms.updateAlias(b -> b.aliasName("alias/a").targetKeyId(two.arn()));
        assertEquals(
                List.of(two.keyId()),
                kms.listAliases().aliases().stream()
                        .map(AliasListEntry::targetKeyId)
                        .toList());
        kms.deleteAlias(b -> b.aliasName("alias/a"));
        refused("NotFoundException", () -> kms.deleteAlias(b -> b.aliasName("alias/a")));
        refused(
                "ValidationException",
                () -> kms.createAlias(b -> b.aliasName("a").targetKeyId(one.keyId())));
        refused(
                "NotAuthorizedException",
                () -> kms.createAlias(b -> b.aliasName("alias/aws/s3").targetKeyId(one.keyId())));
    }

    @Test
    void listsInPages() {
        for (int i = 0; i < 5; i++) {
            account.createKey();
        }
        assertEquals(2, kms.listKeys(b -> b.limit(2)).keys().size());
        assertEquals(5, kms.listKeysPaginator(b -> b.limit(2)).keys().stream().count());
    }

    @Test
    void stillDecryptsOldCiphertexts_whenTheMaterialWasRotated() {
        LocalKey key = account.createKey();
        String before = kms.describeKey(b -> b.keyId(key.arn())).keyMetadata().currentKeyMaterialId();
        SdkBytes old = kms.encrypt(b -> b.keyId(key.arn()).plaintext(SdkBytes.fromUtf8String("old")))
                .ciphertextBlob();
        kms.rotateKeyOnDemand(b -> b.keyId(key.keyId()));
        String after = kms.describeKey(b -> b.keyId(key.arn())).keyMetadata().currentKeyMaterialId();
        assertNotEquals(before, after);
        assertEquals(before, kms.decrypt(b -> b.ciphertextBlob(old)).keyMaterialId());
        SdkBytes fresh = kms.encrypt(b -> b.keyId(key.arn()).plaintext(SdkBytes.fromUtf8String("new")))
                .ciphertextBlob();
        assertEquals(after, kms.decrypt(b -> b.ciphertextBlob(fresh)).keyMaterialId());
        assertEquals(
                1, kms.listKeyRotations(b -> b.keyId(key.keyId())).rotations().size());
    }

    @Test
    void decryptsInEveryRegion_whenTheKeyIsMultiRegion() {
        LocalKey primary = account.createMultiRegionKey("us-east-1");
        assertTrue(primary.keyId().startsWith("mrk-"));
        LocalKey replica = primary.replicate("eu-west-1");
        assertEquals(primary.keyId(), replica.keyId());
        SdkBytes blob = kms.encrypt(b -> b.keyId(primary.arn()).plaintext(SdkBytes.fromUtf8String("x")))
                .ciphertextBlob();
        try (KmsClient there = aws.configure(KmsClient.builder(), account.root())
                .region(Region.EU_WEST_1)
                .build()) {
            assertEquals(
                    "x",
                    there.decrypt(b -> b.ciphertextBlob(blob).keyId(replica.arn()))
                            .plaintext()
                            .asUtf8String());
            assertEquals(
                    replica.arn(), there.decrypt(b -> b.ciphertextBlob(blob)).keyId());
            KeyMetadata described =
                    there.describeKey(b -> b.keyId(replica.arn())).keyMetadata();
            assertEquals("REPLICA", described.multiRegionConfiguration().multiRegionKeyTypeAsString());
            assertEquals(
                    primary.arn(),
                    described.multiRegionConfiguration().primaryKey().arn());
        }
    }

    @Test
    void waitsForItsReplicas_whenAPrimaryKeyIsToBeDeleted() {
        StepClock clock = new StepClock(Instant.parse("2026-11-20T12:00:00Z"));
        try (LocalAws timed = LocalAws.builder().clock(clock).build()) {
            LocalAccount owner = timed.account("111122223333");
            LocalKey primary = owner.createMultiRegionKey("us-east-1");
            LocalKey replica = primary.replicate("eu-west-1");
            KmsClient client = timed.kms(owner.root());
            client.scheduleKeyDeletion(b -> b.keyId(primary.keyId()).pendingWindowInDays(7));
            KeyMetadata waiting =
                    client.describeKey(b -> b.keyId(primary.keyId())).keyMetadata();
            assertEquals("PendingReplicaDeletion", waiting.keyStateAsString());
            assertEquals(7, waiting.pendingDeletionWindowInDays());
            assertNull(waiting.deletionDate());

            replica.scheduleDeletion();
            clock.step(Duration.ofDays(30));
            refused("NotFoundException", () -> {
                try (KmsClient there = timed.configure(KmsClient.builder(), owner.root())
                        .region(Region.EU_WEST_1)
                        .build()) {
                    there.describeKey(b -> b.keyId(replica.keyId()));
                }
            });
            KeyMetadata pending =
                    client.describeKey(b -> b.keyId(primary.keyId())).keyMetadata();
            assertEquals(KeyState.PENDING_DELETION, pending.keyState());
            assertEquals(clock.instant().plus(Duration.ofDays(7)), pending.deletionDate());
        }
    }

    @Test
    void reportsTheDeletionDate_onlyWhileDeletionIsPending() {
        LocalKey key = account.createKey();
        refused(
                "ValidationException",
                () -> kms.scheduleKeyDeletion(b -> b.keyId(key.keyId()).pendingWindowInDays(6)));
        kms.scheduleKeyDeletion(b -> b.keyId(key.keyId()).pendingWindowInDays(7));
        assertTrue(kms.describeKey(b -> b.keyId(key.keyId())).keyMetadata().deletionDate() != null);
        kms.cancelKeyDeletion(b -> b.keyId(key.keyId()));
        KeyMetadata after = kms.describeKey(b -> b.keyId(key.keyId())).keyMetadata();
        assertNull(after.deletionDate());
        assertEquals(KeyState.DISABLED, after.keyState());
        kms.enableKey(b -> b.keyId(key.keyId()));
        dataKey(key.arn());
    }

    @Test
    void isGone_whenItsDeletionDateHasPassed_andRotates_whenItsTimeHasCome() {
        StepClock clock = new StepClock(Instant.parse("2026-11-20T12:00:00Z"));
        try (LocalAws timed = LocalAws.builder().clock(clock).build()) {
            LocalAccount owner = timed.account("111122223333");
            LocalKey doomed = owner.createKey().scheduleDeletion();
            LocalKey rotating = owner.createKey();
            KmsOperationsProbe probe = new KmsOperationsProbe(timed, owner);
            probe.enableRotation(rotating.keyId());
            String before = probe.materialOfNewCiphertext(rotating.keyId());
            clock.step(Duration.ofDays(29));
            assertEquals("PendingDeletion", doomed.state());
            assertEquals(before, probe.materialOfNewCiphertext(rotating.keyId()));
            clock.step(Duration.ofDays(400));
            assertNotEquals(before, probe.materialOfNewCiphertext(rotating.keyId()));
            assertEquals(
                    "Key '" + doomed.arn() + "' does not exist",
                    refused("NotFoundException", () -> probe.describe(doomed.keyId())));
        }
    }

    /** Clients whose signing time follows a clock of ours. */
    private record KmsOperationsProbe(LocalAws aws, LocalAccount owner) {
        void enableRotation(String keyId) {
            try (KmsClient client = client()) {
                client.enableKeyRotation(b -> b.keyId(keyId).rotationPeriodInDays(365));
                assertTrue(client.getKeyRotationStatus(b -> b.keyId(keyId)).keyRotationEnabled());
            }
        }

        String materialOfNewCiphertext(String keyId) {
            try (KmsClient client = client()) {
                return client.generateDataKey(b -> b.keyId(keyId).keySpec(DataKeySpec.AES_256))
                        .keyMaterialId();
            }
        }

        void describe(String keyId) {
            try (KmsClient client = client()) {
                client.describeKey(b -> b.keyId(keyId));
            }
        }

        private KmsClient client() {
            return aws.kms(owner.root());
        }
    }

    private static final class StepClock extends Clock {
        private Instant now;

        private StepClock(Instant now) {
            this.now = now;
        }

        void step(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
