package dev.s3envelope.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What was measured of one client and operation, round by round. */
record Series(List<Double> values) {
    double median() {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** This over another, in each round, since rounds of one run share the state of the machine. */
    Series over(Series other) {
        return new Series(IntStream.range(0, values.size())
                .mapToObj(round -> values.get(round) / other.values.get(round))
                .toList());
    }

    double least() {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    double greatest() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /** The median, and the least and the greatest value in parentheses. */
    String text(String format) {
        return String.format(
                Locale.ROOT, format + " (" + format + " to " + format + ")", median(), least(), greatest());
    }
}
