package dev.s3envelope.s3.internal;

import dev.s3envelope.core.ssec.SseCKey;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The keys an object may be under, lent for the time of one call.
 *
 * @param keys newest first of each source, none twice
 * @param missing why keys are absent that should be there
 */
record SseCRing(List<SseCKey> keys, List<RuntimeException> missing) {
    Optional<SseCKey> find(Predicate<SseCKey> wanted) {
        return keys.stream().filter(wanted).findFirst();
    }

    /** Fails with why keys are absent, where some are: the one looked for may be among them. */
    void requireComplete() {
        if (!missing.isEmpty()) {
            RuntimeException first = missing.get(0);
            missing.subList(1, missing.size()).forEach(other -> Failures.combine(first, other));
            throw first;
        }
    }
}
