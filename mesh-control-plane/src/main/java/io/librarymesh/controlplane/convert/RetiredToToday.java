package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.AuthenticationPolicy;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.retired.Made;
import io.librarymesh.controlplane.retired.Remark;
import io.librarymesh.controlplane.retired.RetiredResources;
import io.librarymesh.controlplane.translate.MeshConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Resources of APIs that Istio has retired as those of today, which are the ones that the control
 * plane itself puts in force for them.
 *
 * <p>Those of {@code rbac.istio.io} are converted together or not at all: some of them alone would
 * refuse, or let in, somebody else.
 */
final class RetiredToToday implements Converter {

  @Override
  public void convert(Inventory inventory, Outcome outcome) {
    MeshConfig config = MeshConfig.DEFAULT.with(inventory.resources());
    RetiredResources retired =
        RetiredResources.of(inventory.resources(), config.domain(), config.rootNamespace());
    Set<Resource> staying = new HashSet<>();
    Map<Resource, List<Outcome.Problem>> problems = new HashMap<>();
    for (Remark remark : retired.remarks()) {
      if (remark.kind() == Remark.Kind.PROBLEM) {
        staying.add(remark.of());
        problems
            .computeIfAbsent(remark.of(), r -> new ArrayList<>())
            .add(new Outcome.Problem(remark.position(), remark.field(), remark.message()));
      }
    }
    together(inventory, retired, staying);
    Map<Resource, List<Map<String, Object>>> documents = new HashMap<>();
    for (Made made : retired.made()) {
      documents.computeIfAbsent(made.from().get(0), r -> new ArrayList<>()).add(made.document());
    }
    inventory.resources().stream()
        .filter(RetiredResources::isRetired)
        .forEach(
            resource -> {
              if (staying.contains(resource)) {
                outcome.stays(resource, problems.getOrDefault(resource, beside(resource)));
              } else {
                outcome.replace(resource, documents.getOrDefault(resource, List.of()));
              }
            });
    for (Remark remark : retired.remarks()) {
      if (!staying.contains(remark.of())) {
        if (remark.kind() == Remark.Kind.KNOWN) {
          outcome.inform(remark.position(), remark.field(), remark.message());
        } else {
          outcome.warn(remark.position(), remark.field(), remark.message());
        }
      }
    }
  }

  /** What stays takes along what means something only with it. */
  private static void together(
      Inventory inventory, RetiredResources retired, Set<Resource> staying) {
    int before;
    do {
      before = staying.size();
      if (staying.stream().anyMatch(RetiredResources::isOfRbac)) {
        inventory.resources().stream().filter(RetiredToToday::isForRoles).forEach(staying::add);
      }
      for (Made made : retired.made()) {
        if (made.from().stream().anyMatch(staying::contains)) {
          staying.addAll(made.from());
        }
      }
    } while (staying.size() > before);
  }

  /** Roles, and what says that they are bound to who the token says. */
  private static boolean isForRoles(Resource resource) {
    return RetiredResources.isOfRbac(resource)
        || (resource instanceof AuthenticationPolicy policy
            && policy.binding() == AuthenticationPolicy.PrincipalBinding.USE_ORIGIN);
  }

  private static List<Outcome.Problem> beside(Resource resource) {
    String why = "another resource that belongs to it stays";
    return List.of(new Outcome.Problem(resource.position(), "", why));
  }
}
