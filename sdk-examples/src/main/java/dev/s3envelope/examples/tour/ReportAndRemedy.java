package dev.s3envelope.examples.tour;

import dev.s3envelope.core.access.AccessReport;
import dev.s3envelope.core.advice.AdvisedPolicy;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.examples.tour.Outcome.Answer;
import dev.s3envelope.examples.tour.Outcome.AwsRefusal;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.Diagnosis;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A read that KMS denies, the report on it, and the same read after what the report advises was done. */
final class ReportAndRemedy implements Scenario {
    private static final String OBJECT = "report.txt";

    @Override
    public String title() {
        return "A denied read, its report, and the statement that opens the gate";
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        String bucket = stage.bucket("remedy");
        String key = stage.key(stage.alice(), "remedy");
        EncryptionPolicy policy = EncryptionPolicy.always(EncryptionMode.sseKms(KeyReference.parse(key)));
        stage.envelope(stage.alice(), policy)
                .putObject(
                        request -> request.bucket(bucket).key(OBJECT),
                        RequestBody.fromFile(stage.files().get(0).path()));
        LocalUser dora = stage.newcomer("dora");
        S3Client s3 = stage.builder(dora, policy).diagnose(Diagnosis.active()).build();

        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding(
                "dora, with S3 rights alone, reads",
                new AwsRefusal(403, "AccessDenied", Optional.of("kms:Decrypt")),
                stage.attempt(() -> read(stage, s3, bucket))));
        AccessReport report = reportOn(s3, bucket);
        findings.add(new Finding(
                "the report that the exception carries",
                Answer.empty()
                        .with("S3 gate", "ALLOWED")
                        .with("KMS gate", "DENIED")
                        .with("who", dora.arn())
                        .with("action", "kms:Decrypt")
                        .with("key", key),
                facts(report)));
        List<AdvisedPolicy> advised = report.remedy().policies();
        findings.add(new Finding(
                "what it advises",
                Answer.empty().with("identity policy of " + dora.arn(), statement(key, bucket)),
                advised(advised)));
        advised.forEach(each -> dora.policy("advised", each.json()));
        findings.add(new Finding(
                "dora reads after the statement was added",
                Answer.empty().with("same bytes", true),
                stage.attempt(() -> read(stage, s3, bucket))));
        return findings;
    }

    private static Answer read(Stage stage, S3Client s3, String bucket) throws IOException {
        return Answer.empty()
                .with(
                        "same bytes",
                        stage.readsBack(s3, bucket, OBJECT, stage.files().get(0).path()));
    }

    private static AccessReport reportOn(S3Client s3, String bucket) {
        try {
            s3.getObjectAsBytes(request -> request.bucket(bucket).key(OBJECT));
        } catch (S3Exception e) {
            return AccessReport.of(e).orElseThrow(() -> e);
        }
        throw new IllegalStateException("the read was to be denied");
    }

    private static Outcome facts(AccessReport report) {
        return Answer.empty()
                .with("S3 gate", report.s3().verdict())
                .with("KMS gate", report.kms().verdict())
                .with("who", report.principal().orElse("not known"))
                .with("action", String.join(", ", report.kmsActions()))
                .with("key", report.key().map(KeyArn::text).orElse("not known"));
    }

    private static Outcome advised(List<AdvisedPolicy> policies) {
        Answer answer = Answer.empty();
        for (AdvisedPolicy policy : policies) {
            answer = answer.with(
                    policy.title(),
                    policy.policy().statements().stream()
                            .map(statement -> statement.actions().stream()
                                            .map(action -> action.value())
                                            .collect(Collectors.joining(", "))
                                    + " on "
                                    + statement.resources().stream()
                                            .map(resource -> resource.value())
                                            .collect(Collectors.joining(", "))
                                    + statement.conditions().stream()
                                            .map(condition ->
                                                    " if " + condition.key().value() + " is " + condition.value())
                                            .collect(Collectors.joining()))
                            .collect(Collectors.joining("; ")));
        }
        return answer;
    }

    private static String statement(String key, String bucket) {
        return "kms:Decrypt on " + key + " if kms:ViaService is s3."
                + KeyArn.parse(key).region() + ".amazonaws.com"
                + " if kms:EncryptionContext:aws:s3:arn is arn:aws:s3:::" + bucket + "/" + OBJECT;
    }
}
