package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Map;

/**
 * Who has a role, as Istio had it until 1.5: {@code rbac.istio.io/v1alpha1/ServiceRoleBinding}.
 *
 * @param position where the document begins
 * @param metadata name and namespace, which is that of the role
 * @param subjects any of them
 * @param role the name of a ServiceRole; of the root namespace where it begins with a slash; empty
 *     where the actions stand here
 * @param actions what may be done, without a role
 * @param isTrial whether nobody is let in by it, and it is only noted who would be
 */
public record ServiceRoleBinding(
    SourcePosition position,
    Metadata metadata,
    List<Subject> subjects,
    String role,
    List<ServiceRole.AccessRule> actions,
    boolean isTrial)
    implements Resource {

  /** Copies the lists. */
  public ServiceRoleBinding {
    subjects = List.copyOf(subjects);
    actions = List.copyOf(actions);
  }

  @Override
  public Kind kind() {
    return Kind.SERVICE_ROLE_BINDING;
  }

  /**
   * Callers. All that is written must be so; what is empty says nothing.
   *
   * @param position where it stands
   * @param user the identity; {@code *} is anybody, also who has none
   * @param group a group that the caller is in
   * @param names identities, any of which it must be
   * @param groups groups, any of which it must be in
   * @param namespaces any of which it must be from
   * @param ips addresses, any of which it must be at
   * @param properties by their keys
   */
  public record Subject(
      SourcePosition position,
      String user,
      String group,
      List<String> names,
      List<String> notNames,
      List<String> groups,
      List<String> notGroups,
      List<String> namespaces,
      List<String> notNamespaces,
      List<String> ips,
      List<String> notIps,
      Map<String, String> properties) {

    /** Copies the collections. */
    public Subject {
      names = List.copyOf(names);
      notNames = List.copyOf(notNames);
      groups = List.copyOf(groups);
      notGroups = List.copyOf(notGroups);
      namespaces = List.copyOf(namespaces);
      notNamespaces = List.copyOf(notNamespaces);
      ips = List.copyOf(ips);
      notIps = List.copyOf(notIps);
      properties = Copies.ordered(properties);
    }
  }
}
