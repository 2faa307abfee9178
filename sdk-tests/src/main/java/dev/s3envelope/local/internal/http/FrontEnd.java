package dev.s3envelope.local.internal.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.s3envelope.local.Faults;
import dev.s3envelope.local.internal.iam.CredentialStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One listening socket in front of the services, over HTTP or TLS.
 *
 * <p>Every request is verified, routed and answered on a worker thread. The JDK's server reads its socket options from
 * system properties once per process; {@code sun.net.httpserver.nodelay} is set unless the application chose a value,
 * because without it small responses wait for delayed acknowledgements.
 */
public final class FrontEnd implements AutoCloseable {
    private static final int MAX_HEADER_BYTES = 32 * 1024;
    private static final int MAX_BUFFERED_BODY = 4 << 20;

    static {
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
    }

    private final HttpServer server;
    private final ExecutorService workers;
    private final ServiceRouter router;
    private final SigV4Verifier verifier;
    private final Faults faults;
    private final @Nullable TlsIdentity tls;
    private final AtomicLong requests = new AtomicLong();

    private FrontEnd(
            HttpServer server, ServiceRouter router, SigV4Verifier verifier, Faults faults, @Nullable TlsIdentity tls) {
        this.server = server;
        this.router = router;
        this.verifier = verifier;
        this.faults = faults;
        this.tls = tls;
        AtomicInteger number = new AtomicInteger();
        // Without a bound: a request that waits for a slow client or an injected delay must not hold up the others.
        this.workers = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "local-aws-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Starts listening; port 0 takes any free port. Plain HTTP when {@code tls} is null. */
    public static FrontEnd start(
            InetSocketAddress address,
            @Nullable TlsIdentity tls,
            Collection<? extends Service> services,
            CredentialStore credentials,
            Clock clock,
            Faults faults)
            throws IOException {
        HttpServer server = tls == null ? HttpServer.create(address, 1024) : HttpsServer.create(address, 1024);
        if (tls != null && server instanceof HttpsServer https) {
            https.setHttpsConfigurator(new HttpsConfigurator(tls.serverContext()));
        }
        FrontEnd frontEnd =
                new FrontEnd(server, new ServiceRouter(services), new SigV4Verifier(credentials, clock), faults, tls);
        server.setExecutor(frontEnd.workers);
        server.createContext("/", frontEnd::handle);
        server.start();
        return frontEnd;
    }

    /** The address clients use, such as {@code http://localhost:4566}. */
    public URI endpoint() {
        return URI.create((tls == null ? "http" : "https") + "://localhost:"
                + server.getAddress().getPort());
    }

    /** The certificate clients must trust; null over plain HTTP. */
    public @Nullable TlsIdentity tls() {
        return tls;
    }

    public Faults faults() {
        return faults;
    }

    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
    }

    private void handle(HttpExchange exchange) {
        String id = HexFormat.of().withUpperCase().toHexDigits(requests.incrementAndGet() * 0x9E3779B97F4A7C15L);
        Service service = router.service("s3");
        ExchangeCall call = null;
        try {
            call = new ExchangeCall(exchange, tls != null, id);
            checkHeaderSize(call);
            service = router.route(call);
            Faults.Fault fault = faults.next(service.name(), service.operation(call), service.resource(call))
                    .orElse(null);
            if (fault != null) {
                call.inject(fault);
                applyBefore(fault);
            }
            service.handle(call, verify(call, service));
        } catch (AwsError e) {
            answer(service, call, exchange, e);
        } catch (IOException | UncheckedIOException e) {
            // The client went away, or a fault said so: there is nobody to answer.
        } catch (RuntimeException | StackOverflowError e) {
            System.getLogger(FrontEnd.class.getName())
                    .log(System.Logger.Level.ERROR, "LocalAws failed on request " + id, e);
            answer(
                    service,
                    call,
                    exchange,
                    new AwsError(500, "InternalError", "We encountered an internal error. Please try again."));
        } finally {
            exchange.close();
        }
    }

    private static void applyBefore(Faults.Fault fault) throws IOException {
        if (fault instanceof Faults.Delay delay) {
            try {
                Thread.sleep(delay.time().toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted during an injected delay", e);
            }
        } else if (fault instanceof Faults.Failure failure) {
            throw new AwsError(failure.status(), failure.code(), failure.message());
        }
    }

    private Caller verify(ExchangeCall call, Service service) throws IOException {
        byte[] buffered = null;
        if (!service.name().equals("s3")) {
            buffered = call.rawBody().readNBytes(MAX_BUFFERED_BODY + 1);
            if (buffered.length > MAX_BUFFERED_BODY) {
                throw new AwsError(413, "RequestEntityTooLarge", "The request body is too large.");
            }
            call.buffered(new ByteArrayInputStream(buffered));
        }
        byte[] body = buffered == null ? new byte[0] : buffered;
        SigV4Verifier.Verified auth = verifier.verify(
                call,
                call.rawPath(),
                service.name(),
                () -> HexFormat.of()
                        .formatHex(ChecksumAlgorithm.digest("SHA-256").digest(body)));
        call.verified(auth);
        return auth.caller();
    }

    private static void checkHeaderSize(HttpCall call) {
        long size = 0;
        for (Map.Entry<String, List<String>> header : call.headers().entrySet()) {
            for (String value : header.getValue()) {
                size += header.getKey().length() + value.length() + 4;
            }
        }
        if (size > MAX_HEADER_BYTES) {
            throw new AwsError(
                    400,
                    "RequestHeaderSectionTooLarge",
                    "Your request header section exceeds the maximum allowed request header section size.",
                    Map.of("MaxSizeAllowed", String.valueOf(MAX_HEADER_BYTES)));
        }
    }

    private static void answer(Service service, @Nullable ExchangeCall call, HttpExchange exchange, AwsError error) {
        try {
            if (call == null) {
                exchange.sendResponseHeaders(error.status(), -1);
            } else if (!call.answered()) {
                service.respond(call, error);
            }
        } catch (IOException | UncheckedIOException e) {
            // The client went away before it heard of the error.
        }
    }
}
