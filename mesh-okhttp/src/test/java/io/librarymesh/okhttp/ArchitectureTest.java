package io.librarymesh.okhttp;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.librarymesh.config.Body;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.StoredResponse;
import io.librarymesh.fault.ResponsePace;

/** The adapter does I/O and decides nothing. */
@AnalyzeClasses(
    packages = "io.librarymesh.okhttp",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest
  static final ArchRule SEES_NO_POLICY =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.librarymesh..")
                  .and(
                      not(
                          resideInAnyPackage(
                              "io.librarymesh",
                              "io.librarymesh.okhttp",
                              "io.librarymesh.route",
                              "io.librarymesh.outcome",
                              "io.librarymesh.telemetry",
                              "io.librarymesh.time")))
                  .and(
                      not(
                          belongToAnyOf(
                              Endpoint.class,
                              Body.class,
                              StoredResponse.class,
                              ResponsePace.class))));

  @ArchTest
  static final ArchRule READS_NO_CLOCK_AND_ROLLS_NO_DICE =
      noClasses()
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .dependOnClassesThat()
          .haveSimpleNameStartingWith("Random");

  @ArchTest
  static final ArchRule USES_NOTHING_THAT_OKHTTP_KEEPS_TO_ITSELF =
      noClasses().should().dependOnClassesThat().resideInAPackage("okhttp3.internal..");
}
