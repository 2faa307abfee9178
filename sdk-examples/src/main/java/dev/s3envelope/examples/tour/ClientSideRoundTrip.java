package dev.s3envelope.examples.tour;

import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.KeySources;
import dev.s3envelope.examples.tour.Outcome.Answer;
import dev.s3envelope.examples.tour.Stage.Numbered;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.local.Event;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Every file encrypted before S3 sees it, over SSE-S3, and back; and what S3 stores. */
final class ClientSideRoundTrip implements Scenario {
    private static final int MESSAGE_VERSION = 2;
    private static final int SUITE = 0x0478;

    @Override
    public String title() {
        return "Client-side under a KMS key, over SSE-S3";
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        String bucket = stage.bucket("client-side");
        String key = stage.key(stage.alice(), "client-side");
        Keyring keyring = KmsKeyring.builder()
                .client(stage.kms(stage.alice()))
                .generator(key)
                .build();
        EncryptionPolicy policy =
                EncryptionPolicy.fromJson("""
                {"version": 1, "rules": [
                  {"name": "here", "strength": "enforce",
                   "mode": {"type": "client-side", "keyring": "ours", "over": {"type": "sse-s3"}}}]}
                """, KeySources.none().withKeyring("ours", keyring));
        S3Client s3 = stage.envelope(stage.alice(), policy);
        S3Client plain = stage.plain(stage.alice());
        int files = stage.files().size();
        EventMark mark = stage.mark();
        Finding back = new Finding(
                "put and get " + files + " files, rule here",
                Answer.empty()
                        .with("mode beneath", "AES256")
                        .with("identical", files + " of " + files)
                        .with("length", "the plaintext's"),
                stage.attempt(() -> roundTrip(stage, s3, bucket)));
        Finding keys = new Finding(
                "KMS is asked by us, not by S3",
                Answer.empty()
                        .with("calls", "Decrypt, GenerateDataKey")
                        .with("via S3", 0)
                        .with("context", "arn:aws:s3:::" + bucket),
                asked(stage, mark));
        Finding stored = new Finding(
                "the same objects with a plain client: what S3 stores",
                Answer.empty()
                        .with("AWS Encryption SDK messages", files + " of " + files)
                        .with("equal to the file", 0),
                stage.attempt(() -> stored(stage, plain, bucket)));
        return List.of(back, keys, stored);
    }

    private static Answer roundTrip(Stage stage, S3Client s3, String bucket) throws IOException {
        int identical = 0;
        int lengths = 0;
        Set<String> beneath = new TreeSet<>();
        for (Numbered file : stage.files()) {
            s3.putObject(request -> request.bucket(bucket).key(file.name()), RequestBody.fromFile(file.path()));
            HeadObjectResponse head =
                    s3.headObject(request -> request.bucket(bucket).key(file.name()));
            beneath.add(Stage.modeOf(head));
            lengths += head.contentLength() == Files.size(file.path()) ? 1 : 0;
            identical += stage.readsBack(s3, bucket, file.name(), file.path()) ? 1 : 0;
        }
        int files = stage.files().size();
        return Answer.empty()
                .with("mode beneath", String.join(", ", beneath))
                .with("identical", identical + " of " + files)
                .with("length", lengths == files ? "the plaintext's" : "another");
    }

    private static Answer asked(Stage stage, EventMark mark) {
        List<Event> calls = stage.events(mark).service("kms").list();
        Set<String> operations = new TreeSet<>();
        Set<String> contexts = new TreeSet<>();
        calls.forEach(call -> {
            operations.add(call.operation());
            contexts.add(call.encryptionContext().getOrDefault("aws:s3:arn", "none"));
        });
        return Answer.empty()
                .with("calls", String.join(", ", operations))
                .with("via S3", stage.events(mark).service("kms").viaService().size())
                .with("context", String.join(", ", contexts));
    }

    private static Answer stored(Stage stage, S3Client plain, String bucket) throws IOException {
        int messages = 0;
        int equal = 0;
        for (Numbered file : stage.files()) {
            try (ResponseInputStream<GetObjectResponse> body =
                            plain.getObject(request -> request.bucket(bucket).key(file.name()));
                    InputStream original = Files.newInputStream(file.path())) {
                byte[] start = body.readNBytes(3);
                boolean message = start.length == 3
                        && start[0] == MESSAGE_VERSION
                        && ((start[1] & 0xff) << 8 | (start[2] & 0xff)) == SUITE;
                messages += message ? 1 : 0;
                equal += Arrays.equals(start, original.readNBytes(3)) ? 1 : 0;
            }
        }
        return Answer.empty()
                .with(
                        "AWS Encryption SDK messages",
                        messages + " of " + stage.files().size())
                .with("equal to the file", equal);
    }
}
