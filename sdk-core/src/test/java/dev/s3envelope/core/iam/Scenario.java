package dev.s3envelope.core.iam;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

/** A policy set restated from a page of AWS's documentation, and what that page says of requests under it; for tests only. */
final class Scenario {
    private final String page;
    private @Nullable String passage;
    private final Gate gate;
    private Principal principal;
    private String resourceAccount = Policies.ACCOUNT;
    private final GatePolicies.Builder policies = GatePolicies.builder();
    private final List<Arguments> rows = new ArrayList<>();

    private Scenario(String page, Gate gate, Principal principal) {
        this.page = page;
        this.gate = gate;
        this.principal = principal;
    }

    static Scenario s3(String page, Principal principal) {
        return new Scenario(page, S3Gate.create(), principal);
    }

    static Scenario kms(String page, Principal principal) {
        return new Scenario(page, KmsGate.create(), principal);
    }

    /**
     * Says that the rows that follow were compared with the page's text, as AWS published its guides' sources in May 2023, and where it says so.
     *
     * @param where the section or example
     */
    Scenario confirmed(String where) {
        this.passage = where;
        return this;
    }

    /** Says that the rows that follow were not found in the page's text. */
    Scenario unconfirmed() {
        this.passage = null;
        return this;
    }

    Scenario identity(String... statements) {
        policies.identity(Policies.document(PolicyType.IDENTITY, statements));
        return this;
    }

    Scenario bucket(String... statements) {
        policies.resource(Policies.document(PolicyType.BUCKET, statements));
        return this;
    }

    Scenario key(String... statements) {
        policies.resource(Policies.document(PolicyType.KEY, statements));
        return this;
    }

    Scenario serviceControl(String... statements) {
        policies.serviceControlLevel(List.of(Policies.document(PolicyType.SERVICE_CONTROL, statements)));
        return this;
    }

    Scenario resourceControl(String... statements) {
        policies.resourceControlLevel(List.of(Policies.document(PolicyType.RESOURCE_CONTROL, statements)));
        return this;
    }

    Scenario endpoint(String... statements) {
        policies.vpcEndpoint(Policies.document(PolicyType.VPC_ENDPOINT, statements));
        return this;
    }

    Scenario grant(Grant grant) {
        policies.grants(List.of(grant));
        return this;
    }

    Scenario awsManagedKey() {
        policies.awsManagedKey(true);
        return this;
    }

    Scenario as(Principal other) {
        this.principal = other;
        return this;
    }

    Scenario ownedBy(String account) {
        this.resourceAccount = account;
        return this;
    }

    Scenario allows(String says, String action, String resource, String... context) {
        return row(says, action, resource, Decision.ALLOWED, context);
    }

    Scenario doesNotAllow(String says, String action, String resource, String... context) {
        return row(says, action, resource, Decision.IMPLICITLY_DENIED, context);
    }

    Scenario denies(String says, String action, String resource, String... context) {
        return row(says, action, resource, Decision.EXPLICITLY_DENIED, context);
    }

    /** Context entries are {@code key=value}; a repeated key has several values; {@code context/name=value} is encryption context. */
    private Scenario row(String says, String action, String resource, Decision decision, String... context) {
        AccessRequest.Builder request =
                AccessRequest.builder(principal, action, resource).resourceAccount(resourceAccount);
        Map<String, List<String>> keys = new HashMap<>();
        Map<String, String> encryptionContext = new HashMap<>();
        for (String entry : context) {
            int equals = entry.indexOf('=');
            String name = entry.substring(0, equals);
            String value = entry.substring(equals + 1);
            if (name.startsWith("context/")) {
                encryptionContext.put(name.substring("context/".length()), value);
            } else {
                keys.computeIfAbsent(name, k -> new ArrayList<>()).add(value);
            }
        }
        keys.forEach(request::context);
        request.encryptionContext(encryptionContext);
        rows.add(Arguments.of(new Source(page, passage), says, gate, request.build(), policies.build(), decision));
        return this;
    }

    /**
     * Where a row comes from.
     *
     * @param page file name of the page in its guide
     * @param passage where on the page it says so; null if that was not looked up
     */
    record Source(String page, @Nullable String passage) {
        @Override
        public String toString() {
            return page + (passage == null ? "" : " (" + passage + ")");
        }
    }

    List<Arguments> rows() {
        return rows;
    }
}
