package dev.s3envelope.core.arn;

import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.internal.Text;
import java.util.Optional;

/**
 * Takes {@code arn:partition:kms:region:account:resource} apart, and says at which character it stopped being one. The
 * general ARN parser of the AWS SDK accepts any service, any Region and any resource, so it cannot tell a key from a typo.
 */
final class KmsArnParser {
    private static final int LONGEST = 2048;

    private final String text;
    private final String expected;
    private int position;

    private KmsArnParser(String text, String expected) {
        this.text = text;
        this.expected = expected;
    }

    /** The parts of a well-formed KMS ARN whose resource is not looked at yet; it starts at {@code resourceAt}. */
    record Parts(String partition, String region, AccountId account, String resource, int resourceAt) {}

    static Parts parse(String text, String expected) {
        return new KmsArnParser(text, expected).parts();
    }

    private Parts parts() {
        if (text.length() > LONGEST) {
            throw refuse(LONGEST, "it is longer than " + LONGEST + " characters");
        }
        if (!field("the prefix \"arn\"").equals("arn")) {
            throw refuse(0, "it does not start with \"arn:\"");
        }
        int partitionAt = position;
        String partition = field("the partition");
        if (!Partitions.exists(partition)) {
            throw refuse(partitionAt, Partitions.problem(partition, "").orElseThrow());
        }
        int serviceAt = position;
        String service = field("the service");
        if (!service.equals("kms")) {
            throw refuse(serviceAt, "the service is " + Text.quote(service) + ", not \"kms\"");
        }
        int regionAt = position;
        String region = field("the Region");
        Optional<String> problem = Partitions.problem(partition, region);
        if (problem.isPresent()) {
            throw refuse(regionAt, problem.get());
        }
        int accountAt = position;
        String account = field("the account");
        AccountId id = AccountId.tryParse(account)
                .orElseThrow(() -> refuse(accountAt, "the account " + Text.quote(account) + " is not 12 digits"));
        return new Parts(partition, region, id, text.substring(position), position);
    }

    private String field(String what) {
        int colon = text.indexOf(':', position);
        if (colon < 0) {
            throw refuse(text.length(), "it ends within " + what);
        }
        String field = text.substring(position, colon);
        position = colon + 1;
        return field;
    }

    private IllegalKeyException refuse(int at, String why) {
        return refusal(text, expected, at, why);
    }

    static IllegalKeyException refusal(String text, String expected, int at, String why) {
        return new IllegalKeyException(
                "Not " + expected + ": " + Text.quote(text) + ": " + why + " (at character " + (at + 1) + ").");
    }
}
