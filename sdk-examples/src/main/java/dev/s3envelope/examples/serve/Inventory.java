package dev.s3envelope.examples.serve;

import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalRole;
import dev.s3envelope.local.LocalUser;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.services.kms.model.AliasListEntry;
import software.amazon.awssdk.services.s3.model.Bucket;

/** What a LocalAws holds, as lines of a shell script: the first user's credentials are exported, the rest are comments. */
final class Inventory {
    private final LocalAws aws;

    Inventory(LocalAws aws) {
        this.aws = aws;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        boolean exported = false;
        for (LocalAccount account : aws.accounts()) {
            lines.add("# account " + account.id());
            for (LocalUser user : account.users()) {
                lines.add("# user " + user.name() + ": " + user.arn());
                lines.add((exported ? "#   " : "") + export(user.credentials()));
                exported = true;
            }
            for (LocalRole role : account.roles()) {
                lines.add("# role " + role.name() + ": " + role.arn());
            }
            for (AliasListEntry alias : aws.kms(account.root()).listAliases().aliases()) {
                if (alias.targetKeyId() != null) {
                    lines.add("# key " + alias.aliasName() + ": "
                            + account.key(alias.aliasName()).arn());
                }
            }
            for (Bucket bucket : aws.s3(account.root()).listBuckets().buckets()) {
                lines.add("# bucket " + bucket.name());
            }
        }
        return lines;
    }

    private static String export(AwsCredentials credentials) {
        return "export AWS_ACCESS_KEY_ID=" + credentials.accessKeyId() + " AWS_SECRET_ACCESS_KEY="
                + credentials.secretAccessKey();
    }
}
