package io.librarymesh.controlplane;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.librarymesh.authz.JwkSet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Configuration walks through the rooms in one direction; a room knows only those before it. */
class RoomsTest {

  private static final String ROOT = "io.librarymesh.controlplane";
  private static final List<String> ORDER =
      List.of(
          "metrics",
          "ca",
          "istio",
          "keys",
          "retired",
          "store",
          "registry",
          "translate",
          "convert",
          "analyze",
          "serve",
          "load",
          "admin");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void roomsLookLeftOnly() {
    for (int i = 0; i < ORDER.size(); i++) {
      String room = ROOT + "." + ORDER.get(i);
      assertThat(CLASSES).anyMatch(c -> c.getPackageName().equals(room));
      List<String> right = new ArrayList<>(List.of(ROOT));
      ORDER.subList(i + 1, ORDER.size()).forEach(later -> right.add(ROOT + "." + later));
      noClasses()
          .that()
          .resideInAPackage(room)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(right.toArray(String[]::new))
          .check(CLASSES);
    }
  }

  /**
   * Identities, and what a set of keys is, are the same on both sides; all else of the client's
   * engine is none of a server's.
   */
  @Test
  void ofTheEngineOnlyIdentitiesAndSetsOfKeysAreKnown() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.librarymesh..")
                .and(not(resideInAPackage(ROOT + "..")))
                .and(not(resideInAPackage("io.librarymesh.proto..")))
                .and(not(resideInAPackage("io.librarymesh.identity..")))
                .and(not(type(JwkSet.class))))
        .check(CLASSES);
  }

  @Test
  void onlyServeAndKeysSpeakToTheNetwork() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + ".istio",
            ROOT + ".retired",
            ROOT + ".store",
            ROOT + ".registry",
            ROOT + ".translate",
            ROOT + ".convert",
            ROOT + ".analyze")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.grpc.stub..",
            "io.grpc.inprocess..",
            "io.grpc.netty..",
            "com.sun.net.httpserver..",
            "okhttp3..",
            "java.net.http..")
        .check(CLASSES);
  }
}
