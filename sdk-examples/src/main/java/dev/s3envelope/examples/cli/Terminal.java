package dev.s3envelope.examples.cli;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The terminal a person looks at.
 *
 * @param interactive whether there is one, so that a progress bar makes sense
 * @param columns its width; {@value #DEFAULT_COLUMNS} where it is not known
 */
public record Terminal(boolean interactive, int columns) {
    static final int DEFAULT_COLUMNS = 80;
    private static final int NARROWEST = 40;

    /** No terminal: output goes to a file or a pipe. */
    public static Terminal none() {
        return new Terminal(false, DEFAULT_COLUMNS);
    }

    /** The terminal of this process. {@code COLUMNS} gives its width where set, else {@code stty} is asked. */
    static Terminal detect(Map<String, String> environment) {
        boolean interactive = isInteractive(System.console());
        int columns = number(environment.getOrDefault("COLUMNS", ""));
        if (columns < NARROWEST && interactive) {
            columns = askStty();
        }
        return new Terminal(interactive, columns < NARROWEST ? DEFAULT_COLUMNS : columns);
    }

    /** Up to Java 21 a console object means a terminal; from 22 on {@code isTerminal} tells. */
    private static boolean isInteractive(@Nullable Console console) {
        if (console == null) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }

    private static int askStty() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return stty.waitFor(1, TimeUnit.SECONDS) ? number(answer.substring(answer.indexOf(' ') + 1)) : 0;
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static int number(String text) {
        return text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
    }
}
