package dev.s3envelope.examples.cli;

import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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

    /** Reads every file. */
    Map<String, SseCKeySource> load() throws IOException {
        Map<String, SseCKeySource> sources = new LinkedHashMap<>();
        for (Map.Entry<String, Path> each : files.entrySet()) {
            sources.put(each.getKey(), read(each.getKey(), each.getValue()));
        }
        return sources;
    }

    /** The one source there is. */
    SseCKeySource only() {
        if (files.size() != 1) {
            throw new UsageProblem("--sse SSE-C needs exactly one --key-source NAME=FILE");
        }
        Map.Entry<String, Path> only = files.entrySet().iterator().next();
        try {
            return read(only.getKey(), only.getValue());
        } catch (IOException e) {
            throw new UsageProblem("--key-source " + only.getValue() + " cannot be read", e);
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
