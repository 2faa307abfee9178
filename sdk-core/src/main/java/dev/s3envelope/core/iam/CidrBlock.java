package dev.s3envelope.core.iam;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** A range of IPv4 or IPv6 addresses in CIDR notation; a bare address is a range of one. Never asks a name server. */
final class CidrBlock {
    private final byte[] network;
    private final int prefix;

    private CidrBlock(byte[] network, int prefix) {
        this.network = network;
        this.prefix = prefix;
    }

    static CidrBlock parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = address(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException("Not an IP address or CIDR range: " + text);
        }
        int bits = address.length * 8;
        int prefix = bits;
        if (slash >= 0) {
            String digits = text.substring(slash + 1);
            if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) > bits) {
                throw new IllegalArgumentException("Not a CIDR prefix length: " + text);
            }
            prefix = Integer.parseInt(digits);
        }
        return new CidrBlock(address, prefix);
    }

    boolean contains(String text) {
        byte[] address = address(text);
        if (address == null || address.length != network.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            int mask = 0x80 >> (bit & 7);
            if ((address[bit >> 3] & mask) != (network[bit >> 3] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static byte @Nullable [] address(String text) {
        return text.indexOf(':') >= 0 ? v6(text) : v4(text);
    }

    private static byte @Nullable [] v4(String text) {
        byte[] address = new byte[4];
        int at = 0;
        for (int i = 0; i < 4; i++) {
            int dot = i < 3 ? text.indexOf('.', at) : text.length();
            if (dot <= at || dot - at > 3) {
                return null;
            }
            int value = 0;
            for (int c = at; c < dot; c++) {
                if (text.charAt(c) < '0' || text.charAt(c) > '9') {
                    return null;
                }
                value = value * 10 + text.charAt(c) - '0';
            }
            if (value > 255) {
                return null;
            }
            address[i] = (byte) value;
            at = dot + 1;
        }
        return address;
    }

    private static byte @Nullable [] v6(String text) {
        if (!text.matches("[0-9A-Fa-f:.]{2,45}")) {
            return null;
        }
        try {
            byte[] address = InetAddress.getByName(text).getAddress();
            // An IPv4-mapped address comes back as four bytes: it is that IPv4 address.
            return address;
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
