package dev.s3envelope.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

@ExtendWith(LocalAwsExtension.class)
class SetupFileTest {
    private static final String FILE = """
            {
              // Two accounts of one organization.
              "accounts": {
                "111122223333": {
                  "organization": "o-example",
                  "keys": {
                    "alias/documents": {
                      "description": "for documents",
                      "policy": {"Version": "2012-10-17", "Statement": [
                        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
                        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:user/bob"},
                         "Action": "kms:Decrypt", "Resource": "*"}]}
                    },
                    "alias/mac": {"spec": "HMAC_256"},
                    "alias/gone": {"state": "Disabled"}
                  },
                  "users": {
                    "alice": {
                      "accessKey": {"id": "AKIALOCALALICE000001", "secret": "a secret of alice for tests only"},
                      "tags": {"team": "a"},
                      "policies": {"use": {"Version": "2012-10-17", "Statement": [
                        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                        {"Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": "${key:alias/documents}"}]}}
                    }
                  },
                  "roles": {
                    "reader": {
                      "trust": {"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                        "Principal": {"AWS": "arn:aws:iam::444455556666:user/bob"}, "Action": "sts:AssumeRole"}},
                      "policies": {"read": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}}
                    }
                  },
                  "buckets": {"documents": {}}
                },
                "444455556666": {
                  "organization": "o-example",
                  "users": {"bob": {"policies": {"all": {"Version": "2012-10-17", "Statement":
                    {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "${key:111122223333:alias/documents}"}}}}}
                }
              }
            }""";

    @Test
    void bringsAccountsKeysAndBucketsAbout_andMakesNothingTwice(LocalAws aws) {
        SetupFile.parse(FILE).apply(aws);
        LocalAccount account = aws.account("111122223333");
        LocalKey documents = account.key("alias/documents");
        LocalUser alice = account.user("alice");
        assertEquals("AKIALOCALALICE000001", alice.credentials().accessKeyId());
        assertEquals(
                documents.arn(),
                aws.kms(alice)
                        .generateDataKey(b -> b.keyId("alias/documents").keySpec(DataKeySpec.AES_256))
                        .keyId());
        assertEquals(
                List.of(alice.arn()),
                account.users().stream().map(LocalUser::arn).toList());
        assertEquals(
                List.of("reader"), account.roles().stream().map(LocalRole::name).toList());
        assertEquals("Disabled", account.key("alias/gone").state());
        aws.s3(alice).headBucket(b -> b.bucket("documents").expectedBucketOwner("111122223333"));

        SetupFile.parse(FILE).apply(aws);
        assertEquals(documents.arn(), account.key("alias/documents").arn());
        assertEquals(3, aws.kms(account.root()).listKeys().keys().size());
    }

    @Test
    void putsKeysOfOtherAccountsIntoPolicies(LocalAws aws) {
        SetupFile.parse(FILE).apply(aws);
        LocalUser bob = aws.account("444455556666").user("bob");
        String arn = aws.account("111122223333").key("alias/documents").arn();
        assertTrue(String.valueOf(bob.policies().get("all")).contains(arn));
    }

    @Test
    void configuresBuckets(LocalAws aws) {
        SetupFile.parse("""
                {"accounts": {"777788889999": {
                  "keys": {"alias/eu": {"region": "eu-west-1"}},
                  "buckets": {"configured": {
                    "region": "eu-west-1", "versioning": true,
                    "defaultEncryption": {"mode": "aws:kms", "key": "alias/eu", "bucketKey": true},
                    "policy": {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject",
                      "Resource": "arn:aws:s3:::configured/*"}}}}}}}""").apply(aws);
        LocalAccount account = aws.account("777788889999");
        try (S3Client s3 = aws.configure(S3Client.builder(), account.root())
                .region(Region.EU_WEST_1)
                .build()) {
            s3.putObject(b -> b.bucket("configured").key("a"), RequestBody.fromString("hello"));
            HeadObjectResponse head = s3.headObject(b -> b.bucket("configured").key("a"));
            assertEquals(account.key("alias/eu", "eu-west-1").arn(), head.ssekmsKeyId());
            assertTrue(head.bucketKeyEnabled());
            assertEquals(
                    "Enabled",
                    s3.getBucketVersioning(b -> b.bucket("configured")).statusAsString());
            assertThrows(
                    S3Exception.class,
                    () -> s3.deleteObject(b -> b.bucket("configured").key("a")));
        }
    }

    @Test
    void readsAFile(LocalAws aws, @TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("setup.json"), FILE);
        SetupFile.load(file).apply(aws);
        assertEquals(Map.of(), aws.account("444455556666").role("new").policies());
        SetupFileException e =
                assertThrows(SetupFileException.class, () -> SetupFile.load(directory.resolve("none.json")));
        assertTrue(String.valueOf(e.getMessage()).contains("none.json"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{                                                              | ``",
                "{\"account\": {}}                                              | ``",
                "{\"accounts\": {\"12\": {}}}                                   | accounts.12",
                "{\"accounts\": {\"111122223333\": {\"user\": {}}}}             | accounts.111122223333",
                "{\"accounts\": {\"111122223333\": {\"users\": []}}}            | accounts.111122223333.users",
                "{\"accounts\": {\"111122223333\": {\"users\": {\"a b\": {}}}}} | accounts.111122223333.users.a b",
                "{\"accounts\": {\"111122223333\": {\"users\": {\"a\": {\"policies\": {\"p\": {}}}}}}}"
                        + " | accounts.111122223333.users.a.policies.p",
                "{\"accounts\": {\"111122223333\": {\"users\": {\"a\": {\"policies\": {\"p\": \"${key:alias/x}\"}}}}}}"
                        + " | accounts.111122223333.users.a.policies.p",
                "{\"accounts\": {\"111122223333\": {\"roles\": {\"a\": {\"trust\": {\"Statement\": 1}}}}}}"
                        + " | accounts.111122223333.roles.a.trust",
                "{\"accounts\": {\"111122223333\": {\"keys\": {\"alias/x\": {\"state\": \"Asleep\"}}}}}"
                        + " | accounts.111122223333.keys.alias/x.state",
                "{\"accounts\": {\"111122223333\": {\"keys\": {\"alias/x\": {\"spec\": \"DES\"}}}}}"
                        + " | accounts.111122223333.keys.alias/x",
                "{\"accounts\": {\"111122223333\": {\"keys\": {\"alias/x\": {\"multiRegion\": \"yes\"}}}}}"
                        + " | accounts.111122223333.keys.alias/x.multiRegion",
                "{\"accounts\": {\"111122223333\": {\"buckets\": {\"No\": {}}}}} | accounts.111122223333.buckets.No"
            })
    void namesThePlace_whenSomethingIsWrong(String json, String path) {
        try (LocalAws aws = LocalAws.start()) {
            SetupFileException e = assertThrows(
                    SetupFileException.class, () -> SetupFile.parse(json).apply(aws));
            assertEquals(path, e.path());
            String message = String.valueOf(e.getMessage());
            assertTrue(message.startsWith(path.isEmpty() ? "set-up file: " : path + ": "), message);
        }
    }
}
