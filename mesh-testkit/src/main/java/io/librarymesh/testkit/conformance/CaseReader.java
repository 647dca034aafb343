package io.librarymesh.testkit.conformance;

import io.librarymesh.Semantics;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Locality;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.PathNormalization.EscapedSlashes;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.random.Draw;
import io.librarymesh.testkit.conformance.ConformanceCase.DrawScript;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one case. */
final class CaseReader {
  private static final Given.Client CLIENT =
      new Given.Client("prod", Map.of("app", "cart"), Locality.NONE);

  /** What the calls of an {@code istio} case ask for when they name no target. */
  private static final String ISTIO_TARGET = "reviews:9080";

  private final CaseNode document;
  private final CaseFields fields;
  private final Optional<String> rejected;
  private final Given.Client client;
  private final Given.MeshSettings mesh;
  private final String services;
  private final String target;
  private final List<String> targets;
  private CaseNode configured;
  private Map<String, CaseNode> hosts;

  private CaseReader(CaseNode document, CaseNode world) {
    this.document = document;
    this.configured = document;
    this.fields = document.fields();
    this.rejected = fields.optional("rejected").map(CaseNode::text);
    this.client = fields.read("client", CLIENT, CaseReader::client);
    this.mesh = fields.read("mesh", Given.MeshSettings.DEFAULT, CaseReader::mesh);
    boolean istio = fields.has("istio");
    CaseFields defaults = world.fields();
    this.hosts = new LinkedHashMap<>();
    if (istio && !fields.has("services")) {
      hosts.putAll(defaults.required("hosts").entries());
    }
    hosts.putAll(fields.read("hosts", Map.of(), CaseNode::entries));
    this.services = istio ? fields.text("services", defaults.text("services", "")) : "";
    this.target = istio ? ISTIO_TARGET : ConformanceCase.DEFAULT_TARGET;
    this.targets = targets();
  }

  /**
   * Reads one document.
   *
   * @param world the services and hosts of an {@code istio} case that names no {@code services}
   */
  static ConformanceCase read(CaseNode document, CaseNode world) {
    return new CaseReader(document, world).read();
  }

  private ConformanceCase read() {
    String name = fields.required("name").text();
    String source = fields.required("source").text();
    List<String> declared = fields.required("features").items(CaseNode::text);
    Optional<CaseNode> calls = fields.optional("calls");
    Given given = given();
    Map<Draw, DrawScript> draws = fields.read("draws", Map.of(), CaseReader::drawScripts);
    Semantics semantics = fields.read("semantics", Semantics.ISTIO_EXACT, CaseReader::semantics);
    List<CaseStep> steps =
        calls.map(node -> new StepReader(target, this::update).steps(node)).orElse(List.of());
    fields.end();
    if (rejected.isPresent() != steps.isEmpty()) {
      throw document.error("calls: " + steps.size() + " (expected: calls, or else rejected)");
    }
    Set<String> features = new LinkedHashSet<>(declared);
    features.addAll(ShownFeatures.of(given, draws, steps));
    return new ConformanceCase(
        name, source, features, given, semantics, draws, rejected, steps, document.location());
  }

  private Given given() {
    configured =
        fields
            .oneOf(List.of("config", "istio"))
            .orElseThrow(() -> document.error("config: missing (expected: config or istio)"));
    return given(configured);
  }

  private Given given(CaseNode config) {
    return config.key().equals("config") ? direct(config) : istio(config);
  }

  /**
   * A change of configuration. Rules and hosts that it does not name stay, and a cluster whose
   * hosts are the word "none" goes.
   */
  private Given update(CaseNode node) {
    CaseFields update = node.fields();
    Map<String, CaseNode> changed = new LinkedHashMap<>(hosts);
    changed.putAll(update.read("hosts", Map.of(), CaseNode::entries));
    changed.values().removeIf(list -> list.isText() && list.text().equals("none"));
    hosts = changed;
    configured = update.oneOf(List.of("config", "istio")).orElse(configured);
    update.end();
    return given(configured);
  }

  private Given direct(CaseNode node) {
    try {
      return new Given.Direct(config(node));
    } catch (CaseSyntaxException refused) {
      // Only what a record refused is a statement about the mesh; the rest is a mistake in the
      // case.
      if (rejected.isPresent() && refused.getCause() instanceof IllegalArgumentException cause) {
        return new Given.Refused(String.valueOf(cause.getMessage()));
      }
      throw refused;
    }
  }

  private TargetConfig config(CaseNode node) {
    CaseFields config = node.fields();
    PathNormalization paths = config.read("paths", PathNormalization.NONE, CaseReader::paths);
    RouteConfig routes = RouteReader.routes(config);
    Map<String, CaseNode> described = config.read("clusters", Map.of(), CaseNode::entries);
    config.end();
    Map<String, ClusterConfig> clusters = ClusterReader.clusters(described, hosts);
    return new TargetConfig(ConformanceCase.DEFAULT_TARGET, paths, routes, clusters);
  }

  private static PathNormalization paths(CaseNode node) {
    CaseFields paths = node.fields();
    PathNormalization normalization =
        new PathNormalization(
            paths.flag("normalize", false),
            paths.flag("mergeSlashes", false),
            paths.read(
                "escapedSlashes",
                EscapedSlashes.KEEP_UNCHANGED,
                action -> action.constant(EscapedSlashes.class)));
    paths.end();
    return normalization;
  }

  private Given istio(CaseNode rules) {
    Map<String, List<LocalityEndpoints>> endpoints = new LinkedHashMap<>();
    hosts.forEach((host, listed) -> endpoints.put(host, HostReader.endpoints(listed)));
    return new Given.Istio(
        new Given.IstioWorld(services, rules.text(), endpoints, client, mesh, targets));
  }

  private static Given.Client client(CaseNode node) {
    CaseFields client = node.fields();
    String namespace = client.text("namespace", CLIENT.namespace());
    Map<String, String> labels =
        client.read("labels", CLIENT.labels(), value -> value.entries(CaseNode::text));
    Locality locality = HostReader.locality(client.text("locality", ""));
    client.end();
    return new Given.Client(namespace, labels, locality);
  }

  private static Given.MeshSettings mesh(CaseNode node) {
    CaseFields mesh = node.fields();
    boolean registryOnly = mesh.text("outboundTrafficPolicy", "ALLOW_ANY").equals("REGISTRY_ONLY");
    Optional<Given.RetrySettings> retries =
        mesh.optional("defaultHttpRetryPolicy").map(CaseReader::retries);
    Optional<String> paths = mesh.optional("pathNormalization").map(CaseNode::text);
    mesh.end();
    return new Given.MeshSettings(registryOnly, retries, paths);
  }

  private static Given.RetrySettings retries(CaseNode node) {
    CaseFields retries = node.fields();
    int attempts = retries.required("attempts").integer();
    List<String> on = retries.read("retryOn", List.of(), value -> value.oneOrMore(CaseNode::text));
    retries.end();
    return new Given.RetrySettings(attempts, on);
  }

  private static Semantics semantics(CaseNode node) {
    return switch (node.text()) {
      case "standard" -> Semantics.STANDARD;
      case "istio-exact" -> Semantics.ISTIO_EXACT;
      default ->
          throw node.error("semantics: " + node.text() + " (expected: standard or istio-exact)");
    };
  }

  private List<String> targets() {
    Set<String> asked = new LinkedHashSet<>();
    fields.peek("calls").map(CaseNode::items).orElse(List.of()).stream()
        .map(call -> Optional.ofNullable(call.entries().get("target")))
        .forEach(named -> asked.add(named.map(CaseNode::text).orElse(target)));
    return List.copyOf(asked);
  }

  /** A list is drawn in order and nothing after it; a number is drawn always. */
  private static Map<Draw, DrawScript> drawScripts(CaseNode node) {
    Map<Draw, DrawScript> scripts = new EnumMap<>(Draw.class);
    for (CaseNode value : node.entries().values()) {
      DrawScript script =
          value.isText()
              ? new DrawScript(List.of(), Optional.of(value.integer()))
              : new DrawScript(value.items(CaseNode::integer), Optional.empty());
      scripts.put(CallReader.draw(value), script);
    }
    return scripts;
  }
}
