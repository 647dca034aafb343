package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.HttpRouteAction.Delegate;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ResourceId;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Warns of rules that delegation leaves out: no delegate, no root, or matches that contradict. */
final class DelegateFindings {

  private final Collection<Resource> resources;
  private final Delegation delegation;
  private final Set<ResourceId> used = new HashSet<>();
  private final List<Finding> findings = new ArrayList<>();

  private DelegateFindings(Collection<Resource> resources, String domain) {
    this.resources = resources;
    this.delegation = new Delegation(resources, domain);
  }

  static List<Finding> of(Collection<Resource> resources, String domain, Doubts doubts) {
    DelegateFindings all = new DelegateFindings(resources, domain);
    List<VirtualService> services =
        resources.stream()
            .filter(VirtualService.class::isInstance)
            .map(VirtualService.class::cast)
            .toList();
    services.forEach(all::checkRoot);
    services.stream()
        .filter(VirtualService::isDelegate)
        .filter(vs -> !doubts.isDoubtful(vs, "spec.hosts"))
        .forEach(all::checkUse);
    return all.findings;
  }

  private void checkRoot(VirtualService root) {
    for (int i = 0; i < root.http().size(); i++) {
      HttpRoute rule = root.http().get(i);
      if (rule.action() instanceof Delegate delegate) {
        String path = "spec.http[" + i + "]";
        Optional<VirtualService> leaf = delegation.find(root, delegate);
        if (leaf.isEmpty()) {
          warn(rule, path + ".delegate", missing(root, delegate));
        } else {
          used.add(leaf.get().id());
          checkMatches(root, rule, leaf.get());
        }
      }
    }
  }

  private String missing(VirtualService root, Delegate delegate) {
    String name = delegate.namespace() + "/" + delegate.name();
    String left = ", the rule is left out (expected: ";
    for (Resource resource : resources) {
      if (resource instanceof VirtualService vs
          && vs.metadata().name().equals(delegate.name())
          && vs.metadata().namespace().equals(delegate.namespace())) {
        return vs.isDelegate()
            ? name
                + " is not exported to "
                + root.metadata().namespace()
                + left
                + "exportTo with it)"
            : name + " has hosts of its own" + left + "a VirtualService without hosts)";
      }
    }
    return name + ": no such VirtualService" + left + "one without hosts)";
  }

  private void checkMatches(VirtualService root, HttpRoute rule, VirtualService leaf) {
    for (int i = 0; i < leaf.http().size(); i++) {
      HttpRoute spliced = leaf.http().get(i);
      if (MatchMerge.of(rule.match(), spliced.match()).isEmpty()) {
        warn(
            spliced,
            "spec.http[" + i + "].match",
            "contradicts the match of the rule of "
                + root.id()
                + " at "
                + rule.position()
                + " that delegates to it, the rule is left out there");
      }
    }
  }

  private void checkUse(VirtualService leaf) {
    if (!used.contains(leaf.id())) {
      findings.add(
          new Finding(
              leaf.position(),
              Severity.WARNING,
              "spec",
              "no hosts, and no rule that delegates to " + leaf.id() + ", so nobody uses it"));
    }
  }

  private void warn(HttpRoute rule, String path, String message) {
    findings.add(new Finding(rule.position(), Severity.WARNING, path, message));
  }
}
