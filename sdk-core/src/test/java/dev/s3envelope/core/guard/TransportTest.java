package dev.s3envelope.core.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.s3envelope.core.InsecureTransportException;
import dev.s3envelope.core.Refused;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransportTest {
    @ParameterizedTest
    @CsvSource({
        "https://s3.eu-west-1.amazonaws.com, TLS",
        "HTTPS://x, TLS",
        "http://localhost:9000, LOOPBACK",
        "http://LOCALHOST, LOOPBACK",
        "http://bucket.localhost:9000/x, LOOPBACK",
        "http://127.0.0.1:1, LOOPBACK",
        "http://127.255.0.9, LOOPBACK",
        "http://[::1]:80, LOOPBACK",
        "http://[0:0:0:0:0:0:0:1]/, LOOPBACK",
        "http://s3.amazonaws.com, PLAIN",
        "http://localhost.example.com, PLAIN",
        "http://127.0.0.1.example.com, PLAIN",
        "http://notlocalhost, PLAIN",
        "http://128.0.0.1, PLAIN",
        "http://10.0.0.1, PLAIN",
        "http://[::2], PLAIN",
        "http://0.0.0.0, PLAIN",
        "ftp://localhost.evil, PLAIN",
        "/relative, PLAIN"
    })
    void tellsTheTransportByTheEndpoint(String endpoint, Transport expected) {
        assertEquals(expected, Transport.of(URI.create(endpoint)));
    }

    @Test
    void refusesSecretsOverPlainHttpOnly() {
        Transport.TLS.requireProtected("x");
        Transport.LOOPBACK.requireProtected("x");
        Refused.by(
                InsecureTransportException.class,
                () -> Transport.PLAIN.requireProtected("s3://b/k"),
                "s3://b/k",
                "plain HTTP",
                "https",
                "Nothing was sent");
    }
}
