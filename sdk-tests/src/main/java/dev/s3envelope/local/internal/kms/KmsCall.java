package dev.s3envelope.local.internal.kms;

import dev.s3envelope.local.internal.iam.Identity;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call of a KMS operation while it is served: who asks, what was asked, and what the event log will say. Used by one thread. */
final class KmsCall {
    private final String operation;
    private final Parameters in;
    private final Identity identity;
    private final String region;
    private final boolean secure;
    private final @Nullable InetAddress source;
    private final @Nullable String viaService;

    private @Nullable String resource;
    private @Nullable String requestAlias;
    private Map<String, String> context = Map.of();
    private final List<String> evidence = new ArrayList<>();
    private final Map<String, String> details = new LinkedHashMap<>();

    KmsCall(
            String operation,
            Parameters in,
            Identity identity,
            String region,
            boolean secure,
            @Nullable InetAddress source,
            @Nullable String viaService) {
        this.operation = operation;
        this.in = in;
        this.identity = identity;
        this.region = region;
        this.secure = secure;
        this.source = source;
        this.viaService = viaService;
    }

    String operation() {
        return operation;
    }

    Parameters in() {
        return in;
    }

    Identity identity() {
        return identity;
    }

    String account() {
        return identity.accountId();
    }

    String region() {
        return region;
    }

    boolean secure() {
        return secure;
    }

    @Nullable
    InetAddress source() {
        return source;
    }

    @Nullable
    String viaService() {
        return viaService;
    }

    @Nullable
    String resource() {
        return resource;
    }

    void resource(String arn) {
        this.resource = arn;
    }

    /** The alias name the key was asked for by, for {@code kms:RequestAlias}. */
    @Nullable
    String requestAlias() {
        return requestAlias;
    }

    void requestAlias(@Nullable String name) {
        this.requestAlias = name;
    }

    Map<String, String> context() {
        return context;
    }

    /** Takes the encryption context of the request, for the gate and for the event log. */
    Map<String, String> context(Map<String, String> pairs) {
        this.context = Map.copyOf(pairs);
        return context;
    }

    List<String> evidence() {
        return evidence;
    }

    Map<String, String> details() {
        return details;
    }

    boolean dryRun() {
        return in.flag("DryRun");
    }

    /** To be called when nothing stands in the way of the operation any more: a dry run ends here. */
    void endDryRun() {
        if (dryRun()) {
            throw KmsErrors.dryRun();
        }
    }
}
