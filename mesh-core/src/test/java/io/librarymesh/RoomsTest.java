package io.librarymesh;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import io.librarymesh.fault.PlantedViolations;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.route.RouteTable;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds the rooms of mesh-core in their order: a request walks through them from left to right, and
 * a room knows only rooms to its left. Each rule is also run over a class that breaks it.
 */
final class RoomsTest {
  private static final String ROOT = "io.librarymesh";

  /** From left to right; rooms in one group do not know each other. */
  private static final List<Set<String>> WALK =
      List.of(
          Set.of("time", "random"),
          Set.of("config"),
          Set.of("dns"),
          Set.of("route"),
          Set.of("guard"),
          Set.of("fault"),
          Set.of("pick"),
          Set.of("attempt"),
          Set.of("outcome"),
          Set.of("telemetry"));

  private static final Set<String> SEEN_BY_XDS = Set.of("config", "time", "random", "identity");

  private static final Set<String> SEEN_BY_IDENTITY = Set.of("time", "random");

  /** Of route for the one view of a path, and for comparing texts. */
  private static final Set<String> SEEN_BY_AUTHZ = Set.of("time", "config", "route");

  private static String room(String name) {
    return ROOT + "." + name + "..";
  }

  private static String[] rooms(Iterable<String> names) {
    List<String> rooms = new ArrayList<>();
    names.forEach(name -> rooms.add(room(name)));
    return rooms.toArray(String[]::new);
  }

  private static List<String> walk() {
    List<String> names = new ArrayList<>();
    WALK.forEach(names::addAll);
    return names;
  }

  private static ArchRule everyClassHasARoom() {
    List<String> names = walk();
    names.add("xds");
    names.add("identity");
    names.add("authz");
    return classes()
        .should()
        .resideInAnyPackage(rooms(names))
        .orShould()
        .resideInAPackage(ROOT)
        .as("every class has a room");
  }

  /** One rule per room: it knows itself and what is to its left. */
  private static List<ArchRule> lookLeftOnly() {
    List<ArchRule> rules = new ArrayList<>();
    List<String> left = new ArrayList<>();
    for (Set<String> group : WALK) {
      group.forEach(name -> rules.add(knowsOnly(name, left)));
      left.addAll(group);
    }
    rules.add(knowsOnly("xds", SEEN_BY_XDS));
    rules.add(knowsOnly("identity", SEEN_BY_IDENTITY));
    rules.add(knowsOnly("authz", SEEN_BY_AUTHZ));
    return rules;
  }

  private static ArchRule knowsOnly(String name, Iterable<String> others) {
    List<String> known = new ArrayList<>(List.of(name));
    others.forEach(known::add);
    DescribedPredicate<JavaClass> ofTheMesh =
        resideInAPackage(ROOT + "..").and(DescribedPredicate.not(resideInAPackage(room("proto"))));
    return noClasses()
        .that()
        .resideInAPackage(room(name))
        .should()
        .dependOnClassesThat(
            ofTheMesh.and(DescribedPredicate.not(resideInAnyPackage(rooms(known)))))
        .as(name + " knows only " + known);
  }

  private static ArchRule noCycles() {
    return slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();
  }

  private static ArchRule onlyXdsKnowsTheWire() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(room("xds"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(room("proto"), "com.google.protobuf..", "io.grpc..")
        .as("only xds knows protobuf and gRPC");
  }

  private static ArchRule engineNeedsTheJdkOnly() {
    return classes()
        .that()
        .resideOutsideOfPackages(room("xds"), room("route"), room("identity"), room("authz"))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", ROOT + "..", "org.jspecify..")
        .as("the engine needs the JDK only");
  }

  private static ArchRule routeNeedsRe2Besides() {
    return classes()
        .that()
        .resideInAPackage(room("route"))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", ROOT + "..", "org.jspecify..", "com.google.re2j..")
        .as("route needs the JDK and RE2/J only");
  }

  private static ArchRule identityNeedsTlsBesides() {
    return classes()
        .that()
        .resideInAPackage(room("identity"))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "javax.net.ssl..",
            "javax.security.auth.x500..",
            ROOT + "..",
            "org.jspecify..")
        .as("identity needs the JDK and its TLS only");
  }

  private static ArchRule authzNeedsCiphersBesides() {
    return classes()
        .that()
        .resideInAPackage(room("authz"))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "javax.crypto..", ROOT + "..", "org.jspecify..")
        .as("authz needs the JDK and its ciphers only");
  }

  private static ArchRule logsGoToSystemLogger() {
    return noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.util.logging..",
            "org.slf4j..",
            "org.apache.logging..",
            "org.apache.commons.logging..")
        .as("logs go to System.Logger");
  }

  private static ArchRule onlyTimeReadsClocks() {
    DescribedPredicate<JavaAccess<?>> clock =
        describe(
            "a clock or a sleep",
            access ->
                (access.getTargetOwner().isEquivalentTo(System.class)
                        && Set.of("nanoTime", "currentTimeMillis").contains(access.getName()))
                    || (access.getTargetOwner().isEquivalentTo(Instant.class)
                        && access.getName().equals("now"))
                    || (access.getTargetOwner().isEquivalentTo(Thread.class)
                        && access.getName().equals("sleep"))
                    || access.getTargetOwner().isEquivalentTo(Clock.class));
    return noClasses()
        .that()
        .resideOutsideOfPackage(room("time"))
        .should()
        .accessTargetWhere(clock)
        .as("only time reads clocks and sleeps");
  }

  private static ArchRule onlyRandomDraws() {
    DescribedPredicate<JavaClass> generators =
        belongToAnyOf(Random.class, ThreadLocalRandom.class, SplittableRandom.class)
            .or(resideInAPackage("java.util.random.."));
    return noClasses()
        .that()
        .resideOutsideOfPackage(room("random"))
        .should()
        .dependOnClassesThat(generators)
        .orShould()
        .callMethod(Math.class, "random")
        .as("only random draws");
  }

  private static List<ArchRule> rules() {
    List<ArchRule> rules = new ArrayList<>(lookLeftOnly());
    rules.add(everyClassHasARoom());
    rules.add(noCycles());
    rules.add(onlyXdsKnowsTheWire());
    rules.add(engineNeedsTheJdkOnly());
    rules.add(routeNeedsRe2Besides());
    rules.add(identityNeedsTlsBesides());
    rules.add(authzNeedsCiphersBesides());
    rules.add(logsGoToSystemLogger());
    rules.add(onlyTimeReadsClocks());
    rules.add(onlyRandomDraws());
    return rules;
  }

  private static JavaClasses mainClasses() throws URISyntaxException {
    Path classes =
        Path.of(RouteTable.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return new ClassFileImporter().importPath(classes);
  }

  @TestFactory
  List<DynamicTest> mainClassesKeepTheRules() throws URISyntaxException {
    JavaClasses main = mainClasses();
    assertThat(main.size()).isGreaterThan(100);
    return rules().stream()
        .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(main)))
        .toList();
  }

  @Test
  void breakingEachRuleIsNoticed() {
    JavaClasses planted =
        new ClassFileImporter().importClasses(PlantedViolations.class, ClusterState.class);
    ArchRule faultLooksLeft =
        lookLeftOnly().stream()
            .filter(rule -> rule.getDescription().startsWith("fault "))
            .findFirst()
            .orElseThrow();

    assertThat(violations(faultLooksLeft, planted)).anyMatch(line -> line.contains("ClusterState"));
    assertThat(violations(onlyXdsKnowsTheWire(), planted))
        .anyMatch(line -> line.contains("io.grpc.Status"));
    assertThat(violations(engineNeedsTheJdkOnly(), planted))
        .anyMatch(line -> line.contains("io.grpc.Status"));
    assertThat(violations(logsGoToSystemLogger(), planted))
        .anyMatch(line -> line.contains("java.util.logging.Logger"));
    assertThat(violations(onlyTimeReadsClocks(), planted))
        .anyMatch(line -> line.contains("System.nanoTime"))
        .anyMatch(line -> line.contains("System.currentTimeMillis"))
        .anyMatch(line -> line.contains("Instant.now"))
        .anyMatch(line -> line.contains("Thread.sleep"));
    assertThat(violations(onlyRandomDraws(), planted))
        .anyMatch(line -> line.contains("ThreadLocalRandom"))
        .anyMatch(line -> line.contains("SplittableRandom"))
        .anyMatch(line -> line.contains("Math.random"));
  }

  @Test
  void classWithoutARoomIsNoticed() {
    JavaClasses stranger = new ClassFileImporter().importClasses(String.class);

    assertThat(violations(everyClassHasARoom(), stranger)).hasSize(1);
  }

  private static List<String> violations(ArchRule rule, JavaClasses classes) {
    EvaluationResult result = rule.evaluate(classes);
    return result.getFailureReport().getDetails();
  }
}
