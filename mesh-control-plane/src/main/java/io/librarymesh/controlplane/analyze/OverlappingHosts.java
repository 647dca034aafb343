package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.translate.HostNames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Hosts that the wildcard of another VirtualService covers as well: calls get the rules of the more
 * specific host and nothing of the other.
 */
final class OverlappingHosts implements Analyzer {

  @Override
  public Code code() {
    return Code.OVERLAPPING_HOSTS;
  }

  /** A host of a VirtualService, complete and lower-case. */
  private record Claim(String host, VirtualService rules) {}

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    List<Claim> wildcards = new ArrayList<>();
    for (VirtualService rules : mesh.meshRules()) {
      rules.hosts().stream()
          .map(host -> host.toLowerCase(Locale.ROOT))
          .filter(HostNames::isWildcard)
          .forEach(host -> wildcards.add(new Claim(host, rules)));
    }
    wildcards.sort(Comparator.comparingInt(claim -> -claim.host().length()));
    for (VirtualService rules : mesh.meshRules()) {
      for (int i = 0; i < rules.hosts().size(); i++) {
        String host = mesh.resolve(rules.hosts().get(i), rules).toLowerCase(Locale.ROOT);
        String path = "spec.hosts[" + i + "]";
        covering(mesh, wildcards, host, rules)
            .ifPresent(wider -> report.inform(rules.position(), path, message(host, wider)));
      }
    }
  }

  private static Optional<Claim> covering(
      AnalyzedMesh mesh, List<Claim> wildcards, String host, VirtualService rules) {
    return wildcards.stream()
        .filter(claim -> !claim.rules().id().equals(rules.id()))
        .filter(claim -> !claim.host().equals(host) && HostNames.covers(claim.host(), host))
        .filter(claim -> anybodySeesBoth(mesh, claim.rules(), rules))
        .findFirst();
  }

  private static boolean anybodySeesBoth(AnalyzedMesh mesh, VirtualService a, VirtualService b) {
    return mesh.namespaces().stream()
        .map(mesh::view)
        .anyMatch(view -> view.sees(a) && view.sees(b));
  }

  private static String message(String host, Claim wider) {
    return "calls to "
        + host
        + " get these rules and none of "
        + wider.rules().id()
        + " for "
        + wider.host()
        + " at "
        + wider.rules().position()
        + ", since the narrower host wins and rules are not merged (expected: what is to hold for"
        + " both written in both)";
  }
}
