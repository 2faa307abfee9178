package dev.s3envelope.core.guard;

import dev.s3envelope.core.InsecureTransportException;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/** How a request travels, as far as secrets in its headers depend on it. */
public enum Transport {
    /** HTTPS. */
    TLS,
    /** Plain HTTP that does not leave this machine. */
    LOOPBACK,
    /** Plain HTTP to anywhere else. */
    PLAIN;

    private static final Pattern LOOPBACK_ADDRESS =
            Pattern.compile("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}|\\[(?:::1|0:0:0:0:0:0:0:1)]");

    /**
     * The transport to an endpoint. Loopback is {@code localhost} and names under it (RFC 6761, section 6.3), the addresses
     * 127.0.0.0/8 and ::1. No name is looked up.
     */
    public static Transport of(URI endpoint) {
        if ("https".equalsIgnoreCase(endpoint.getScheme())) {
            return TLS;
        }
        String host = endpoint.getHost() == null ? "" : endpoint.getHost().toLowerCase(Locale.ROOT);
        boolean local = host.equals("localhost")
                || host.endsWith(".localhost")
                || LOOPBACK_ADDRESS.matcher(host).matches();
        return local ? LOOPBACK : PLAIN;
    }

    /**
     * Refuses a transport on which others could read a secret.
     *
     * @param what the request or object it is about, for the message
     * @throws InsecureTransportException if this is {@link #PLAIN}
     */
    public void requireProtected(String what) {
        if (this == PLAIN) {
            throw new InsecureTransportException("The customer-provided key for " + what
                    + " would travel over plain HTTP, where anyone on the way can read it. Use an https endpoint;"
                    + " plain HTTP is allowed to loopback only. Nothing was sent.");
        }
    }
}
