package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/**
 * The Reactive Streams TCK as JUnit tests, one for each of its rules. The TCK is written for TestNG, of which it uses three things: the annotations of its
 * methods, and an exception that says that a rule could not be tested.
 */
public final class Tck {
    private static final int LEAST_RULES = 8;

    /** The rule that asks for a garbage collection and gives it 100 ms to be heard of, which a busy machine may not keep. What holds a reference holds it every time. */
    private static final String COLLECTED =
            "required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber";

    private static final int COLLECTIONS = 10;

    /** How the TCK says that a rule needs more than the verification says its publishers can do. */
    private static final List<String> DECLARED = List.of(
            "Unable to run this test, as required elements nr", "Skipping because no error state Publisher provided");

    private Tck() {}

    /** Time limits: ample where a signal must come, since machines may be busy; short where none may come, since that time always passes. */
    public static TestEnvironment environment() {
        return new TestEnvironment(20_000, 50, 2_000);
    }

    /**
     * The rules of one verification.
     *
     * @param verification makes a new instance for each rule
     * @param notApplicable the rules that cannot be tested here for other reasons than the limits a verification declares; all others must be
     */
    public static Stream<DynamicTest> rules(Supplier<?> verification, String... notApplicable) {
        Set<String> skipped = Set.of(notApplicable);
        List<Method> rules = annotated(verification.get(), Test.class)
                .filter(method -> !method.getName().startsWith("untested_"))
                .toList();
        assertTrue(rules.size() >= LEAST_RULES, () -> "only " + rules);
        assertTrue(
                rules.stream().map(Method::getName).toList().containsAll(skipped), () -> "no such rules: " + skipped);
        return rules.stream()
                .map(rule ->
                        dynamicTest(rule.getName(), () -> run(verification, rule, skipped.contains(rule.getName()))));
    }

    private static void run(Supplier<?> verification, Method rule, boolean mayBeSkipped) throws Throwable {
        for (int left = rule.getName().equals(COLLECTED) ? COLLECTIONS : 1; ; left--) {
            try {
                run(verification.get(), rule, mayBeSkipped);
                return;
            } catch (AssertionError | RuntimeException e) {
                if (left == 1 || e instanceof TestAbortedException) {
                    throw e;
                }
            }
        }
    }

    private static Stream<Method> annotated(Object verification, Class<? extends Annotation> annotation) {
        return Arrays.stream(verification.getClass().getMethods())
                .filter(method -> method.isAnnotationPresent(annotation))
                .sorted(Comparator.comparing(Method::getName));
    }

    private static void all(Object verification, Class<? extends Annotation> annotation)
            throws ReflectiveOperationException {
        for (Method method : annotated(verification, annotation).toList()) {
            method.invoke(verification);
        }
    }

    private static void run(Object verification, Method rule, boolean mayBeSkipped) throws Throwable {
        try {
            all(verification, BeforeClass.class);
            all(verification, BeforeMethod.class);
            rule.invoke(verification);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SkipException notTested) {
                String reason = String.valueOf(notTested.getMessage());
                assertTrue(
                        mayBeSkipped || DECLARED.stream().anyMatch(reason::startsWith), () -> "not tested: " + reason);
                Assumptions.abort(reason);
            }
            throw e.getCause();
        } finally {
            all(verification, AfterMethod.class);
            all(verification, AfterClass.class);
        }
        assertFalse(mayBeSkipped, "this rule can be tested after all");
    }
}
