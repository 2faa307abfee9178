package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.local.Event;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.Faults;
import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.http.Caller;
import dev.s3envelope.local.internal.http.HttpCall;
import dev.s3envelope.local.internal.http.Service;
import dev.s3envelope.local.internal.iam.Accounts;
import dev.s3envelope.local.internal.iam.Credential;
import dev.s3envelope.local.internal.iam.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * KMS over the wire: AWS JSON 1.1, the operation named by {@code X-Amz-Target: TrentService.Operation}. Every request, refused ones
 * included, is an event in the log before its answer leaves. Thread-safe.
 */
public final class KmsService implements Service {
    private static final String TARGET = "TrentService.";
    private static final int BODY_LIMIT = 1 << 20;

    private final KmsOperations operations;
    private final Accounts accounts;
    private final EventLog events;
    private final Clock clock;
    private final Duration latency;

    KmsService(KmsOperations operations, Accounts accounts, EventLog events, Clock clock, Duration latency) {
        this.operations = operations;
        this.accounts = accounts;
        this.events = events;
        this.clock = clock;
        this.latency = latency;
    }

    @Override
    public String name() {
        return "kms";
    }

    @Override
    public String operation(HttpCall call) {
        String target = call.header("x-amz-target");
        return target != null && target.startsWith(TARGET) ? target.substring(TARGET.length()) : "Unknown";
    }

    @Override
    public void handle(HttpCall call, Caller caller) throws IOException {
        Credential credential = caller.credential();
        if (credential == null) {
            throw new AwsError(400, "MissingAuthenticationTokenException", "Missing Authentication Token");
        }
        byte[] body = call.body().readNBytes(BODY_LIMIT + 1);
        if (body.length > BODY_LIMIT) {
            throw new AwsError(413, "RequestEntityTooLargeException", "The request body is too large.");
        }
        Identity identity = accounts.identity(credential);
        KmsCall kms = new KmsCall(
                operation(call),
                Parameters.parse(body),
                identity,
                caller.region(),
                call.secure(),
                call.remoteAddress(),
                null);
        byte[] answer;
        try {
            answer = serve(kms, credential, call.requestId(), null).toString().getBytes(StandardCharsets.UTF_8);
        } catch (AwsError error) {
            write(call, error);
            return;
        }
        call.respond(200, headers(call), answer);
    }

    /** Serves a call from the wire or from S3, and logs it; the front end has already seen to the faults of a call from the wire. */
    ObjectNode serve(KmsCall call, Credential credential, String requestId, Faults.@Nullable Fault fault) {
        Event.Builder event = Event.builder(clock.instant(), requestId, "kms", call.operation())
                .region(call.region())
                .caller(call.identity().arn(), call.account(), credential.accessKeyId())
                .viaService(call.viaService())
                .secure(call.secure());
        try {
            pause(latency);
            if (fault instanceof Faults.Delay delay) {
                pause(delay.time());
            } else if (fault instanceof Faults.Failure failure) {
                throw new AwsError(failure.status(), failure.code(), failure.message());
            }
            ObjectNode answer = operations.serve(call);
            event.status(200);
            return answer;
        } catch (AwsError error) {
            event.error(error.status(), error.code(), error.text());
            throw error;
        } catch (RuntimeException e) {
            event.error(500, "KMSInternalException", "");
            throw e;
        } finally {
            if (call.in().has("DryRun")) {
                event.detail("dryRun", call.in().rawText("DryRun"));
            }
            call.details().forEach(event::detail);
            events.record(event.resource(call.resource())
                    .encryptionContext(call.context())
                    .evidence(call.evidence())
                    .build());
        }
    }

    /** An error from before the call reached its operation: a bad signature, a fault made to order. */
    @Override
    public void respond(HttpCall call, AwsError error) {
        events.record(Event.builder(clock.instant(), call.requestId(), "kms", operation(call))
                .secure(call.secure())
                .error(error.status(), error.code(), error.text())
                .build());
        write(call, error);
    }

    private static void write(HttpCall call, AwsError error) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("__type", error.code());
        if (!error.text().isEmpty()) {
            body.put("message", error.text());
        }
        error.details().forEach(body::put);
        call.respond(error.status(), headers(call), body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> headers(HttpCall call) {
        return Map.of("content-type", "application/x-amz-json-1.1", "x-amzn-requestid", call.requestId());
    }

    private static void pause(Duration time) {
        if (time.isZero()) {
            return;
        }
        try {
            Thread.sleep(time.toMillis(), time.toNanosPart() % 1_000_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AwsError(500, "KMSInternalException", "");
        }
    }
}
