package dev.s3envelope.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;

/** A {@link LocalAwsServer} that this process started: where it is, whom it trusts, what its KMS was asked. Closing it ends it. */
final class ServerProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter commands;
    private final URI endpoint;
    private final Region region;
    private final StaticCredentialsProvider credentials;
    private final String keyArn;
    private final TrustManager[] trust;

    private ServerProcess(Process process) throws IOException, GeneralSecurityException {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the server ended before it was ready");
        }
        String[] facts = line.split(" ", -1);
        this.endpoint = URI.create(facts[0]);
        this.region = Region.of(facts[1]);
        this.credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create(facts[2], facts[3]));
        this.keyArn = facts[4];
        this.trust = trusting(Base64.getDecoder().decode(facts[5]));
    }

    /** Starts one whose KMS takes this long. */
    static ServerProcess start(Duration kmsLatency) throws IOException, GeneralSecurityException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LocalAwsServer.class.getName(),
                        Long.toString(kmsLatency.toMillis()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return new ServerProcess(process);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            process.destroy();
            throw e;
        }
    }

    /** Points the builder of a client here. */
    <B extends AwsClientBuilder<B, ?>> B configure(B builder) {
        return builder.endpointOverride(endpoint).region(region).credentialsProvider(credentials);
    }

    TrustManager[] trust() {
        return trust.clone();
    }

    String keyArn() {
        return keyArn;
    }

    /** Forgets what was asked so far. */
    void clearEvents() throws IOException {
        ask("clear");
    }

    /** How many requests KMS got since the events were cleared. */
    int kmsCalls() throws IOException {
        return Integer.parseInt(ask("kms"));
    }

    private String ask(String command) throws IOException {
        commands.write(command);
        commands.newLine();
        commands.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the server is gone");
        }
        return answer;
    }

    private static TrustManager[] trusting(byte[] pem) throws IOException, GeneralSecurityException {
        Certificate certificate =
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("server", certificate);
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    @Override
    public void close() throws IOException {
        commands.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
