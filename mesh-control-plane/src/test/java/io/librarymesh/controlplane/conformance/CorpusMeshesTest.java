package io.librarymesh.controlplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.config.Locality;
import io.librarymesh.controlplane.istio.Corpus;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.registry.ServiceRegistry;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.controlplane.translate.Catalogue;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.Dialect;
import io.librarymesh.controlplane.translate.ExportDefaults;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.PushContext;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.controlplane.translate.Role;
import io.librarymesh.controlplane.translate.Translation;
import io.librarymesh.testkit.conformance.Given;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each file of the corpus is a mesh of its own, and so is each folder: everything in it is
 * translated for every kind of client, and the engine takes what it is served.
 */
class CorpusMeshesTest {
  private static final Map<String, String> LABELS = Map.of("istio", "ingressgateway");

  @TestFactory
  Stream<DynamicTest> eachFileIsAMesh() {
    return Corpus.files().stream().filter(CorpusMeshesTest::isUsed).map(CorpusMeshesTest::test);
  }

  @TestFactory
  Stream<DynamicTest> eachFolderIsAMesh() {
    TreeSet<Path> folders = new TreeSet<>();
    for (Path file : Corpus.files()) {
      if (isUsed(file)) {
        folders.add(file.getParent());
      }
    }
    return folders.stream().map(CorpusMeshesTest::test);
  }

  /** The files by themselves have them all: no name of one is taken by another. */
  @Test
  void nothingOfTheCorpusIsLeftOut() {
    long resources = Corpus.files().stream().mapToLong(file -> load(file).resources().size()).sum();

    assertThat(resources).isEqualTo(90);
  }

  private static DynamicTest test(Path mesh) {
    String name = Corpus.folder().relativize(mesh).toString();
    return DynamicTest.dynamicTest(name, () -> serve(mesh));
  }

  private static ConfigSnapshot load(Path path) {
    return DirectoryStore.load(List.of(path));
  }

  /** Definitions of resource types are for a cluster. */
  private static boolean isUsed(Path file) {
    return !load(file).resources().isEmpty();
  }

  private static void serve(Path mesh) throws Exception {
    ConfigSnapshot snapshot = load(mesh);
    // Variants of one rule stand side by side in a folder, and the first of a name is in force.
    assertThat(snapshot.findings())
        .filteredOn(Finding::isError)
        .allMatch(f -> f.message().contains(" is declared twice, first at "));
    PushContext context = context(snapshot.resources());
    for (Dialect dialect : Dialect.values()) {
      translate(context, new ClientView("default", Map.of(), "", dialect));
    }
    translate(context, new ClientView("default", LABELS, "", Dialect.ENVOY, Role.ROUTER));
    compile(context, snapshot.resources());
  }

  private static PushContext context(List<Resource> resources) {
    MeshConfig mesh = MeshConfig.DEFAULT.with(resources);
    List<Resource> complete = ExportDefaults.complete(resources, mesh);
    ServiceRegistry registry = new ServiceRegistry(mesh.domain());
    registry.configure(complete);
    return PushContext.of(mesh, complete, registry.snapshot());
  }

  private static void translate(PushContext context, ClientView client) {
    ClientView view = context.canonical(client);
    for (ResourceType type : List.of(ResourceType.LISTENER, ResourceType.CLUSTER)) {
      for (String name : names(context, view, type)) {
        if (isOriginatedForGrpc(view, name)) {
          continue;
        }
        assertThat(Translation.of(context, view, type, name).resource())
            .as("%s %s for %s", type, name, view)
            .isPresent();
      }
    }
  }

  /** TLS to a server outside of the mesh, which clients of gRPC do not get. */
  private static boolean isOriginatedForGrpc(ClientView view, String name) {
    return view.dialect().isGrpc() && name.equals("outbound|443||www.googleapis.com");
  }

  private static List<String> names(PushContext context, ClientView view, ResourceType type) {
    List<String> names = new ArrayList<>();
    for (String host : Catalogue.hosts(context)) {
      names.addAll(Catalogue.names(context, view, type, host));
    }
    return names;
  }

  /** Everything that the engine can call, by its own readers. */
  private static void compile(PushContext context, List<Resource> resources) throws Exception {
    ClientView view = context.canonical(new ClientView("default", Map.of(), "", Dialect.LIBRARY));
    List<String> targets = names(context, view, ResourceType.LISTENER);
    Given.Client client = new Given.Client("default", Map.of(), Locality.NONE);
    Given.IstioWorld world =
        new Given.IstioWorld("", "", Map.of(), client, Given.MeshSettings.DEFAULT, targets);

    Map<String, Update> updates =
        ControlPlaneCompiler.compile(world, MeshConfig.DEFAULT, resources);

    assertThat(updates).containsOnlyKeys(targets);
    assertThat(updates.values()).allMatch(Update.Resolved.class::isInstance);
  }
}
