package dev.s3envelope.core.arn;

import static dev.s3envelope.core.Refused.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalKeyException;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyReferenceTest {
    private static final String UUID = "1234abcd-12ab-34cd-56ef-1234567890ab";
    private static final String MRK = "mrk-1234abcd12ab34cd56ef1234567890ab";
    private static final String ARN = "arn:aws:kms:eu-west-1:111122223333:key/" + UUID;

    @Test
    void readsEachPart_whenArnIsWellFormed() {
        KeyArn arn = KeyArn.parse(ARN);

        assertEquals("aws", arn.partition());
        assertEquals("eu-west-1", arn.region());
        assertEquals(AccountId.of("111122223333"), arn.account());
        assertEquals(UUID, arn.keyId());
        assertFalse(arn.isMultiRegion());
        assertEquals(ARN, arn.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "aws, us-east-1",
        "aws, il-central-1",
        "aws, mx-central-1",
        "aws-cn, cn-north-1",
        "aws-us-gov, us-gov-west-1",
        "aws-iso, us-iso-east-1",
        "aws-iso-b, us-isob-east-1",
        "aws-iso-e, eu-isoe-west-1",
        "aws-iso-f, us-isof-south-1",
        "aws-eusc, eusc-de-east-1"
    })
    void acceptsRegionOfItsPartition_whateverThePartition(String partition, String region) {
        String text = "arn:" + partition + ":kms:" + region + ":111122223333:key/" + MRK;

        KeyArn arn = KeyArn.parse(text);

        assertEquals(text, arn.text());
        assertTrue(arn.isMultiRegion());
        assertEquals(Optional.of(partition), KeyArn.partitionOf(region));
    }

    @ParameterizedTest
    @CsvSource({"aws, eu-north-9", "aws-cn, cn-east-7", "aws-us-gov, us-gov-central-1", "aws-eusc, eusc-de-west-2"})
    void acceptsRegionNewerThanTheMetadata_whenItHasThePartitionsForm(String partition, String region) {
        assertEquals(
                region,
                KeyArn.parse("arn:" + partition + ":kms:" + region + ":111122223333:key/" + UUID)
                        .region());
    }

    @ParameterizedTest
    @CsvSource({
        "arn:aws:kms:cn-north-1:111122223333:key/U, Region cn-north-1 is in partition aws-cn, 13",
        "arn:aws-cn:kms:eu-west-1:111122223333:key/U, Region eu-west-1 is in partition aws, 16",
        "arn:aws:kms:us-iso-east-1:111122223333:key/U, partition aws-iso, 13",
        "arn:aws:kms:EU-WEST-1:111122223333:key/U, is not a Region, 13",
        "arn:aws:kms:eu-west_x-1:111122223333:key/U, is not a Region, 13",
        "arn:aws:kms:aws-global:111122223333:key/U, is not a Region, 13",
        "arn:aws:kms::111122223333:key/U, the Region is missing, 13",
        "arn:aws-mars:kms:eu-west-1:111122223333:key/U, unknown partition, 5",
        "arn::kms:eu-west-1:111122223333:key/U, unknown partition, 5",
        "arn:aws:s3:eu-west-1:111122223333:key/U, the service is, 9",
        "arn:aws:kms:eu-west-1:11112222333:key/U, is not 12 digits, 23",
        "arn:aws:kms:eu-west-1::key/U, is not 12 digits, 23",
        "arn:aws:kms:eu-west-1:11112222333a:key/U, is not 12 digits, 23",
        "arn:aws:kms:eu-west-1:111122223333:grant/U, the resource is not, 36",
        "arn:aws:kms:eu-west-1:111122223333:key/, the key id is missing, 40",
        "arn:aws:kms:eu-west-1:111122223333:key/1234ABCD-12ab-34cd-56ef-1234567890ab, lower-case, 40",
        "arn:aws:kms:eu-west-1:111122223333:key/mrk-12, multi-Region key id, 40",
        "arn:aws:kms:eu-west-1:111122223333:alias/mine, it names an alias, 36",
        "arn:aws:kms:eu-west-1:111122223333, it ends within the account, 35",
        "arn:aws:kms, it ends within the service, 12",
        "urn:aws:kms:eu-west-1:111122223333:key/U, does not start with, 1",
        "key/U, it ends within the prefix, 41"
    })
    void saysWhatIsWrongAndWhere_whenArnIsMalformed(String template, String why, int character) {
        String text = template.replace("/U", "/" + UUID);

        IllegalKeyException e = assertThrows(IllegalKeyException.class, () -> KeyArn.parse(text));

        assertTrue(message(e).contains(why), message(e));
        assertTrue(message(e).contains("(at character " + character + ")"), message(e));
        assertTrue(KeyArn.tryParse(text).isEmpty());
    }

    @Test
    void readsFourForms_whenParsed() {
        assertInstanceOf(KeyArn.class, KeyReference.parse(ARN));
        assertInstanceOf(KeyId.class, KeyReference.parse(UUID));
        assertTrue(assertInstanceOf(KeyId.class, KeyReference.parse(MRK)).isMultiRegion());
        assertEquals(new AliasName("alias/team/key_1-x"), KeyReference.parse("alias/team/key_1-x"));
        AliasArn alias =
                assertInstanceOf(AliasArn.class, KeyReference.parse("arn:aws:kms:eu-west-1:111122223333:alias/mine"));
        assertEquals("alias/mine", alias.alias().text());
        assertEquals(alias, AliasArn.parse(alias.text()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "mine",
                "alias/",
                "alias/sp ace",
                "alias/um\u00e4",
                "ALIAS/x",
                "alias",
                "arn:",
                "arn:aws:kms:::",
                "mrk-1234",
                "1234abcd12ab34cd56ef1234567890ab",
                "1234abcd-12ab-34cd-56ef-1234567890ab ",
                "arn:aws:kms:eu-west-1:111122223333:alias/",
                "arn:aws:kms:eu-west-1:111122223333:alias/a b",
                "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\n"
            })
    void refusesText_whenItIsNoneOfTheForms(String text) {
        assertThrows(IllegalKeyException.class, () -> KeyReference.parse(text));
    }

    @Test
    void pointsAtTheCharacter_whenAliasHasOneThatNoAliasMayHave() {
        IllegalKeyException name = assertThrows(IllegalKeyException.class, () -> AliasName.parse("alias/a b"));
        IllegalKeyException arn = assertThrows(
                IllegalKeyException.class, () -> AliasArn.parse("arn:aws:kms:eu-west-1:111122223333:alias/a b"));

        assertTrue(message(name).contains("not ' ' (at character 8)"), message(name));
        assertTrue(message(arn).contains("not ' ' (at character 43)"), message(arn));
    }

    @Test
    void refusesAliasLongerThan256_andTakesOneOf256() {
        String longest = "alias/" + "a".repeat(250);

        assertEquals(longest, AliasName.parse(longest).text());
        assertThrows(IllegalKeyException.class, () -> AliasName.parse(longest + "a"));
    }

    @Test
    void tellsReservedAliases() {
        assertTrue(KeyReference.parse("alias/aws/s3").isAwsManagedS3());
        assertTrue(KeyReference.parse("arn:aws:kms:eu-west-1:111122223333:alias/aws/s3")
                .isAwsManagedS3());
        assertTrue(KeyReference.parse("alias/aws/ebs").isReservedAlias());
        assertFalse(KeyReference.parse("alias/aws/ebs").isAwsManagedS3());
        assertFalse(KeyReference.parse("alias/awsome").isReservedAlias());
        assertFalse(KeyReference.parse(ARN).isReservedAlias());
    }

    @Test
    void shortensAndEscapes_whenTheRefusedTextIsLongOrBinary() {
        IllegalKeyException e = assertThrows(
                IllegalKeyException.class, () -> KeyReference.parse("arn:\u0000\r\n\"" + "x".repeat(5000)));

        assertTrue(message(e).contains("arn:\\u0000\\u000d\\u000a\\\""), message(e));
        assertTrue(message(e).length() < 500);
    }

    @Test
    void refusesParts_whenTheyMakeNoArn() {
        AccountId account = AccountId.of("111122223333");

        assertThrows(IllegalKeyException.class, () -> new KeyArn("aws", "cn-north-1", account, UUID));
        assertThrows(IllegalKeyException.class, () -> new KeyArn("aws", "eu-west-1", account, "x"));
        assertThrows(
                IllegalKeyException.class, () -> new AliasArn("aws", "nowhere", account, new AliasName("alias/x")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "11112222333",
                "1111222233334",
                "11112222333x",
                "\u0661\u0661\u0661\u0661\u0662\u0662\u0662\u0662\u0663\u0663\u0663\u0663"
            })
    void refusesAccount_whenNotTwelveAsciiDigits(String text) {
        assertThrows(EnvelopeException.class, () -> AccountId.of(text));
        assertTrue(AccountId.tryParse(text).isEmpty());
    }

    @Test
    void replicasOfAMultiRegionKeyDiffer() {
        assertFalse(KeyArn.parse("arn:aws:kms:eu-west-1:111122223333:key/" + MRK)
                .equals(KeyArn.parse("arn:aws:kms:us-east-1:111122223333:key/" + MRK)));
    }

    @Test
    void equalsFollowsTheParts() {
        AccountId one = AccountId.of("111122223333");
        AccountId two = AccountId.of("444455556666");
        assertEquals(KeyArn.parse(ARN), new KeyArn("aws", "eu-west-1", one, UUID));
        assertEquals(KeyArn.parse(ARN).hashCode(), new KeyArn("aws", "eu-west-1", one, UUID).hashCode());
        assertFalse(KeyArn.parse(ARN).equals(new KeyArn("aws", "eu-west-1", two, UUID)));
        assertFalse(KeyArn.parse(ARN).equals(new KeyArn("aws", "eu-west-2", one, UUID)));
        assertFalse(KeyArn.parse(ARN).equals(new KeyArn("aws", "eu-west-1", one, MRK)));
    }

    /** Whatever the text, the answer is a reference that prints as the text, or the one declared exception. */
    @Test
    void givesBackTheTextOrRefuses_whateverIsParsed() {
        long seed = 20261120L;
        Random random = new Random(seed);
        String[] good = {ARN, UUID, MRK, "alias/aws/s3", "arn:aws-cn:kms:cn-north-1:444455556666:alias/a/b"};
        String alphabet = "arn:aws-kms/key0189abcdefghil\u0000\ud800 \u00e9*";
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder(good[random.nextInt(good.length)]);
            for (int edit = random.nextInt(3); edit > 0 && text.length() > 0; edit--) {
                int at = random.nextInt(text.length());
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(4)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, c);
                    case 2 -> text.setCharAt(at, c);
                    default -> text.setLength(at);
                }
            }
            try {
                KeyReference reference = KeyReference.parse(text.toString());
                assertEquals(text.toString(), reference.text(), "seed " + seed + ", round " + round);
                assertEquals(reference, KeyReference.parse(reference.text()), "seed " + seed + ", round " + round);
                accepted++;
            } catch (IllegalKeyException e) {
                assertTrue(message(e).contains("at character "), message(e));
            }
        }
        assertTrue(accepted > 5_000 && accepted < 19_000, "accepted " + accepted + ", seed " + seed);
    }
}
