package dev.s3envelope.local.internal.http;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Decides which service a request is for: by the service its credential is scoped to, else by its {@code X-Amz-Target},
 * else by its host name; S3 when nothing else is said.
 */
final class ServiceRouter {
    private final Map<String, Service> services = new LinkedHashMap<>();

    ServiceRouter(Collection<? extends Service> services) {
        services.forEach(service -> this.services.put(service.name(), service));
        if (!this.services.containsKey("s3")) {
            throw new IllegalArgumentException("an S3 service is needed: requests that name no service go to it");
        }
    }

    Service route(HttpCall call) {
        Service scoped = services.get(scope(call));
        if (scoped != null) {
            return scoped;
        }
        String target = call.header("x-amz-target");
        if (target != null && target.startsWith("TrentService.")) {
            return service("kms");
        }
        for (String label : call.host().split("\\.", -1)) {
            Service named = services.get(label);
            if (named != null && !label.equals("s3")) {
                return named;
            }
            if (label.equals("s3")) {
                break;
            }
        }
        return service("s3");
    }

    Service service(String name) {
        Service service = services.get(name);
        return service == null ? java.util.Objects.requireNonNull(services.get("s3")) : service;
    }

    private static String scope(HttpCall call) {
        String credential = call.parameter("X-Amz-Credential");
        String authorization = call.header("authorization");
        if (authorization != null) {
            int start = authorization.indexOf("Credential=");
            int end = authorization.indexOf(',', Math.max(start, 0));
            credential = start < 0 ? null : authorization.substring(start + 11, end < 0 ? authorization.length() : end);
        }
        if (credential == null) {
            return "";
        }
        String[] parts = credential.strip().split("/", -1);
        return parts.length == 5 ? parts[3] : "";
    }
}
