package dev.s3envelope.local.internal.kms;

import static dev.s3envelope.local.internal.kms.KmsErrorsSeen.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalPrincipal;
import dev.s3envelope.local.LocalRole;
import dev.s3envelope.local.LocalSession;
import dev.s3envelope.local.LocalUser;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.DataKeySpec;

/** Who may use a key: sections 9 and 10 of the fact sheet, rules 1, 4 and 5, and the condition keys of KMS. */
class KmsGateTest {
    private static final String OWNER = "111122223333";
    private static final String OTHER = "444455556666";

    private LocalAws aws;
    private LocalAccount owner;
    private LocalAccount other;

    @BeforeEach
    void start() {
        aws = LocalAws.start();
        owner = aws.account(OWNER);
        other = aws.account(OTHER);
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    private String use(LocalPrincipal principal, LocalKey key) {
        return aws.kms(principal)
                .generateDataKey(b -> b.keyId(key.arn()).keySpec(DataKeySpec.AES_256))
                .keyId();
    }

    private String denied(LocalPrincipal principal, LocalKey key) {
        return refused("AccessDeniedException", () -> use(principal, key));
    }

    /** A key policy that lets its account administer, and these principals use, the key. */
    private static String keyPolicy(String effect, String principal, String action, String condition) {
        return """
                {"Version": "2012-10-17", "Statement": [
                  {"Sid": "admin", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                   "Action": ["kms:PutKeyPolicy", "kms:Get*", "kms:Describe*"], "Resource": "*"},
                  {"Sid": "use", "Effect": "%s", "Principal": {"AWS": "%s"}, "Action": "%s", "Resource": "*"%s}]}""".formatted(effect, principal, action, condition.isEmpty() ? "" : ", \"Condition\": " + condition);
    }

    @Test
    void leavesTheKeyToIamPolicies_whenTheKeyHasTheDefaultPolicy() {
        LocalKey key = owner.createKey();
        assertTrue(key.policy().contains("arn:aws:iam::111122223333:root"));
        LocalUser alice = owner.createUser("alice");
        assertEquals(
                "User: " + alice.arn() + " is not authorized to perform: kms:GenerateDataKey on resource: " + key.arn()
                        + " because no identity-based policy allows the kms:GenerateDataKey action",
                denied(alice, key));
        alice.allow("kms:GenerateDataKey", key.arn());
        assertEquals(key.arn(), use(alice, key));
    }

    @Test
    void allowsThePrincipal_whenTheKeyPolicyNamesItAndIamIsSilent() {
        LocalUser alice = owner.createUser("alice");
        LocalKey key = owner.createKey(aws.region(), keyPolicy("Allow", alice.arn(), "kms:GenerateDataKey", ""));
        assertEquals(key.arn(), use(alice, key));
    }

    @Test
    void voidsIamAllows_butBindsIamDenies_whenTheKeyPolicyDoesNotDelegate() {
        LocalUser named = owner.createUser("named");
        LocalUser unnamed = owner.createUser("unnamed").allow("kms:*");
        LocalKey key = owner.createKey(aws.region(), keyPolicy("Allow", named.arn(), "kms:GenerateDataKey", ""));
        assertEquals(
                "User: " + unnamed.arn() + " is not authorized to perform: kms:GenerateDataKey on resource: "
                        + key.arn() + " because no resource-based policy allows the kms:GenerateDataKey action",
                denied(unnamed, key));
        assertEquals(key.arn(), use(named, key));
        named.policy("no", """
                {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}}""");
        assertTrue(denied(named, key).endsWith("with an explicit deny in an identity-based policy"));
    }

    @Test
    void deniesEverybody_whenTheKeyPolicyDeniesExplicitly() {
        LocalKey key = owner.createKey(aws.region(), keyPolicy("Deny", "*", "kms:GenerateDataKey", ""));
        LocalUser alice = owner.createUser("alice").allow("kms:*");
        assertTrue(denied(alice, key).endsWith("with an explicit deny in a resource-based policy"));
        assertTrue(denied(owner.root(), key).endsWith("with an explicit deny in a resource-based policy"));
    }

    @Test
    void needsBothSides_whenTheKeyIsOfAnotherAccount() {
        LocalUser bob = other.createUser("bob");
        LocalKey key = owner.createKey(
                aws.region(), keyPolicy("Allow", "arn:aws:iam::" + OTHER + ":root", "kms:GenerateDataKey", ""));
        denied(bob, key);
        bob.allow("kms:GenerateDataKey", key.arn());
        assertEquals(key.arn(), use(bob, key));
        LocalKey closed = owner.createKey();
        bob.allow("kms:*");
        denied(bob, closed);
    }

    @Test
    void tellsAnotherAccountNothing_whetherTheKeyExistsOrNot() {
        LocalUser bob = other.createUser("bob").allow("kms:*");
        LocalKey key = owner.createKey();
        String missing =
                key.arn().substring(0, key.arn().lastIndexOf('/') + 1) + "00000000-0000-4000-8000-000000000000";
        String expected = "User: " + bob.arn() + " is not authorized to perform: kms:GenerateDataKey on this resource"
                + " because the resource does not exist in this Region, no resource-based policies allow access, or a"
                + " resource-based policy explicitly denies access";
        assertEquals(expected, denied(bob, key));
        assertEquals(
                expected,
                refused(
                        "AccessDeniedException",
                        () -> aws.kms(bob).generateDataKey(b -> b.keyId(missing).keySpec(DataKeySpec.AES_256))));
    }

    @Test
    void explainsAcrossAccounts_whenBothAreOfOneOrganization() {
        owner.organization("o-example");
        other.organization("o-example");
        LocalUser bob = other.createUser("bob").allow("kms:*");
        LocalKey key = owner.createKey();
        assertTrue(denied(bob, key).endsWith("because no resource-based policy allows the kms:GenerateDataKey action"));
    }

    @Test
    void answersOpaquely_whenACiphertextIsOfAnotherAccountsKey() {
        LocalUser bob = other.createUser("bob").allow("kms:*");
        LocalKey key = owner.createKey();
        SdkBytes blob = aws.kms(owner.root())
                .encrypt(b -> b.keyId(key.arn()).plaintext(SdkBytes.fromUtf8String("x")))
                .ciphertextBlob();
        assertEquals(
                KmsErrors.OPAQUE_CIPHERTEXT,
                refused("AccessDeniedException", () -> aws.kms(bob).decrypt(b -> b.ciphertextBlob(blob))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GetKeyPolicy", "PutKeyPolicy", "DisableKey", "ScheduleKeyDeletion"})
    void isNotPossibleAcrossAccounts_whateverThePoliciesSay(String operation) {
        LocalUser bob = other.createUser("bob").allow("kms:*");
        LocalKey key =
                owner.createKey(aws.region(), keyPolicy("Allow", "arn:aws:iam::" + OTHER + ":root", "kms:*", ""));
        var kms = aws.kms(bob);
        refused("AccessDeniedException", () -> {
            switch (operation) {
                case "GetKeyPolicy" -> kms.getKeyPolicy(b -> b.keyId(key.arn()));
                case "PutKeyPolicy" -> kms.putKeyPolicy(b -> b.keyId(key.arn()).policy(key.policy()));
                case "DisableKey" -> kms.disableKey(b -> b.keyId(key.arn()));
                default -> kms.scheduleKeyDeletion(b -> b.keyId(key.arn()));
            }
        });
        assertEquals(
                key.arn(),
                kms.describeKey(b -> b.keyId(key.arn())).keyMetadata().arn());
        assertTrue(kms.listGrants(b -> b.keyId(key.arn())).grants().isEmpty());
    }

    @Test
    void refusesADirectCall_whenTheKeyIsForUseThroughS3Only() {
        LocalUser alice = owner.createUser("alice").allow("kms:*");
        LocalKey key = owner.createKey(
                aws.region(),
                keyPolicy(
                        "Allow",
                        alice.arn(),
                        "kms:GenerateDataKey",
                        "{\"StringEquals\": {\"kms:ViaService\": \"s3.us-east-1.amazonaws.com\"}}"));
        denied(alice, key);
    }

    @Test
    void heedsConditions_onContextAccountAndAlias() {
        LocalUser alice = owner.createUser("alice");
        LocalKey key = owner.createKey().alias("alias/documents");
        alice.policy("conditional", """
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*", "Condition": {
                  "StringEquals": {"kms:EncryptionContext:tenant": "seven", "kms:CallerAccount": "111122223333",
                                   "kms:RequestAlias": "alias/documents", "kms:KeyOrigin": "AWS_KMS",
                                   "kms:KeySpec": "SYMMETRIC_DEFAULT", "aws:RequestedRegion": "us-east-1"},
                  "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["tenant"]},
                  "Bool": {"aws:SecureTransport": "false"}}}}""");
        var kms = aws.kms(alice);
        SdkBytes text = SdkBytes.fromUtf8String("x");
        kms.encrypt(b -> b.keyId("alias/documents").plaintext(text).encryptionContext(Map.of("tenant", "seven")));
        refused(
                "AccessDeniedException",
                () -> kms.encrypt(
                        b -> b.keyId(key.arn()).plaintext(text).encryptionContext(Map.of("tenant", "seven"))));
        refused(
                "AccessDeniedException",
                () -> kms.encrypt(
                        b -> b.keyId("alias/documents").plaintext(text).encryptionContext(Map.of("tenant", "eight"))));
        refused(
                "AccessDeniedException",
                () -> kms.encrypt(b -> b.keyId("alias/documents")
                        .plaintext(text)
                        .encryptionContext(Map.of("tenant", "seven", "more", "x"))));
    }

    @Test
    void isLimited_byBoundarySessionPolicyScpAndRcp() {
        String decryptOnly = """
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}}""";
        String notDataKeys = """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
                  {"Effect": "Deny", "Action": "kms:GenerateDataKey", "Resource": "*"}]}""";
        LocalKey key = owner.createKey();
        LocalUser alice = owner.createUser("alice").allow("kms:*");
        assertEquals(key.arn(), use(alice, key));
        alice.permissionsBoundary(decryptOnly);
        assertTrue(denied(alice, key).contains("no permissions boundary allows"));
        alice.permissionsBoundary("");
        assertEquals(key.arn(), use(alice, key));

        LocalRole role = owner.createRole("reader").allow("kms:*");
        LocalSession session = role.session("narrow", decryptOnly);
        assertTrue(denied(session, key).contains("no session policy allows"));
        assertEquals(key.arn(), use(role, key));

        owner.serviceControlPolicies(notDataKeys);
        assertTrue(denied(alice, key).endsWith("with an explicit deny in a service control policy"));
        owner.serviceControlPolicies();
        owner.resourceControlPolicies("""
                {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
                  {"Effect": "Deny", "Principal": "*", "Action": "kms:GenerateDataKey", "Resource": "*"}]}""");
        assertTrue(denied(alice, key).endsWith("with an explicit deny in a resource control policy"));
    }

    @Test
    void countsAChangedPolicy_fromTheNextRequestOn() {
        LocalKey key = owner.createKey();
        LocalUser alice = owner.createUser("alice").policy("use", """
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}}""");
        assertEquals(key.arn(), use(alice, key));
        alice.removePolicy("use");
        denied(alice, key);
        key.policy(keyPolicy("Allow", alice.arn(), "kms:GenerateDataKey", ""));
        assertEquals(key.arn(), use(alice, key));
    }

    @Test
    void refusesAKeyPolicy_thatIsMalformedOrLocksItsAuthorOut() {
        LocalUser admin = owner.createUser("admin").allow("kms:*");
        LocalKey key = owner.createKey();
        var kms = aws.kms(admin);
        refused(
                "MalformedPolicyDocumentException",
                () -> kms.putKeyPolicy(b -> b.keyId(key.keyId()).policy("{\"Version\": \"2012-10-17\"")));
        String lockout = """
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "%s"},
                  "Action": "kms:Decrypt", "Resource": "*"}}""".formatted(admin.arn());
        assertEquals(
                "The new key policy will not allow you to update the key policy in the future.",
                refused(
                        "MalformedPolicyDocumentException",
                        () -> kms.putKeyPolicy(b -> b.keyId(key.keyId()).policy(lockout))));
        kms.putKeyPolicy(b -> b.keyId(key.keyId()).policy(lockout).bypassPolicyLockoutSafetyCheck(true));
        refused("AccessDeniedException", () -> kms.getKeyPolicy(b -> b.keyId(key.keyId())));
        assertEquals(lockout, key.policy());
    }

    @Test
    void makesTheAwsS3Key_withThePolicyOfAws_whenFirstAskedFor() {
        LocalUser alice = owner.createUser("alice").allow("kms:*");
        var kms = aws.kms(alice);
        var described = kms.describeKey(b -> b.keyId("alias/aws/s3")).keyMetadata();
        assertEquals("AWS", described.keyManagerAsString());
        String policy = kms.getKeyPolicy(b -> b.keyId(described.keyId())).policy();
        assertTrue(policy.contains("auto-s3-2"));
        assertTrue(policy.contains("s3.us-east-1.amazonaws.com"));
        refused(
                "AccessDeniedException",
                () -> kms.generateDataKey(b -> b.keyId("alias/aws/s3").keySpec(DataKeySpec.AES_256)));
        refused("AccessDeniedException", () -> kms.disableKey(b -> b.keyId(described.keyId())));
        assertEquals(
                described.arn(),
                kms.describeKey(b -> b.keyId("alias/aws/s3")).keyMetadata().arn());
        assertTrue(!described
                .arn()
                .equals(aws.kms(other.root())
                        .describeKey(b -> b.keyId("alias/aws/s3"))
                        .keyMetadata()
                        .arn()));
    }

    @Test
    void namesThePrincipalAndTheStatement_inTheEvidenceOfAnEvent() {
        LocalUser alice = owner.createUser("alice").allow("kms:GenerateDataKey");
        LocalKey key = owner.createKey();
        use(alice, key);
        var event = aws.events().operation("GenerateDataKey").last();
        assertEquals(alice.arn(), event.principalArn().orElseThrow());
        assertTrue(event.evidence().stream().anyMatch(line -> line.contains("identity-based policy 'allow-1'")));
    }
}
