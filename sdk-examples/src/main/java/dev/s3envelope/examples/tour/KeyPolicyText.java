package dev.s3envelope.examples.tour;

/** Key policies, as KMS takes them. */
final class KeyPolicyText {
    private KeyPolicyText() {}

    /** The account's administrators decide by IAM policies, and the other account's too, for the use of the key. */
    static String sharedWith(String account, String otherAccount) {
        return """
                {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:root"}, "Action": "kms:*", "Resource": "*"},
                  {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:root"},
                   "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "*"}]}
                """.formatted(account, otherAccount);
    }

    /** The account's administrators decide by IAM policies; one principal may decrypt without one. */
    static String readableBy(String account, String principalArn) {
        return """
                {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:root"}, "Action": "kms:*", "Resource": "*"},
                  {"Effect": "Allow", "Principal": {"AWS": "%s"}, "Action": "kms:Decrypt", "Resource": "*"}]}
                """.formatted(account, principalArn);
    }
}
