package dev.s3envelope.core.iam;

/** Wildcards as policies write them: a star is any run of characters, a question mark one. */
public final class Wildcards {
    private Wildcards() {}

    /** Whether a pattern matches a whole text; case counts. */
    public static boolean matches(String pattern, String text) {
        return Glob.matches(Glob.compile(pattern), text);
    }

    /** Whether a pattern of an Action element matches an action; case does not count. */
    public static boolean matchesAction(String pattern, String action) {
        return matches(ContextKeys.fold(pattern), ContextKeys.fold(action));
    }
}
