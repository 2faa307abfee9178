package dev.s3envelope.local.internal.sts;

import dev.s3envelope.core.iam.MalformedPolicyException;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.local.Event;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.http.Caller;
import dev.s3envelope.local.internal.http.HttpCall;
import dev.s3envelope.local.internal.http.Service;
import dev.s3envelope.local.internal.iam.Account;
import dev.s3envelope.local.internal.iam.Accounts;
import dev.s3envelope.local.internal.iam.Credential;
import dev.s3envelope.local.internal.iam.Holder;
import dev.s3envelope.local.internal.iam.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * STS over the wire (query protocol, answers in XML): GetCallerIdentity, which needs no permission, AssumeRole and GetSessionToken.
 * Every request is an event in the log. Thread-safe.
 */
public final class StsService implements Service {
    private static final Pattern ROLE = Pattern.compile("arn:[a-z-]+:iam::([0-9]{12}):role/(?:.*/)?([^/]+)");
    private static final Pattern SESSION_NAME = Pattern.compile("[A-Za-z0-9+=,.@_-]{2,64}");
    private static final int LEAST_SESSION = 900;
    private static final int MOST_CHAINED = 3_600;
    private static final int MOST_TOKEN = 129_600;

    private final Accounts accounts;
    private final EventLog events;
    private final Clock clock;

    public StsService(Accounts accounts, EventLog events, Clock clock) {
        this.accounts = accounts;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "sts";
    }

    @Override
    public String operation(HttpCall call) {
        String action = call.parameter("Action");
        // The action is in the body, which is read only once the signature is verified.
        return action == null ? "Unknown" : action;
    }

    @Override
    public void handle(HttpCall call, Caller caller) throws IOException {
        Credential credential = caller.credential();
        if (credential == null) {
            throw new AwsError(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
        }
        Form form = Form.read(call);
        Identity identity = accounts.identity(credential);
        Event.Builder event = Event.builder(clock.instant(), call.requestId(), "sts", form.text("Action", "Unknown"))
                .region(caller.region())
                .caller(identity.arn(), identity.accountId(), credential.accessKeyId())
                .secure(call.secure());
        String answer;
        try {
            answer = serve(form, call, credential, identity, event);
            events.record(event.build());
        } catch (AwsError error) {
            events.record(
                    event.error(error.status(), error.code(), error.text()).build());
            StsXml.write(call, error);
            return;
        }
        call.respond(200, StsXml.headers(call), answer.getBytes(StandardCharsets.UTF_8));
    }

    private String serve(Form form, HttpCall call, Credential credential, Identity identity, Event.Builder event) {
        return switch (form.required("Action")) {
            case "GetCallerIdentity" -> getCallerIdentity(call, identity);
            case "AssumeRole" -> assumeRole(form, call, credential, identity, event);
            case "GetSessionToken" -> getSessionToken(form, call, credential, identity);
            default ->
                throw new AwsError(
                        400,
                        "InvalidAction",
                        "Could not find operation " + form.required("Action") + " for version 2011-06-15");
        };
    }

    private static String getCallerIdentity(HttpCall call, Identity identity) {
        return new StsXml("GetCallerIdentity")
                .text("Arn", identity.arn())
                .text("UserId", identity.userId())
                .text("Account", identity.accountId())
                .end(call.requestId());
    }

    private String assumeRole(Form form, HttpCall call, Credential credential, Identity identity, Event.Builder event) {
        String arn = form.required("RoleArn");
        String session = form.required("RoleSessionName");
        event.resource(arn).detail("roleSessionName", session);
        Matcher parts = ROLE.matcher(arn);
        if (!parts.matches()) {
            throw validation(arn, "roleArn", "is not the ARN of a role");
        }
        if (!SESSION_NAME.matcher(session).matches()) {
            throw validation(
                    session,
                    "roleSessionName",
                    "failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*");
        }
        Optional<Integer> asked = form.number("DurationSeconds");
        if (asked.isPresent() && asked.get() < LEAST_SESSION) {
            throw validation(
                    String.valueOf(asked.get()),
                    "durationSeconds",
                    "failed to satisfy constraint: Member must have value greater than or equal to " + LEAST_SESSION);
        }
        List<PolicyDocument> sessionPolicies = sessionPolicies(form);
        Holder role = accounts.existing(parts.group(1))
                .flatMap(account -> account.role(parts.group(2)))
                .filter(found -> found.arn().equals(arn))
                .filter(found -> admits(found, identity, call.secure()))
                .orElseThrow(() -> new AwsError(
                        403,
                        "AccessDenied",
                        "User: " + identity.arn() + " is not authorized to perform: sts:AssumeRole on resource: "
                                + arn));
        boolean chained = credential.expiration() != null
                && identity.principal().roleArn().isPresent();
        long longest = chained ? MOST_CHAINED : role.longestSession().toSeconds();
        int seconds = asked.orElse(MOST_CHAINED);
        if (seconds > longest) {
            throw new AwsError(
                    400,
                    "ValidationError",
                    chained
                            ? "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
                            : "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        }
        Credential issued = accounts.issueSession(role, session, sessionPolicies, Duration.ofSeconds(seconds));
        Identity now = accounts.identity(issued);
        return new StsXml("AssumeRole")
                .open("AssumedRoleUser")
                .text("AssumedRoleId", now.userId())
                .text("Arn", now.arn())
                .close("AssumedRoleUser")
                .credentials(issued)
                .end(call.requestId());
    }

    private boolean admits(Holder role, Identity caller, boolean secure) {
        Account owner = role.account();
        return role.trust()
                .filter(trust -> trust.admits(caller, role.arn(), owner.id(), clock.instant(), secure))
                .isPresent();
    }

    private static List<PolicyDocument> sessionPolicies(Form form) {
        @Nullable String json = form.text("Policy");
        if (json == null) {
            return List.of();
        }
        try {
            return List.of(PolicyDocument.parse(PolicyType.SESSION, "session policy", json));
        } catch (MalformedPolicyException e) {
            throw new AwsError(400, "MalformedPolicyDocument", e.reason());
        }
    }

    private String getSessionToken(Form form, HttpCall call, Credential credential, Identity identity) {
        if (credential.expiration() != null) {
            throw new AwsError(403, "AccessDenied", "Cannot call GetSessionToken with session credentials");
        }
        int seconds = form.number("DurationSeconds").orElse(identity.root() ? MOST_CHAINED : 43_200);
        if (seconds < LEAST_SESSION || seconds > MOST_TOKEN) {
            throw validation(
                    String.valueOf(seconds),
                    "durationSeconds",
                    "failed to satisfy constraint: Member must have value between " + LEAST_SESSION + " and "
                            + MOST_TOKEN);
        }
        Credential issued =
                accounts.issueSession(accounts.holder(credential), null, List.of(), Duration.ofSeconds(seconds));
        return new StsXml("GetSessionToken").credentials(issued).end(call.requestId());
    }

    private static AwsError validation(String value, String member, String problem) {
        return new AwsError(
                400,
                "ValidationError",
                "1 validation error detected: Value '" + value + "' at '" + member + "' " + problem);
    }

    /** An error from before the call was verified. */
    @Override
    public void respond(HttpCall call, AwsError error) {
        events.record(Event.builder(clock.instant(), call.requestId(), "sts", operation(call))
                .secure(call.secure())
                .error(error.status(), error.code(), error.text())
                .build());
        StsXml.write(call, error);
    }
}
