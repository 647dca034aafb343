package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.registry.ServiceRegistry;
import io.librarymesh.controlplane.store.LoadedFiles;
import io.librarymesh.controlplane.translate.ExportDefaults;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.PushContext;
import io.librarymesh.controlplane.translate.ReferenceFindings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Runs all analyzers. Stateless; any thread. */
public final class Analysis {
  private static final Comparator<SourcePosition> BY_PLACE =
      Comparator.comparing(SourcePosition::file)
          .thenComparingInt(SourcePosition::line)
          .thenComparingInt(SourcePosition::column);

  private static final List<Analyzer> ANALYZERS =
      List.of(
          new ShadowedRoutes(),
          new ShadowedGatewayRoutes(),
          new WeightSums(),
          new MatchPorts(),
          new RuleProtocols(),
          new RuleHosts(),
          new OverlappingHosts(),
          new HiddenRules(),
          new HiddenGatewayRoutes(),
          new HiddenDestinations(),
          new HostCollisions(),
          new CutOffHosts(),
          new EmptyImports(),
          new SeveralDestinationRules(),
          new EmptySubsets(),
          new UnmatchedSelectors(),
          new UnmatchedGateways(),
          new PolicyPorts(),
          new UnknownLocalities(),
          new Ejections(),
          new TriesInTime(),
          new RetriesAcrossHops());

  private Analysis() {}

  /**
   * What there is to say about a mesh beyond what files and references say by themselves, ordered
   * by file, line and code.
   */
  public static List<Diagnosis> of(PushContext context) {
    AnalyzedMesh mesh = new AnalyzedMesh(context);
    List<Diagnosis> all = new ArrayList<>();
    for (Analyzer analyzer : ANALYZERS) {
      Report report = new Report(analyzer.code());
      analyzer.analyze(mesh, report);
      all.addAll(report.diagnoses());
    }
    return sorted(all);
  }

  /**
   * Everything there is to say about files: what validation finds, and what analysis finds in the
   * files without errors. No workload is registered, so endpoints are those that are written.
   *
   * @param options settings of a mesh without a document among the files
   */
  public static List<Diagnosis> of(LoadedFiles files, MeshConfig options) {
    List<Resource> resources = files.snapshot().resources();
    MeshConfig meshConfig = options.with(resources);
    List<Resource> complete = ExportDefaults.complete(resources, meshConfig);
    ServiceRegistry registry = new ServiceRegistry(meshConfig.domain());
    registry.configure(complete);
    PushContext context = PushContext.of(meshConfig, complete, registry.snapshot());
    List<Diagnosis> all = new ArrayList<>();
    addAll(all, Code.INVALID_FILE, files.snapshot().findings());
    addAll(all, Code.DANGLING_REFERENCE, ReferenceFindings.of(options, resources, files.refused()));
    addAll(all, Code.DANGLING_REFERENCE, registry.snapshot().findings());
    all.addAll(of(context));
    return sorted(all);
  }

  private static void addAll(List<Diagnosis> all, Code code, List<Finding> findings) {
    findings.forEach(finding -> all.add(new Diagnosis(code, finding)));
  }

  private static List<Diagnosis> sorted(List<Diagnosis> diagnoses) {
    return diagnoses.stream()
        .sorted(
            Comparator.comparing((Diagnosis d) -> d.finding().position(), BY_PLACE)
                .thenComparing(Diagnosis::code))
        .toList();
  }
}
