package dev.s3envelope.examples.tour;

import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.MultiKeyring;
import dev.s3envelope.core.keyring.RawRsaKeyring;
import dev.s3envelope.core.keyring.RsaKeys;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.examples.tour.Outcome.Answer;
import dev.s3envelope.examples.tour.Outcome.AwsRefusal;
import dev.s3envelope.kms.KmsKeyring;
import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** A second wrapped key under an RSA key that is kept offline: what is left when the KMS key goes. */
final class OfflineRecovery implements Scenario {
    private static final String OBJECT = "archive.tar";

    @Override
    public String title() {
        return "Client-side: the KMS key is about to be deleted, the recovery key reads";
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        String bucket = stage.bucket("recovery");
        String key = stage.key(stage.alice(), "recovery");
        KeyPair pair = rsa();
        Keyring kms = KmsKeyring.builder()
                .client(stage.kms(stage.alice()))
                .generator(key)
                .build();
        S3Client writer = stage.envelope(
                stage.alice(), always(new MultiKeyring(kms, List.of(recovery(RsaKeys.of(pair.getPublic()))))));
        S3Client reader = stage.envelope(stage.alice(), always(kms));
        S3Client restorer = stage.builder(stage.bob(), EncryptionPolicy.always(EncryptionMode.bucketDefault()))
                .readKeyring(recovery(RsaKeys.of(pair.getPrivate())))
                .build();
        writer.putObject(request -> request.bucket(bucket).key(OBJECT), RequestBody.fromString("archive"));
        Answer archive = Answer.empty().with("read", "archive");
        Finding before = new Finding("alice reads, KMS decrypts", archive, read(stage, reader, bucket));
        stage.kms(stage.alice())
                .scheduleKeyDeletion(request -> request.keyId(key).pendingWindowInDays(7));
        Finding without = new Finding(
                "deletion scheduled; alice reads",
                new AwsRefusal(400, "KMSInvalidStateException", Optional.empty()),
                read(stage, reader, bucket));
        EventMark mark = stage.mark();
        Outcome seen = read(stage, restorer, bucket);
        Finding restored = new Finding(
                "bob, without KMS rights, reads with the offline RSA key",
                archive.with("KMS calls", 0),
                seen instanceof Answer answer
                        ? answer.with(
                                "KMS calls", stage.events(mark).service("kms").size())
                        : seen);
        return List.of(before, without, restored);
    }

    private static EncryptionPolicy always(Keyring keyring) {
        return EncryptionPolicy.always(ClientSide.builder("ours", keyring).build());
    }

    private static Keyring recovery(RsaKeys keys) {
        return new RawRsaKeyring(CryptoProvider.detect(), new SecureRandom(), "tour", "offline", keys);
    }

    private static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(3072);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no RSA", e);
        }
    }

    private static Outcome read(Stage stage, S3Client s3, String bucket) throws IOException {
        return stage.attempt(() -> Answer.empty()
                .with(
                        "read",
                        s3.getObjectAsBytes(request -> request.bucket(bucket).key(OBJECT))
                                .asUtf8String()));
    }
}
