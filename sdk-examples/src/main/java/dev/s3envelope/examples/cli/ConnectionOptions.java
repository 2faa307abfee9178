package dev.s3envelope.examples.cli;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/** Where requests go and who signs them, from the same places every AWS tool looks in. */
public final class ConnectionOptions {
    @Option(
            names = "--endpoint-url",
            paramLabel = "URL",
            description = "Send requests here instead of AWS; also AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL."
                    + " KMS and STS are asked at the same place.")
    @Nullable
    URI endpoint;

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "Region; else AWS_REGION, AWS_DEFAULT_REGION or the profile.")
    @Nullable
    String region;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "Profile of the shared AWS configuration; without it environment variables, web identity,"
                    + " the default profile, container and instance roles are tried, in that order.")
    @Nullable
    String profile;

    @Option(
            names = "--path-style",
            description = "Put the bucket into the path; by itself so for an IP address or localhost.")
    boolean pathStyle;

    @Option(
            names = "--ca-bundle",
            paramLabel = "FILE",
            description = "PEM certificates to trust besides the JDK's; also AWS_CA_BUNDLE.")
    @Nullable
    Path caBundle;

    /** The endpoint given by option or environment; empty for AWS or what the profile says. */
    Optional<URI> endpoint(Map<String, String> environment) {
        URI chosen = endpoint;
        if (chosen == null) {
            String text =
                    environment.getOrDefault("AWS_ENDPOINT_URL_S3", environment.getOrDefault("AWS_ENDPOINT_URL", ""));
            if (text.isEmpty()) {
                return Optional.empty();
            }
            chosen = URI.create(text);
        }
        String scheme = String.valueOf(chosen.getScheme()).toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https")) || chosen.getHost() == null) {
            throw new UsageProblem("'" + chosen + "' is not an endpoint; write http://host:port or https://host:port");
        }
        return Optional.of(chosen);
    }

    /** Whether the bucket goes into the path: asked for, or needed because the host takes no name in front of it. */
    boolean pathStyle(Optional<URI> endpoint) {
        return pathStyle
                || endpoint.filter(uri -> uri.getHost().equals("localhost")).isPresent();
    }

    /** The certificates to trust besides the JDK's. */
    Optional<Path> caBundle(Map<String, String> environment) {
        Path chosen = caBundle;
        if (chosen == null && !environment.getOrDefault("AWS_CA_BUNDLE", "").isEmpty()) {
            chosen = Path.of(environment.getOrDefault("AWS_CA_BUNDLE", ""));
        }
        if (chosen != null && !Files.isReadable(chosen)) {
            throw new UsageProblem("the CA bundle " + chosen + " cannot be read");
        }
        return Optional.ofNullable(chosen);
    }

    /** The Region, as the AWS tools find it. */
    Region region(Surroundings surroundings) {
        if (region != null) {
            return Region.of(region);
        }
        try {
            return DefaultAwsRegionProviderChain.builder()
                    .profileFile(surroundings.profiles())
                    .profileName(profileName(surroundings.environment()))
                    .build()
                    .getRegion();
        } catch (SdkClientException e) {
            String fallback = surroundings.environment().getOrDefault("AWS_DEFAULT_REGION", "");
            if (fallback.isEmpty()) {
                throw new UsageProblem("no Region: give --region, or set AWS_REGION or 'region' in the profile", e);
            }
            return Region.of(fallback);
        }
    }

    /** The credentials: those of a profile that was asked for, else the AWS SDK's default chain. */
    AwsCredentialsProvider credentials(Surroundings surroundings) {
        if (profile != null) {
            return ProfileCredentialsProvider.builder()
                    .profileFile(surroundings.profiles())
                    .profileName(profile)
                    .build();
        }
        return DefaultCredentialsProvider.builder()
                .profileFile(surroundings.profiles())
                .profileName(profileName(surroundings.environment()))
                .build();
    }

    String profileName(Map<String, String> environment) {
        return profile != null
                ? profile
                : environment.getOrDefault("AWS_PROFILE", ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow());
    }
}
