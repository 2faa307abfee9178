package dev.s3envelope.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.s3envelope.core.EnvelopeException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The layering of docs/architecture.md: imports run one way, internals stay at home, the public surface is where it says. */
@AnalyzeClasses(packages = "dev.s3envelope", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    private static final String CORE = "dev.s3envelope.core..";
    private static final String KMS = "dev.s3envelope.kms..";
    private static final String S3 = "dev.s3envelope.s3..";
    private static final String LOCAL = "dev.s3envelope.local..";
    private static final String EXAMPLES = "dev.s3envelope.examples..";

    /** Every package that has a public type others may use; a new one is a decision, to be made here. */
    private static final Set<String> PUBLIC_PACKAGES = Set.of(
            "dev.s3envelope.core",
            "dev.s3envelope.core.access",
            "dev.s3envelope.core.advice",
            "dev.s3envelope.core.arn",
            "dev.s3envelope.core.cache",
            "dev.s3envelope.core.crypto",
            "dev.s3envelope.core.guard",
            "dev.s3envelope.core.iam",
            "dev.s3envelope.core.keyring",
            "dev.s3envelope.core.message",
            "dev.s3envelope.core.mode",
            "dev.s3envelope.core.policy",
            "dev.s3envelope.core.s3ec",
            "dev.s3envelope.core.ssec",
            "dev.s3envelope.kms",
            "dev.s3envelope.s3",
            "dev.s3envelope.s3.metrics",
            "dev.s3envelope.local");

    @ArchTest
    static final ArchRule packagesOfTheCore_knowEachOtherOneWay =
            slices().matching("dev.s3envelope.core.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule CORE_STANDS_ALONE_AND_HAS_NO_SERVICE_CLIENT = noClasses()
            .that()
            .resideInAPackage(CORE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(KMS, S3, LOCAL, EXAMPLES, "software.amazon.awssdk.services..");

    @ArchTest
    static final ArchRule KMS_KNOWS_THE_CORE_ONLY = noClasses()
            .that()
            .resideInAPackage(KMS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(S3, LOCAL, EXAMPLES, "software.amazon.awssdk.services.s3..");

    @ArchTest
    static final ArchRule CLIENTS_DO_NOT_KNOW_THE_TEST_KIT = noClasses()
            .that()
            .resideInAPackage(S3)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(LOCAL, EXAMPLES);

    @ArchTest
    static final ArchRule LOCAL_AWS_SHARES_NO_CODE_WITH_WHAT_IT_TESTS = noClasses()
            .that()
            .resideInAPackage(LOCAL)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(KMS, S3, EXAMPLES, "dev.s3envelope.core.guard..", "dev.s3envelope.core.policy..");

    @ArchTest
    static final ArchRule ONLY_THE_METRICS_KNOW_MICROMETER = noClasses()
            .that()
            .resideOutsideOfPackages("dev.s3envelope.s3.metrics..", EXAMPLES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "dev.s3envelope.s3.metrics..");

    /** What the modules of the SDK have in common but users do not see. */
    @ArchTest
    static final ArchRule INTERNALS_OF_THE_CORE_STAY_IN_THE_SDK = noClasses()
            .that()
            .resideOutsideOfPackages(CORE, KMS, S3)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.s3envelope.core..internal..");

    @ArchTest
    static final ArchRule INTERNALS_OF_KMS_STAY_THERE = internalsStay(KMS, "dev.s3envelope.kms..internal..");

    @ArchTest
    static final ArchRule INTERNALS_OF_THE_CLIENTS_STAY_THERE = internalsStay(S3, "dev.s3envelope.s3..internal..");

    @ArchTest
    static final ArchRule INTERNALS_OF_LOCAL_AWS_STAY_THERE = internalsStay(LOCAL, "dev.s3envelope.local..internal..");

    @ArchTest
    static final ArchRule PUBLIC_SIGNATURES_SHOW_NO_INTERNAL_TYPE = methods()
            .that()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackage("..internal..")
            .should(new ArchCondition<JavaMethod>("show no internal type") {
                @Override
                public void check(JavaMethod method, ConditionEvents events) {
                    Stream.concat(Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                            .filter(resideInAnyPackage("..internal..")
                                    .and(JavaClass.Predicates.resideInAPackage("dev.s3envelope..")))
                            .forEach(type -> events.add(SimpleConditionEvent.violated(
                                    method, method.getFullName() + " shows " + type.getName())));
                }
            });

    @ArchTest
    static final ArchRule WHAT_IS_THROWN_FOR_A_CALLER_IS_AN_ENVELOPE_EXCEPTION = classes()
            .that()
            .areAssignableTo(Throwable.class)
            .and()
            .arePublic()
            .and()
            .resideInAnyPackage(CORE, KMS, S3)
            .and()
            .resideOutsideOfPackage("..internal..")
            .should()
            .beAssignableTo(EnvelopeException.class);

    @ArchTest
    static final ArchRule NO_GLOBAL_STATE = fields().that().areStatic().should().beFinal();

    @ArchTest
    static final ArchRule PUBLIC_NAMES_SAY_WHAT_A_TYPE_IS = classes()
            .that()
            .arePublic()
            .and()
            .areTopLevelClasses()
            .and()
            .resideOutsideOfPackage("..internal..")
            .should()
            .haveNameNotMatching(".*(Util|Utils|Manager|Helper|Impl)$");

    @ArchTest
    static void publicTypesAreInTheListedPackages(JavaClasses all) {
        Set<String> found = all.stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaClass::getPackageName)
                .filter(name -> !name.contains(".internal") && !name.startsWith("dev.s3envelope.examples"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(PUBLIC_PACKAGES), found);
    }

    @ArchTest
    static void everyPackageIsNullMarked(JavaClasses all) {
        Set<String> unmarked = all.stream()
                .map(JavaClass::getPackage)
                .filter(pack -> !pack.isAnnotatedWith(NullMarked.class))
                .map(pack -> pack.getName())
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(unmarked.isEmpty(), "without @NullMarked: " + unmarked);
    }

    private static ArchRule internalsStay(String module, String internals) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(module)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(internals);
    }
}
