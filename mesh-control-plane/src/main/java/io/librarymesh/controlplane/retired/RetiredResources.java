package io.librarymesh.controlplane.retired;

import io.librarymesh.controlplane.istio.AuthenticationPolicy;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.Metadata;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.istio.RbacConfig;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServiceRole;
import io.librarymesh.controlplane.istio.ServiceRoleBinding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What retired resources are today: of {@code authentication.istio.io} and {@code rbac.istio.io},
 * which Istio had until 1.5, documents of {@code security.istio.io}.
 *
 * @param made the documents
 * @param remarks what changed its meaning, and what cannot be said today
 */
public record RetiredResources(List<Made> made, List<Remark> remarks) {

  private static final RetiredResources NONE = new RetiredResources(List.of(), List.of());

  private static final Comparator<Resource> OLDEST_FIRST =
      Comparator.comparing(
              (Resource resource) -> resource.metadata().creationTimestamp().orElse(Instant.MAX))
          .thenComparing(resource -> resource.metadata().name())
          .thenComparing(resource -> resource.metadata().namespace());

  /** Copies the lists. */
  public RetiredResources {
    made = List.copyOf(made);
    remarks = List.copyOf(remarks);
  }

  /**
   * What becomes of the retired ones among all resources of a mesh, which say what Services there
   * are.
   *
   * @param domain the cluster domain
   * @param rootNamespace where policies are that are for the whole mesh
   */
  public static RetiredResources of(
      Collection<Resource> resources, String domain, String rootNamespace) {
    if (resources.stream().noneMatch(RetiredResources::isRetired)) {
      return NONE;
    }
    List<Resource> ordered = resources.stream().sorted(OLDEST_FIRST).toList();
    List<AuthenticationPolicy> policies =
        ordered.stream()
            .filter(AuthenticationPolicy.class::isInstance)
            .map(AuthenticationPolicy.class::cast)
            .toList();
    Services services = new Services(ordered, domain);
    Today today = new Today(resources);
    AuthenticationConversion authentication =
        new AuthenticationConversion(ordered, policies, services, rootNamespace, today);
    authentication.convert();
    new RbacConversion(ordered, services, rootNamespace, authentication, today).convert();
    return new RetiredResources(today.made(), today.remarks());
  }

  /** Whether it is of a kind that is retired. */
  public static boolean isRetired(Resource resource) {
    return resource instanceof AuthenticationPolicy || isOfRbac(resource);
  }

  /** Whether it is of {@code rbac.istio.io}, whose resources mean something only together. */
  public static boolean isOfRbac(Resource resource) {
    return resource instanceof RbacConfig
        || resource instanceof ServiceRole
        || resource instanceof ServiceRoleBinding;
  }

  /** The documents as resources, which stand where those stand that they are made of. */
  public List<Resource> resources() {
    List<Resource> resources = new ArrayList<>();
    made.forEach(each -> resources.addAll(read(each).resources()));
    return resources;
  }

  /** What the rules for resources of today have against the documents. */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    made.forEach(each -> findings.addAll(read(each).findings()));
    return findings;
  }

  /** As old as what it is made of: of several the oldest may count. */
  private static ParsedFile read(Made made) {
    Resource first = made.from().get(0);
    Metadata like = first.metadata();
    Map<String, Object> document = new LinkedHashMap<>(made.document());
    like.creationTimestamp()
        .ifPresent(
            time -> {
              Map<String, Object> metadata = new LinkedHashMap<>();
              ((Map<?, ?>) document.getOrDefault("metadata", Map.of()))
                  .forEach((key, value) -> metadata.put(String.valueOf(key), value));
              metadata.put("creationTimestamp", time.toString());
              document.put("metadata", metadata);
            });
    return IstioReader.read(document, first.position());
  }
}
