package dev.s3envelope.examples.tour;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.examples.tour.Outcome.Answer;
import dev.s3envelope.examples.tour.Outcome.AwsRefusal;
import dev.s3envelope.examples.tour.Outcome.OwnRefusal;
import dev.s3envelope.examples.tour.Outcome.Surprise;
import java.io.IOException;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** A step whose end, whatever it is, becomes an {@link Outcome}. */
interface Attempt {
    Pattern NOT_AUTHORIZED = Pattern.compile("not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)");

    /** Does it and tells the facts. */
    Answer make() throws IOException;

    /**
     * How it ended.
     *
     * @param requests counts the requests that reached LocalAws since the step began
     */
    static Outcome outcome(Attempt attempt, IntSupplier requests) throws IOException {
        try {
            return attempt.make();
        } catch (EnvelopeException e) {
            return new OwnRefusal(e.getClass().getSimpleName(), requests.getAsInt());
        } catch (AwsServiceException e) {
            String code =
                    e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
            return new AwsRefusal(e.statusCode(), code == null ? "" : code, action(e));
        } catch (SdkException e) {
            return new Surprise(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private static Optional<String> action(AwsServiceException e) {
        Matcher named = NOT_AUTHORIZED.matcher(String.valueOf(e.getMessage()));
        return named.find() ? Optional.of(named.group(1)) : Optional.empty();
    }
}
