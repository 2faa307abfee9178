package dev.s3envelope.interop;

import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.kms.S3ecKmsKeyring;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalPrincipal;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;

/** A KMS keyring over either kind of client. */
enum Flavor {
    SYNC {
        @Override
        KmsKeyring.Builder keyring(LocalAws aws, LocalPrincipal principal, String... regions) {
            KmsKeyring.Builder builder = KmsKeyring.builder();
            for (String region : regions) {
                builder.client(aws.configure(KmsClient.builder(), principal)
                        .region(Region.of(region))
                        .build());
            }
            return builder;
        }

        @Override
        S3ecKmsKeyring.Builder s3ec(LocalAws aws, LocalPrincipal principal) {
            return S3ecKmsKeyring.builder().client(aws.kms(principal));
        }
    },
    ASYNC {
        @Override
        KmsKeyring.Builder keyring(LocalAws aws, LocalPrincipal principal, String... regions) {
            KmsKeyring.Builder builder = KmsKeyring.builder();
            for (String region : regions) {
                builder.client(aws.configure(KmsAsyncClient.builder(), principal)
                        .region(Region.of(region))
                        .build());
            }
            return builder;
        }

        @Override
        S3ecKmsKeyring.Builder s3ec(LocalAws aws, LocalPrincipal principal) {
            return S3ecKmsKeyring.builder().client(aws.kmsAsync(principal));
        }
    };

    /** A builder with a client for each Region. The HTTP client beneath is the instance's, so nothing is left open. */
    abstract KmsKeyring.Builder keyring(LocalAws aws, LocalPrincipal principal, String... regions);

    abstract S3ecKmsKeyring.Builder s3ec(LocalAws aws, LocalPrincipal principal);
}
