package dev.s3envelope.s3.internal;

import dev.s3envelope.core.guard.Transport;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;

/**
 * What a wrapped client says of itself.
 *
 * @param region where it sends requests; empty where it finds the Region by itself or does not say
 * @param transport how requests travel; plain where it does not say, so that no secret depends on it
 * @param credentials where those it signs with come from; empty where it does not say
 */
public record Wrapped(
        Optional<String> region,
        Transport transport,
        Optional<IdentityProvider<? extends AwsCredentialsIdentity>> credentials) {
    /** Asks a client for its configuration, which stand-ins for a client may not have. */
    public static Wrapped of(Supplier<S3ServiceClientConfiguration> configuration) {
        @Nullable S3ServiceClientConfiguration known;
        try {
            known = configuration.get();
        } catch (UnsupportedOperationException none) {
            known = null;
        }
        if (known == null) {
            return new Wrapped(Optional.empty(), Transport.PLAIN, Optional.empty());
        }
        Optional<String> region = Boolean.TRUE.equals(known.crossRegionAccessEnabled())
                ? Optional.empty()
                : Optional.ofNullable(known.region()).map(Region::id);
        return new Wrapped(
                region,
                known.endpointOverride().map(Transport::of).orElse(Transport.TLS),
                Optional.ofNullable(known.credentialsProvider()));
    }
}
