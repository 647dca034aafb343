package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Destination;
import io.librarymesh.controlplane.istio.HttpMirrorPolicy;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.HttpRouteAction;
import io.librarymesh.controlplane.istio.HttpRouteAction.Delegate;
import io.librarymesh.controlplane.istio.HttpRouteDestination;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Splices the rules of VirtualServices without hosts into the rules that delegate to them.
 *
 * <p>A rule whose delegate is missing, or not exported to the root's namespace, is left out; so is
 * each rule of a delegate that contradicts the root's matches. What a spliced rule does not say it
 * takes from the root's rule. Short names of destinations are those of the delegate's namespace.
 *
 * <p>Source: Istio {@code mergeVirtualServicesIfNeeded}. One thing differs: mirrors are inherited
 * together with their shares, where Istio looks at the share alone too.
 */
final class Delegation {

  private final Map<Key, VirtualService> delegates = new HashMap<>();
  private final String domain;

  private record Key(String namespace, String name) {}

  Delegation(Collection<Resource> resources, String domain) {
    this.domain = domain;
    for (Resource resource : resources) {
      if (resource instanceof VirtualService vs && vs.isDelegate()) {
        delegates.put(new Key(vs.metadata().namespace(), vs.metadata().name()), vs);
      }
    }
  }

  /** The same resources, those that delegate with the rules of their delegates. */
  static List<Resource> resolve(Collection<Resource> resources, String domain) {
    Delegation delegation = new Delegation(resources, domain);
    return resources.stream()
        .map(r -> r instanceof VirtualService vs ? delegation.resolve(vs) : r)
        .toList();
  }

  private VirtualService resolve(VirtualService root) {
    if (root.http().stream().noneMatch(rule -> rule.action() instanceof Delegate)) {
      return root;
    }
    List<HttpRoute> rules = new ArrayList<>();
    for (HttpRoute rule : root.http()) {
      if (rule.action() instanceof Delegate delegate) {
        find(root, delegate).ifPresent(leaf -> rules.addAll(splice(rule, leaf)));
      } else {
        rules.add(rule);
      }
    }
    return new VirtualService(
        root.position(),
        root.metadata(),
        root.hosts(),
        root.gateways(),
        root.exportTo(),
        rules,
        root.tls(),
        root.tcp());
  }

  /** The VirtualService that a rule delegates to; empty when the root cannot see it. */
  Optional<VirtualService> find(VirtualService root, Delegate delegate) {
    String namespace = root.metadata().namespace();
    return Optional.ofNullable(delegates.get(new Key(delegate.namespace(), delegate.name())))
        .filter(
            leaf -> {
              ExportTo exportTo = ExportTo.of(leaf.exportTo(), leaf.metadata().namespace());
              return leaf.metadata().namespace().equals(namespace)
                  ? exportTo.includesOwnNamespace()
                  : exportTo.includes(namespace);
            });
  }

  private List<HttpRoute> splice(HttpRoute root, VirtualService leaf) {
    return leaf.http().stream()
        .flatMap(rule -> splice(root, rule, leaf.metadata().namespace()).stream())
        .toList();
  }

  /** A rule of a delegate in the place of the root's; empty when the two contradict each other. */
  private Optional<HttpRoute> splice(HttpRoute root, HttpRoute leaf, String namespace) {
    return MatchMerge.of(root.match(), leaf.match())
        .map(
            match ->
                new HttpRoute(
                    leaf.position(),
                    MatchMerge.joined(root.name(), leaf.name()),
                    match,
                    action(root, leaf, namespace),
                    leaf.rewrite().or(root::rewrite),
                    leaf.timeout().or(root::timeout),
                    leaf.retries().or(root::retries),
                    leaf.fault().or(root::fault),
                    mirrors(root, leaf, namespace),
                    leaf.corsPolicy().or(root::corsPolicy),
                    leaf.headers().isEmpty() ? root.headers() : leaf.headers()));
  }

  private HttpRouteAction action(HttpRoute root, HttpRoute leaf, String namespace) {
    if (!(leaf.action() instanceof HttpRouteAction.Forward forward)) {
      return leaf.action();
    }
    // Of several actions a direct response is the stronger one.
    return ((Delegate) root.action())
        .directResponse()
        .<HttpRouteAction>map(response -> response)
        .orElseGet(
            () ->
                new HttpRouteAction.Forward(
                    forward.destinations().stream().map(d -> complete(d, namespace)).toList()));
  }

  private List<HttpMirrorPolicy> mirrors(HttpRoute root, HttpRoute leaf, String namespace) {
    Stream<HttpMirrorPolicy> own = leaf.mirrors().stream();
    return leaf.mirrors().isEmpty()
        ? root.mirrors()
        : own.map(
                m ->
                    new HttpMirrorPolicy(
                        complete(m.destination(), namespace), m.percentage(), m.single()))
            .toList();
  }

  private HttpRouteDestination complete(HttpRouteDestination entry, String namespace) {
    return new HttpRouteDestination(
        entry.position(),
        complete(entry.destination(), namespace),
        entry.weight(),
        entry.headers());
  }

  private Destination complete(Destination written, String namespace) {
    String host = HostNames.resolve(written.host(), namespace, domain);
    return new Destination(written.position(), host, written.subset(), written.port());
  }
}
