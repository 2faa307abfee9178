package dev.s3envelope.local.internal.kms;

/** Key policies that AWS writes by itself. */
final class KeyPolicies {
    private KeyPolicies() {}

    /** What CreateKey attaches when no policy is given ("Default key policy" in the KMS developer guide). */
    static String customerDefault(String partition, String account) {
        return """
                {
                  "Version" : "2012-10-17",
                  "Id" : "key-default-1",
                  "Statement" : [ {
                    "Sid" : "Enable IAM User Permissions",
                    "Effect" : "Allow",
                    "Principal" : { "AWS" : "arn:%s:iam::%s:root" },
                    "Action" : "kms:*",
                    "Resource" : "*"
                  } ]
                }""".formatted(partition, account);
    }

    /** The policy of an account's aws/s3 key in one Region: use through S3 only, metadata directly. */
    static String awsManagedS3(String region, String account) {
        return """
                {
                  "Version" : "2012-10-17",
                  "Id" : "auto-s3-2",
                  "Statement" : [ {
                    "Sid" : "Allow access through S3 for all principals in the account that are authorized to use S3",
                    "Effect" : "Allow",
                    "Principal" : { "AWS" : "*" },
                    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey" ],
                    "Resource" : "*",
                    "Condition" : {
                      "StringEquals" : {
                        "kms:CallerAccount" : "%2$s",
                        "kms:ViaService" : "s3.%3$s.%4$s"
                      }
                    }
                  }, {
                    "Sid" : "Allow direct access to key metadata to the account",
                    "Effect" : "Allow",
                    "Principal" : { "AWS" : "arn:%1$s:iam::%2$s:root" },
                    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*" ],
                    "Resource" : "*"
                  } ]
                }""".formatted(Partitions.of(region), account, region, Partitions.suffix(region));
    }
}
