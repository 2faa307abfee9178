package dev.s3envelope.core.internal;

/** Untrusted text made fit for one line of an error message. */
public final class Text {
    private static final int LONGEST = 160;

    private Text() {}

    /** The text in double quotes, control and non-ASCII characters escaped, cut after 160 characters with its length given. */
    public static String quote(String text) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), LONGEST) + 16).append('"');
        int shown = Math.min(text.length(), LONGEST);
        for (int i = 0; i < shown; i++) {
            out.append(escape(text.charAt(i)));
        }
        out.append('"');
        if (text.length() > shown) {
            out.append("... (").append(text.length()).append(" characters)");
        }
        return out.toString();
    }

    /** One character in single quotes, escaped as {@link #quote} does. */
    public static String quote(char c) {
        return "'" + escape(c) + "'";
    }

    /** Whether every surrogate in the text has its partner, so that the text has a UTF-8 form. */
    public static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c)) {
                i++;
                if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                    return false;
                }
            } else if (Character.isLowSurrogate(c)) {
                return false;
            }
        }
        return true;
    }

    private static String escape(char c) {
        if (c == '"' || c == '\\') {
            return "\\" + c;
        }
        return c < 0x20 || c > 0x7e ? String.format("\\u%04x", (int) c) : String.valueOf(c);
    }
}
