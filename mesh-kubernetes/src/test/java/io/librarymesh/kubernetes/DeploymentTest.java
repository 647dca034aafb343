package io.librarymesh.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.librarymesh.controlplane.istio.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The manifests that come with the project. */
class DeploymentTest {
  private static final Path MANIFESTS = Path.of("..", "deploy", "kubernetes");

  private static List<HasMetadata> objects() throws IOException {
    return objects(MANIFESTS);
  }

  private static List<HasMetadata> objects(Path folder) throws IOException {
    List<HasMetadata> objects = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder).filter(Files::isRegularFile)) {
      for (Path file : files.filter(f -> !f.endsWith("kustomization.yaml")).sorted().toList()) {
        Object read = new KubernetesSerialization().unmarshal(Files.readString(file));
        if (read instanceof Collection<?> several) {
          several.forEach(one -> objects.add((HasMetadata) one));
        } else {
          objects.add((HasMetadata) read);
        }
      }
    }
    return objects;
  }

  private static ClusterRole role(Path folder) throws IOException {
    return objects(folder).stream()
        .filter(ClusterRole.class::isInstance)
        .map(ClusterRole.class::cast)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyFileIsAnObjectThatKubernetesKnows() throws IOException {
    assertThat(objects())
        .extracting(HasMetadata::getKind)
        .containsExactlyInAnyOrder(
            "Namespace",
            "ServiceAccount",
            "ClusterRole",
            "ClusterRoleBinding",
            "Deployment",
            "Service",
            "NetworkPolicy");
  }

  @Test
  void kustomizationNamesEveryFile() throws IOException {
    String kustomization = Files.readString(MANIFESTS.resolve("kustomization.yaml"));
    try (Stream<Path> files = Files.list(MANIFESTS)) {
      files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("kustomization.yaml"))
          .forEach(name -> assertThat(kustomization).contains("- " + name + "\n"));
    }
  }

  @Test
  void theAccountMayOnlyRead() throws IOException {
    assertThat(role(MANIFESTS).getRules())
        .allSatisfy(rule -> assertThat(rule.getVerbs()).containsExactly("get", "list", "watch"));
  }

  @Test
  void theAccountMayReadWhatIsWatched() throws IOException {
    List<PolicyRule> rules = role(MANIFESTS).getRules();
    for (Resource.Kind kind : Resource.Kind.values()) {
      assertThat(rules)
          .as(kind.yamlName())
          .anySatisfy(rule -> assertThat(rule.getApiGroups()).contains(kind.group()));
    }
    assertThat(rules)
        .flatExtracting(PolicyRule::getResources)
        .contains("services", "pods", "nodes", "namespaces", "endpointslices");
  }

  @Test
  void whoWritesStatusesMayChangeNothingElse() throws IOException {
    List<PolicyRule> rules = role(MANIFESTS.resolve("write-status")).getRules();
    Set<String> kinds = new TreeSet<>();
    for (Resource.Kind kind : Resource.Kind.values()) {
      if (KubernetesSource.STATUS_GROUPS.contains(kind.group())) {
        kinds.add(
            kind.yamlName().toLowerCase(Locale.ROOT).replaceAll("([^aeiou])y$", "$1ie")
                + "s/status");
      }
    }

    assertThat(rules)
        .allSatisfy(rule -> assertThat(rule.getVerbs()).containsExactly("update"))
        .flatExtracting(PolicyRule::getResources)
        .containsExactlyInAnyOrderElementsOf(kinds);
    assertThat(Files.readString(MANIFESTS.resolve("write-status/kustomization.yaml")))
        .contains("value: --write-status");
  }
}
