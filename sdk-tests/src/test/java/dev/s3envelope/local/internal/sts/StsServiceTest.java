package dev.s3envelope.local.internal.sts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalRole;
import dev.s3envelope.local.LocalUser;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;
import software.amazon.awssdk.services.sts.model.StsException;

/** STS through the AWS SDK. */
class StsServiceTest {
    private final MovableClock clock = new MovableClock();
    private LocalAws aws;
    private LocalAccount account;
    private LocalAccount other;

    @BeforeEach
    void start() {
        aws = LocalAws.builder().clock(clock).build();
        account = aws.account("111122223333");
        other = aws.account("444455556666");
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    private static String trusting(String principal) {
        return """
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "%s"}, "Action": "sts:AssumeRole"}}""".formatted(principal);
    }

    private static void refused(int status, String code, Executable call) {
        StsException e = assertThrows(StsException.class, call);
        assertEquals(code, e.awsErrorDetails().errorCode());
        assertEquals(status, e.statusCode());
    }

    private AssumeRoleResponse assume(LocalUser user, LocalRole role) {
        return aws.sts(user).assumeRole(b -> b.roleArn(role.arn()).roleSessionName("work"));
    }

    private KmsClient kms(Credentials credentials) {
        return aws.configure(KmsClient.builder(), account.root())
                .credentialsProvider(StaticCredentialsProvider.create(AwsSessionCredentials.create(
                        credentials.accessKeyId(), credentials.secretAccessKey(), credentials.sessionToken())))
                .build();
    }

    @Test
    void tellsWhoIsCalling_whateverThePolicies() {
        LocalUser alice = account.createUser("team/alice").policy("no", """
                {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}""");
        GetCallerIdentityResponse answer = aws.sts(alice).getCallerIdentity();
        assertEquals("111122223333", answer.account());
        assertEquals("arn:aws:iam::111122223333:user/team/alice", answer.arn());
        assertTrue(answer.userId().startsWith("AIDA"));
        assertEquals(
                "arn:aws:iam::111122223333:root",
                aws.sts(account.root()).getCallerIdentity().arn());
    }

    @Test
    void assumesARole_whenItTrustsTheUserByName() {
        LocalUser alice = account.createUser("alice");
        LocalRole role = account.createRole("reader", trusting(alice.arn())).allow("kms:ListKeys");
        AssumeRoleResponse assumed = assume(alice, role);
        assertEquals(
                "arn:aws:sts::111122223333:assumed-role/reader/work",
                assumed.assumedRoleUser().arn());
        try (KmsClient kms = kms(assumed.credentials())) {
            assertTrue(kms.listKeys().keys().isEmpty());
        }
        assertEquals(
                "arn:aws:sts::111122223333:assumed-role/reader/work",
                aws.events().operation("ListKeys").last().principalArn().orElseThrow());
    }

    @Test
    void wantsTheCallersPolicyToo_whenTheRoleTrustsTheAccount() {
        LocalUser alice = account.createUser("alice");
        LocalRole role = account.createRole("reader");
        refused(403, "AccessDenied", () -> assume(alice, role));
        alice.allow("sts:AssumeRole", role.arn());
        assume(alice, role);
    }

    @Test
    void wantsBothSides_whenTheRoleIsOfAnotherAccount() {
        LocalUser bob = other.createUser("bob");
        LocalRole role = account.createRole("reader", trusting(bob.arn()));
        refused(403, "AccessDenied", () -> assume(bob, role));
        bob.allow("sts:AssumeRole", role.arn());
        assume(bob, role);
        LocalUser eve = other.createUser("eve").allow("sts:AssumeRole");
        refused(403, "AccessDenied", () -> assume(eve, role));
    }

    @Test
    void answersAccessDenied_whenTheRoleDoesNotExist() {
        LocalUser alice = account.createUser("alice").allow("sts:*");
        refused(
                403,
                "AccessDenied",
                () -> aws.sts(alice)
                        .assumeRole(b ->
                                b.roleArn("arn:aws:iam::111122223333:role/none").roleSessionName("work")));
        refused(
                400,
                "ValidationError",
                () -> aws.sts(alice).assumeRole(b -> b.roleArn("nonsense").roleSessionName("work")));
    }

    @Test
    void limitsTheSession_byItsSessionPolicy() {
        LocalUser alice = account.createUser("alice");
        LocalRole role = account.createRole("reader", trusting(alice.arn())).allow("kms:*");
        Credentials narrow = aws.sts(alice)
                .assumeRole(b -> b.roleArn(role.arn()).roleSessionName("narrow").policy("""
                        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:ListAliases", "Resource": "*"}}"""))
                .credentials();
        try (KmsClient kms = kms(narrow)) {
            assertTrue(kms.listAliases().aliases().isEmpty());
            KmsException e = assertThrows(KmsException.class, kms::listKeys);
            assertEquals("AccessDeniedException", e.awsErrorDetails().errorCode());
        }
        refused(
                400,
                "MalformedPolicyDocument",
                () -> aws.sts(alice)
                        .assumeRole(b ->
                                b.roleArn(role.arn()).roleSessionName("narrow").policy("{")));
    }

    @Test
    void refusesCredentials_whenTheSessionHasExpired() {
        LocalUser alice = account.createUser("alice");
        LocalRole role = account.createRole("reader", trusting(alice.arn())).allow("kms:*");
        Credentials credentials = aws.sts(alice)
                .assumeRole(b -> b.roleArn(role.arn()).roleSessionName("short").durationSeconds(900))
                .credentials();
        assertEquals(clock.instant().plusSeconds(900), credentials.expiration());
        try (KmsClient kms = kms(credentials)) {
            kms.listKeys();
            clock.step(Duration.ofSeconds(900));
            KmsException e = assertThrows(KmsException.class, kms::listKeys);
            assertEquals("ExpiredTokenException", e.awsErrorDetails().errorCode());
        }
    }

    @Test
    void startsANewSession_whenTheOneOfALocalRoleHasExpired() {
        LocalRole role = account.createRole("reader").allow("kms:*");
        KmsClient kms = aws.kms(role);
        kms.listKeys();
        clock.step(Duration.ofHours(2));
        kms.listKeys();
    }

    @Test
    void refusesDurations_outsideOfTheLimits() {
        LocalUser alice = account.createUser("alice");
        LocalRole role = account.createRole("reader", trusting(alice.arn()));
        refused(
                400,
                "ValidationError",
                () -> aws.sts(alice)
                        .assumeRole(b ->
                                b.roleArn(role.arn()).roleSessionName("work").durationSeconds(899)));
        refused(
                400,
                "ValidationError",
                () -> aws.sts(alice)
                        .assumeRole(b ->
                                b.roleArn(role.arn()).roleSessionName("work").durationSeconds(3601)));
        role.longestSession(Duration.ofHours(2));
        aws.sts(alice)
                .assumeRole(b -> b.roleArn(role.arn()).roleSessionName("work").durationSeconds(7200));
    }

    @Test
    void givesTemporaryCredentials_ofTheSameUser() {
        LocalUser alice = account.createUser("alice").allow("kms:ListKeys");
        Credentials credentials = aws.sts(alice).getSessionToken().credentials();
        try (KmsClient kms = kms(credentials)) {
            kms.listKeys();
        }
        assertEquals(
                alice.arn(),
                aws.events().operation("ListKeys").last().principalArn().orElseThrow());
    }

    private static final class MovableClock extends Clock {
        private Instant now = Instant.parse("2026-11-20T12:00:00Z");

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
