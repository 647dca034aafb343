package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.registry.ServiceRegistry;
import io.librarymesh.controlplane.registry.Workload;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.PushContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Files to analyze, {@code 1.yaml} and so on, with three services for which there are rules:
 * reviews (9080) and ratings (8000) in {@code prod}, shop (80) in {@code web}.
 */
final class AnalyzedFiles {
  private static final String SERVICES =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: reviews, namespace: prod}
      spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: ratings, namespace: prod}
      spec: {selector: {app: ratings}, ports: [{name: http, port: 8000}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: shop, namespace: web}
      spec: {selector: {app: shop}, ports: [{name: http, port: 80}]}
      """;

  private final List<Resource> resources = new ArrayList<>();
  private final List<Workload> workloads = new ArrayList<>();
  private int files;

  /** The services alone. */
  static AnalyzedFiles services() {
    return new AnalyzedFiles().with(SERVICES);
  }

  static AnalyzedFiles none() {
    return new AnalyzedFiles();
  }

  AnalyzedFiles with(String yaml) {
    files++;
    ParsedFile parsed = IstioReader.read(files + ".yaml", yaml);
    assertThat(parsed.findings()).noneMatch(finding -> finding.isError());
    assertThat(parsed.resources()).isNotEmpty();
    resources.addAll(parsed.resources());
    return this;
  }

  /** A VirtualService in {@code prod}, with what stands behind {@code spec:}. */
  AnalyzedFiles rules(String name, String spec) {
    return with(
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: "
            + name
            + ", namespace: prod}\nspec:\n"
            + spec.indent(2));
  }

  /** A DestinationRule, with what stands behind {@code spec:}. */
  AnalyzedFiles destinationRule(String namespace, String name, String spec) {
    return with(
        "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: "
            + name
            + ", namespace: "
            + namespace
            + "}\nspec:\n"
            + spec.indent(2));
  }

  AnalyzedFiles workload(String namespace, String address, Map<String, String> labels) {
    workloads.add(
        new Workload(
            "w",
            namespace,
            labels,
            address,
            List.of(new Workload.WorkloadPort("", 0, 8080)),
            "",
            true));
    return this;
  }

  List<Diagnosis> diagnoses() {
    ServiceRegistry registry = new ServiceRegistry(MeshConfig.DEFAULT.domain());
    registry.configure(resources);
    workloads.forEach(workload -> registry.register(workload.address(), workload));
    return Analysis.of(PushContext.of(MeshConfig.DEFAULT, resources, registry.snapshot()));
  }

  /** Those of one code. */
  List<String> diagnoses(Code code) {
    return diagnoses().stream()
        .filter(diagnosis -> diagnosis.code() == code)
        .map(Diagnosis::toString)
        .toList();
  }
}
