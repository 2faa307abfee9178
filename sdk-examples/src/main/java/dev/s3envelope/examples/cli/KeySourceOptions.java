package dev.s3envelope.examples.cli;

import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.kms.KmsMacKeySource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Customer-provided keys (SSE-C) by the name a policy file gives them. */
public final class KeySourceOptions {
    private static final int LARGEST = 4096;

    @Option(
            names = "--key-source",
            paramLabel = "NAME=FILE",
            description = "File with the SSE-C key a policy calls NAME: 32 bytes, or their base64, one key a line,"
                    + " newest first. May be repeated. 'openssl rand -base64 32' makes one.")
    Map<String, Path> files = new LinkedHashMap<>();

    @Option(
            names = "--sse-c-mac-key",
            paramLabel = "NAME=KEY_ARN",
            description =
                    "HMAC_256 KMS key from which the SSE-C keys of the source a policy calls NAME are derived, one for"
                            + " each object; nothing is stored. May be repeated.")
    Map<String, String> macKeys = new LinkedHashMap<>();

    private final Map<String, SseCKeySource> loaded = new LinkedHashMap<>();

    /** Reads every file, and asks KMS for nothing yet. */
    Collection<SseCKeySource> load(Connection connection) throws IOException {
        for (Map.Entry<String, Path> each : files.entrySet()) {
            loaded.put(each.getKey(), read(each.getKey(), each.getValue()));
        }
        for (Map.Entry<String, String> each : macKeys.entrySet()) {
            if (loaded.put(each.getKey(), derived(each.getKey(), each.getValue(), connection)) != null) {
                throw new UsageProblem("--key-source and --sse-c-mac-key both name " + each.getKey());
            }
        }
        return loaded.values();
    }

    /** The one source that was loaded. */
    SseCKeySource only() {
        if (loaded.size() != 1) {
            throw new UsageProblem(
                    "--sse SSE-C needs exactly one --key-source NAME=FILE or --sse-c-mac-key NAME=KEY_ARN");
        }
        return loaded.values().iterator().next();
    }

    private static SseCKeySource derived(String name, String key, Connection connection) {
        try {
            return connection.kept(KmsMacKeySource.builder(name)
                    .client(connection.kms())
                    .key(key)
                    .build());
        } catch (IllegalArgumentException e) {
            throw new UsageProblem("--sse-c-mac-key " + name + "=" + key + ": " + e.getMessage(), e);
        }
    }

    private static SseCKeySource read(String name, Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new UsageProblem("--key-source " + file + " is no key file: larger than " + LARGEST + " bytes");
        }
        byte[] content = Files.readAllBytes(file);
        List<SseCKey> keys = new ArrayList<>();
        try {
            if (content.length == SseCKey.LENGTH) {
                keys.add(SseCKey.of(content));
            } else {
                for (String line : new String(content, StandardCharsets.US_ASCII)
                        .lines()
                        .filter(text -> !text.isBlank())
                        .toList()) {
                    keys.add(SseCKey.fromBase64(line.strip()));
                }
            }
            if (keys.isEmpty()) {
                throw new UsageProblem("--key-source " + file + " is empty");
            }
            return SseCKeySource.fixed(name, keys.get(0), keys.subList(1, keys.size()));
        } finally {
            Arrays.fill(content, (byte) 0);
            keys.forEach(SseCKey::destroy);
        }
    }
}
