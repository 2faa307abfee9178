package dev.s3envelope.local;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Trouble to order: what goes wrong with the next requests of an operation. Rules are tried in the order in which they were added;
 * the first that matches and is not used up decides. Thread-safe.
 *
 * <pre>{@code
 * aws.faults().on("kms", "Decrypt").times(2).throttle();
 * aws.faults().on("s3", "PutObject").times(1).dropConnection(70_000);
 * }</pre>
 */
public final class Faults {
    private final List<Rule> rules = new CopyOnWriteArrayList<>();

    /** Creates an instance without faults. */
    public Faults() {}

    /**
     * Starts a rule for one operation of one service, once; {@code "*"} matches any operation. STS names its operation in the body, which
     * comes after the faults: use {@code "*"} there.
     */
    public Ordering on(String service, String operation) {
        return new Ordering(Objects.requireNonNull(service), Objects.requireNonNull(operation));
    }

    /** Forgets all rules. */
    public void clear() {
        rules.clear();
    }

    /** What goes wrong with this request; using up one of a limited rule. The services of LocalAws ask once for each request. */
    public Optional<Fault> next(String service, String operation, @Nullable String resource) {
        if (rules.isEmpty()) {
            return Optional.empty();
        }
        for (Iterator<Rule> it = rules.iterator(); it.hasNext(); ) {
            Rule rule = it.next();
            if (rule.matches(service, operation, resource) && rule.take()) {
                return Optional.of(rule.fault);
            }
        }
        return Optional.empty();
    }

    /** One thing that goes wrong. Delay comes first; then at most one of error, dropped connection and truncated answer. */
    public sealed interface Fault permits Delay, Failure, Drop, Truncation {}

    /** The request is served, later. */
    public record Delay(Duration time) implements Fault {}

    /** The request is not served; this error is the answer. */
    public record Failure(int status, String code, String message) implements Fault {}

    /** The connection is closed without an answer, after that many bytes of the request body were read. */
    public record Drop(long afterRequestBytes) implements Fault {}

    /** The request is served, but the connection is closed after that many bytes of the answer's body. */
    public record Truncation(long afterResponseBytes) implements Fault {}

    /** A rule in the making; the last call, which names the fault, puts it in force. */
    public final class Ordering {
        private final String service;
        private final String operation;
        private @Nullable String resource;
        private int times = 1;

        private Ordering(String service, String operation) {
            this.service = service;
            this.operation = operation;
        }

        /** Only for this bucket, object or key ARN. */
        public Ordering resource(String arn) {
            this.resource = Objects.requireNonNull(arn);
            return this;
        }

        /** For that many requests; once if not said. */
        public Ordering times(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("times must be positive, was " + count);
            }
            this.times = count;
            return this;
        }

        /** For every request until {@link Faults#clear()}. */
        public Ordering always() {
            this.times = Integer.MAX_VALUE;
            return this;
        }

        /** Serves the request later. */
        public void delay(Duration time) {
            put(new Delay(time));
        }

        /** Answers as the service does when its request rate is exceeded: SlowDown of S3, ThrottlingException elsewhere. */
        public void throttle() {
            put(
                    service.equals("s3")
                            ? new Failure(503, "SlowDown", "Please reduce your request rate.")
                            : new Failure(
                                    400,
                                    service.equals("sts") ? "Throttling" : "ThrottlingException",
                                    "Rate exceeded"));
        }

        /** Answers with an error. */
        public void fail(int status, String code, String message) {
            put(new Failure(status, code, message));
        }

        /** Closes the connection without an answer after so many bytes of the request body. */
        public void dropConnection(long afterRequestBytes) {
            put(new Drop(afterRequestBytes));
        }

        /** Closes the connection after so many bytes of the answer's body. */
        public void truncateAnswer(long afterResponseBytes) {
            put(new Truncation(afterResponseBytes));
        }

        private void put(Fault fault) {
            rules.add(new Rule(service, operation, resource, new AtomicInteger(times), fault));
        }
    }

    private record Rule(
            String service, String operation, @Nullable String resource, AtomicInteger left, Fault fault) {
        boolean matches(String aService, String anOperation, @Nullable String aResource) {
            return service.equals(aService)
                    && (operation.equals("*") || operation.equals(anOperation))
                    && (resource == null || resource.equals(aResource));
        }

        boolean take() {
            int before = left.getAndUpdate(n -> n == Integer.MAX_VALUE || n == 0 ? n : n - 1);
            return before > 0;
        }
    }
}
