package dev.s3envelope.core.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.arn.AccountId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketDirectoryTest {
    private static final AccountId ONE = AccountId.of("111122223333");
    private static final AccountId TWO = AccountId.of("444455556666");

    @ParameterizedTest
    @CsvSource({
        "logs-111122223333-eu-west-1-an, 111122223333, eu-west-1",
        "a-b-c-111122223333-us-gov-west-1-an, 111122223333, us-gov-west-1",
        "x-000000000001-ap-southeast-2-an, 000000000001, ap-southeast-2",
        "logs-111122223333-eu-west-1, , ",
        "logs-11112222333-eu-west-1-an, , ",
        "logs-111122223333-eu-an, , ",
        "111122223333-eu-west-1-an, , ",
        "logs111122223333-eu-west-1-an, , ",
        "plain, , ",
        "arn:aws:s3:eu-west-1:111122223333:accesspoint/mine, , eu-west-1",
        "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap, , "
    })
    void readsWhatTheNameSays(String bucket, String owner, String region) {
        BucketFacts facts = BucketDirectory.fromNames().facts(bucket);

        assertEquals(Optional.ofNullable(owner).map(AccountId::of), facts.owner());
        assertEquals(Optional.ofNullable(region), facts.region());
    }

    @Test
    void prefersConfigurationToTheName_andTheNameToTheRest() {
        String named = "logs-111122223333-eu-west-1-an";
        BucketDirectory directory = BucketDirectory.builder()
                .bucket(named, TWO)
                .bucket("other", ONE, "us-east-1")
                .allOthersOwnedBy(TWO)
                .build();

        assertEquals(new BucketFacts(named, Optional.of(TWO), Optional.of("eu-west-1")), directory.facts(named));
        assertEquals(new BucketFacts("other", Optional.of(ONE), Optional.of("us-east-1")), directory.facts("other"));
        assertEquals(Optional.of(TWO), directory.facts("anything").owner());
        assertEquals(
                Optional.of(ONE), directory.facts("x-111122223333-eu-west-1-an").owner());
    }

    @Test
    void keepsTheOwnerUnknown_whereNothingSaysIt() {
        assertEquals(
                Optional.empty(),
                BucketDirectory.builder().build().facts("anything").owner());
    }

    @Test
    void refusesWhatIsNoBucketField() {
        Refused.by(EnvelopeException.class, () -> BucketDirectory.fromNames().facts("a b"), "Not a bucket name");
    }
}
