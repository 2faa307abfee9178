package dev.s3envelope.local.internal.kms;

import static dev.s3envelope.local.internal.kms.KmsErrorsSeen.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalUser;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.CreateGrantResponse;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.GrantOperation;

/** Grants: sections 8 and 10 (rules 4 to 6) of the fact sheet. */
class KmsGrantTest {
    private LocalAws aws;
    private LocalAccount account;
    private LocalKey key;
    private KmsClient admin;
    private LocalUser grantee;

    @BeforeEach
    void start() {
        aws = LocalAws.start();
        account = aws.account("111122223333");
        key = account.createKey();
        admin = aws.kms(account.root());
        grantee = account.createUser("grantee");
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    private void use(Map<String, String> context) {
        aws.kms(grantee)
                .generateDataKey(
                        b -> b.keyId(key.arn()).keySpec(DataKeySpec.AES_256).encryptionContext(context));
    }

    @Test
    void allowsItsOperationsOnly() {
        refused("AccessDeniedException", () -> use(Map.of()));
        admin.createGrant(
                b -> b.keyId(key.arn()).granteePrincipal(grantee.arn()).operations(GrantOperation.GENERATE_DATA_KEY));
        use(Map.of());
        refused(
                "AccessDeniedException",
                () -> aws.kms(grantee).encrypt(b -> b.keyId(key.arn()).plaintext(SdkBytes.fromUtf8String("x"))));
    }

    @Test
    void cannotOverrideAnExplicitDeny() {
        admin.createGrant(
                b -> b.keyId(key.arn()).granteePrincipal(grantee.arn()).operations(GrantOperation.GENERATE_DATA_KEY));
        grantee.policy("no", """
                {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}}""");
        refused("AccessDeniedException", () -> use(Map.of()));
    }

    @Test
    void demandsTheExactContext_whenConstrainedByEncryptionContextEquals() {
        admin.createGrant(b -> b.keyId(key.arn())
                .granteePrincipal(grantee.arn())
                .operations(GrantOperation.GENERATE_DATA_KEY)
                .constraints(c -> c.encryptionContextEquals(Map.of("tenant", "seven"))));
        use(Map.of("tenant", "seven"));
        refused("AccessDeniedException", () -> use(Map.of()));
        refused("AccessDeniedException", () -> use(Map.of("tenant", "seven", "more", "x")));
        refused("AccessDeniedException", () -> use(Map.of("Tenant", "seven")));
    }

    @Test
    void demandsThePairsAtLeast_whenConstrainedByEncryptionContextSubset() {
        admin.createGrant(b -> b.keyId(key.arn())
                .granteePrincipal(grantee.arn())
                .operations(GrantOperation.GENERATE_DATA_KEY)
                .constraints(c -> c.encryptionContextSubset(Map.of("tenant", "seven"))));
        use(Map.of("tenant", "seven", "more", "x"));
        refused("AccessDeniedException", () -> use(Map.of("more", "x")));
    }

    @Test
    void reachesAnotherAccount_whenTheGranteeIsThere() {
        LocalUser foreign = aws.account("444455556666").createUser("foreign");
        admin.createGrant(
                b -> b.keyId(key.arn()).granteePrincipal(foreign.arn()).operations(GrantOperation.GENERATE_DATA_KEY));
        assertEquals(
                key.arn(),
                aws.kms(foreign)
                        .generateDataKey(b -> b.keyId(key.arn()).keySpec(DataKeySpec.AES_256))
                        .keyId());
    }

    @Test
    void worksWithItsTokenOnly_whileItHasNotPropagated() {
        try (LocalAws slow =
                LocalAws.builder().grantPropagation(Duration.ofHours(1)).build()) {
            LocalAccount owner = slow.account("111122223333");
            LocalKey theirs = owner.createKey();
            LocalUser user = owner.createUser("grantee");
            CreateGrantResponse grant = slow.kms(owner.root())
                    .createGrant(b -> b.keyId(theirs.arn())
                            .granteePrincipal(user.arn())
                            .operations(GrantOperation.GENERATE_DATA_KEY));
            refused(
                    "AccessDeniedException",
                    () -> slow.kms(user)
                            .generateDataKey(b -> b.keyId(theirs.arn()).keySpec(DataKeySpec.AES_256)));
            slow.kms(user)
                    .generateDataKey(b ->
                            b.keyId(theirs.arn()).keySpec(DataKeySpec.AES_256).grantTokens(grant.grantToken()));
        }
    }

    @Test
    void isTheSameGrant_whenCreatedTwiceUnderOneName() {
        CreateGrantResponse one = named("a");
        assertEquals(one.grantId(), named("a").grantId());
        assertNotEquals(one.grantId(), named("b").grantId());
        assertEquals(2, admin.listGrants(b -> b.keyId(key.arn())).grants().size());
    }

    private CreateGrantResponse named(String name) {
        return admin.createGrant(b ->
                b.keyId(key.arn()).name(name).granteePrincipal(grantee.arn()).operations(GrantOperation.DECRYPT));
    }

    @Test
    void endsWhenRevoked() {
        String id = admin.createGrant(b ->
                        b.keyId(key.arn()).granteePrincipal(grantee.arn()).operations(GrantOperation.GENERATE_DATA_KEY))
                .grantId();
        use(Map.of());
        refused(
                "AccessDeniedException",
                () -> aws.kms(grantee).revokeGrant(b -> b.keyId(key.arn()).grantId(id)));
        admin.revokeGrant(b -> b.keyId(key.arn()).grantId(id));
        refused("AccessDeniedException", () -> use(Map.of()));
        refused(
                "NotFoundException",
                () -> admin.revokeGrant(b -> b.keyId(key.arn()).grantId(id)));
    }

    @Test
    void isRetired_byTheRetiringPrincipalOrByAGranteeThatMay() {
        LocalUser retiring = account.createUser("retiring");
        CreateGrantResponse one = admin.createGrant(b -> b.keyId(key.arn())
                .granteePrincipal(grantee.arn())
                .retiringPrincipal(retiring.arn())
                .operations(GrantOperation.DECRYPT));
        CreateGrantResponse two = admin.createGrant(b -> b.keyId(key.arn())
                .granteePrincipal(grantee.arn())
                .operations(GrantOperation.DECRYPT, GrantOperation.RETIRE_GRANT));
        refused(
                "AccessDeniedException",
                () -> aws.kms(grantee).retireGrant(b -> b.keyId(key.arn()).grantId(one.grantId())));
        aws.kms(retiring).retireGrant(b -> b.grantToken(one.grantToken()));
        aws.kms(grantee).retireGrant(b -> b.keyId(key.arn()).grantId(two.grantId()));
        assertTrue(admin.listGrants(b -> b.keyId(key.arn())).grants().isEmpty());
        refused("InvalidGrantTokenException", () -> admin.retireGrant(b -> b.grantToken(one.grantToken())));
    }

    @Test
    void refusesWhatCannotBeGranted() {
        refused(
                "InvalidArnException",
                () -> admin.createGrant(
                        b -> b.keyId(key.arn()).granteePrincipal("alice").operations(GrantOperation.DECRYPT)));
        refused(
                "ValidationException",
                () -> admin.createGrant(b ->
                        b.keyId(key.arn()).granteePrincipal(grantee.arn()).operations(GrantOperation.GENERATE_MAC)));
        refused(
                "ValidationException",
                () -> admin.createGrant(b -> b.keyId(key.arn()).granteePrincipal(grantee.arn())));
    }
}
