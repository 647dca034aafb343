package io.librarymesh.controlplane.fields;

import com.google.protobuf.Message;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.registry.ServiceRegistry;
import io.librarymesh.controlplane.registry.Workload;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.Dialect;
import io.librarymesh.controlplane.translate.ExportDefaults;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.PushContext;
import io.librarymesh.controlplane.translate.ReferenceFindings;
import io.librarymesh.controlplane.translate.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The mesh into which the cases are put, and everything that its clients are served. */
final class MeshOfFields {
  private static final List<ClientView> CLIENTS =
      List.of(
          new ClientView("prod", Map.of("app", "cart"), "r1/z1/s1", Dialect.LIBRARY)
              .withIdentity(true),
          new ClientView("prod", Map.of("app", "other"), "r2/z1/s1", Dialect.LIBRARY),
          new ClientView("dev", Map.of("app", "cart"), "", Dialect.LIBRARY),
          new ClientView("prod", Map.of("app", "reviews", "version", "v1"), "", Dialect.LIBRARY),
          new ClientView("prod", Map.of("istio", "gw"), "", Dialect.ENVOY, Role.ROUTER));

  private final List<Resource> surroundings =
      IstioReader.read("world.yaml", FieldCase.text("world")).resources();

  /**
   * What is said of a file, and what is served with it.
   *
   * @param kind of the document that it is about
   */
  Outcome outcome(String kind, String documents) {
    ParsedFile parsed = IstioReader.read("case.yaml", documents);
    List<Finding> findings = new ArrayList<>(parsed.findings());
    if (parsed.hasErrors()) {
      return new Outcome(Map.of(), findings);
    }
    List<Resource> resources = new ArrayList<>(surroundings);
    resources.addAll(parsed.resources());
    findings.addAll(ReferenceFindings.of(MeshConfig.DEFAULT, resources));
    return new Outcome(served(kind, resources), findings);
  }

  private static Map<String, Message> served(String kind, List<Resource> resources) {
    PushContext context = context(resources);
    Map<String, Message> served = new TreeMap<>();
    for (int i = 0; i < CLIENTS.size(); i++) {
      new Served(context, context.canonical(CLIENTS.get(i)), "client " + i, served)
          .all(host -> !kind.equals("DestinationRule") || host.startsWith("reviews."));
    }
    return served;
  }

  private static PushContext context(List<Resource> resources) {
    MeshConfig inForce = MeshConfig.DEFAULT.with(resources);
    List<Resource> complete = ExportDefaults.complete(resources, inForce);
    ServiceRegistry registry = new ServiceRegistry(inForce.domain());
    registry.configure(complete);
    List<Workload> workloads = workloads();
    for (int i = 0; i < workloads.size(); i++) {
      registry.register("w" + i, workloads.get(i));
    }
    return PushContext.of(inForce, complete, registry.snapshot());
  }

  /** What becomes of it is up to the WorkloadGroup that a case may be. */
  private static Workload member() {
    return new Workload(
        "member",
        "prod",
        Map.of(),
        "10.1.0.9",
        List.of(new Workload.WorkloadPort("own", 0, 7070)),
        "",
        true,
        Optional.of("test"),
        1,
        "");
  }

  private static List<Workload> workloads() {
    List<Workload> workloads = new ArrayList<>();
    String[] places = {"r1/z1/s1", "r1/z2/s1", "r2/z1/s1", "r3/z1/s1"};
    for (int i = 0; i < places.length; i++) {
      String version = i == 2 ? "v2" : "v1";
      workloads.add(
          new Workload(
              "reviews-" + version,
              "prod",
              Map.of("app", "reviews", "version", version, "security.istio.io/tlsMode", "istio"),
              "10.1.0." + i,
              List.of(new Workload.WorkloadPort("", 0, 9080)),
              places[i],
              true,
              Optional.empty(),
              1,
              "reviews"));
    }
    workloads.add(member());
    return workloads;
  }
}
