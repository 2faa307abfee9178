package dev.s3envelope.local;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts a {@link LocalAws} for JUnit Jupiter tests and hands it to every parameter of that type.
 *
 * <pre>{@code
 * @ExtendWith(LocalAwsExtension.class)                     // one instance for the class, defaults
 * class SomeTest {
 *     @Test
 *     void reads(LocalAws aws) { ... }
 * }
 *
 * class OtherTest {
 *     @RegisterExtension
 *     static final LocalAwsExtension AWS = LocalAwsExtension.shared(b -> b.region("eu-west-1"));   // one for the class
 *
 *     @RegisterExtension
 *     final LocalAwsExtension aws = LocalAwsExtension.fresh(b -> b);                               // one for each test
 * }
 * }</pre>
 *
 * Nested classes share the instance of the class around them. An instance is closed, with its clients, when its test or class has ended.
 */
public final class LocalAwsExtension
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private final UnaryOperator<LocalAws.Builder> configuration;
    private final boolean fresh;
    /** JUnit runs a test and what surrounds it on one thread. */
    private final Map<Thread, LocalAws> ofTest = new ConcurrentHashMap<>();

    private volatile @Nullable LocalAws ofClass;

    /** One instance for the class, with the defaults; for {@code @ExtendWith}. */
    public LocalAwsExtension() {
        this(builder -> builder, false);
    }

    private LocalAwsExtension(UnaryOperator<LocalAws.Builder> configuration, boolean fresh) {
        this.configuration = Objects.requireNonNull(configuration);
        this.fresh = fresh;
    }

    /** One instance for the class; in an instance field, where JUnit knows of no class, one for each test. */
    public static LocalAwsExtension shared(UnaryOperator<LocalAws.Builder> configuration) {
        return new LocalAwsExtension(configuration, false);
    }

    /** One instance for each test. */
    public static LocalAwsExtension fresh(UnaryOperator<LocalAws.Builder> configuration) {
        return new LocalAwsExtension(configuration, true);
    }

    /**
     * The instance of the running test, or of the class.
     *
     * @throws IllegalStateException outside of both
     */
    public LocalAws aws() {
        LocalAws mine = ofTest.get(Thread.currentThread());
        if (mine == null) {
            mine = ofClass;
        }
        if (mine == null) {
            throw new IllegalStateException("no test is running: LocalAws is started before the tests of a class"
                    + (fresh ? ", one for each test" : ""));
        }
        return mine;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (!fresh && ofClass == null) {
            ofClass = start();
            store(context).put("owner", context.getUniqueId());
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (ofClass == null) {
            ofTest.put(Thread.currentThread(), start());
        }
    }

    private LocalAws start() {
        return configuration.apply(LocalAws.builder()).build();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        LocalAws mine = ofTest.remove(Thread.currentThread());
        if (mine != null) {
            mine.close();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        LocalAws mine = ofClass;
        if (mine != null && context.getUniqueId().equals(store(context).get("owner", String.class))) {
            ofClass = null;
            mine.close();
        }
    }

    /** Nested classes see the stores of the classes around them, so the owner is told by its id. */
    private ExtensionContext.Store store(ExtensionContext context) {
        return context.getStore(ExtensionContext.Namespace.create(LocalAwsExtension.class, this));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == LocalAws.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return aws();
    }
}
