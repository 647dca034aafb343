package io.librarymesh.controlplane.fields;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What becomes of every field, as a page for people: {@code docs/istio-api.md}. */
final class IstioApiPage {

  /** The kinds in their order, with the words that begin their section. */
  static final Map<String, String> KINDS = kinds();

  private static final String HEAD =
      """
      # Istio's API, field by field

      What becomes of every field of every kind that configures the mesh, in all its API versions (`v1`, `v1beta1`, `v1alpha3`). For
      each field a document that holds it is put into a mesh, and what all clients are served and what is said about it is compared
      with what comes without it, or with another value in it.

      - **Carried out**: something else is served.
      - **Said**: a finding of `meshctl validate` and of the control plane, with file, line and column, names it. Where it is carried
        out as well, it is an older spelling, or it is served to clients of other makes, and this project's own does not act on it.
      - **Refused**: an error, with its place.
      - **Nothing to do**: nobody would notice it, for the reason given.

      There is no other group: a field that is read and forgotten does not pass the test that makes this page. How each is carried out
      is tested by the conformance cases ([parity](parity.md)) and the tests of each module. Differences are in
      [differences.md](differences.md), settings of the mesh in [mesh-config.md](mesh-config.md). `[]` is an entry of a list, `{}` a
      value of a map.

      The kinds of `authentication.istio.io` and `rbac.istio.io`, which Istio has retired, are in force as those of
      `security.istio.io` that [`meshctl convert`](convert.md#security-as-istio-had-it-until-15) writes for them.

      EnvoyFilter and ProxyConfig, and all other kinds that have no chapter here, are named as not used, with the reason; an unknown kind or
      field is an error that says which was meant.
      """;

  private final StringBuilder page = new StringBuilder(HEAD);
  private final Map<String, Map<String, String>> noEffect = noEffect();

  /** The page for the effects of all kinds. */
  static String of(Map<String, Map<String, FieldEffect>> effects) {
    IstioApiPage page = new IstioApiPage();
    KINDS.forEach((kind, words) -> page.add(kind, words, effects.getOrDefault(kind, Map.of())));
    return page.page.toString();
  }

  /** The fields that nobody would notice, by kind, with the reason. */
  static Map<String, Map<String, String>> noEffect() {
    Map<String, Map<String, String>> all = new TreeMap<>();
    Map<?, ?> read =
        (Map<?, ?>)
            new Load(LoadSettings.builder().build()).loadFromString(FieldCase.text("no-effect"));
    read.forEach(
        (kind, fields) -> {
          Map<String, String> reasons = new TreeMap<>();
          ((Map<?, ?>) fields).forEach((f, why) -> reasons.put((String) f, (String) why));
          all.put((String) kind, reasons);
        });
    return all;
  }

  private static Map<String, String> kinds() {
    Map<String, String> kinds = new LinkedHashMap<>();
    kinds.put("VirtualService", "");
    kinds.put(
        "DestinationRule",
        "The fields of `trafficPolicy` stand for those of `subsets[].trafficPolicy`;"
            + " `loadBalancer`, `connectionPool`, `outlierDetection` and\n"
            + "`tls` also for those of `portLevelSettings[]` of both."
            + " All four places are looked at.");
    kinds.put("ServiceEntry", "");
    kinds.put("WorkloadEntry", "");
    kinds.put("WorkloadGroup", "With a workload that registers as a member of it.");
    kinds.put("Sidecar", "");
    kinds.put("Gateway", "What is served to an Envoy at the edge; see [gateways.md](gateways.md).");
    kinds.put("PeerAuthentication", "");
    kinds.put(
        "RequestAuthentication", "Carried out by servers; see [security.md](security.md#tokens).");
    kinds.put(
        "AuthorizationPolicy",
        "Carried out by servers; see [security.md](security.md#who-may-call-a-workload).");
    kinds.put("HTTPRoute", "With a Service or a ServiceEntry as its parent.");
    kinds.put("GRPCRoute", "With a Service or a ServiceEntry as its parent.");
    kinds.put(
        "Ingress",
        "That of Kubernetes, for an Envoy at the edge; see [gateways.md](gateways.md#ingresses-of-kubernetes).");
    kinds.put(
        "MeshConfig",
        "Keys that concern clients and gateways; see [mesh-config.md](mesh-config.md).");
    return kinds;
  }

  private void add(String kind, String words, Map<String, FieldEffect> all) {
    Map<String, FieldEffect> effects = new TreeMap<>();
    all.forEach((field, effect) -> effects.merge(shown(field), effect, FieldEffect::and));
    page.append("\n## ").append(kind).append('\n');
    if (!words.isEmpty()) {
      page.append('\n').append(words).append('\n');
    }
    carriedOut(effects);
    table(effects, "Said", e -> !e.said().isEmpty() && !e.refused());
    table(effects, "Refused", FieldEffect::refused);
    nothing(noEffect.getOrDefault(kind, Map.of()));
  }

  /** One name for the four places of a policy, and none for the field around all settings. */
  private static String shown(String field) {
    return field
        .replace("subsets[].trafficPolicy.", "trafficPolicy.")
        .replaceAll("^trafficPolicy\\.portLevelSettings\\[]\\.(?!port\\.)", "trafficPolicy.")
        .replaceFirst("^meshConfig\\.", "");
  }

  private void carriedOut(Map<String, FieldEffect> effects) {
    List<String> fields =
        effects.keySet().stream()
            .filter(field -> effects.getOrDefault(field, FieldEffect.NONE).carriedOut())
            .map(field -> "`" + field + "`")
            .toList();
    page.append("\n**Carried out**: ")
        .append(fields.isEmpty() ? "nothing" : wrapped(fields))
        .append(".\n");
  }

  private static String wrapped(List<String> fields) {
    StringBuilder text = new StringBuilder();
    int column = "**Carried out**: ".length();
    for (String field : fields) {
      String separator = text.isEmpty() ? "" : column + field.length() > 128 ? ",\n" : ", ";
      column = separator.endsWith("\n") ? 0 : column + separator.length();
      text.append(separator).append(field);
      column += field.length();
    }
    return text.toString();
  }

  private void table(
      Map<String, FieldEffect> effects, String title, Function<FieldEffect, Boolean> wanted) {
    List<String> rows = new ArrayList<>();
    Map<String, List<String>> byWords = new LinkedHashMap<>();
    effects.forEach(
        (field, effect) -> {
          if (wanted.apply(effect)) {
            String words = effect.said().get(0).replace("|", "\\|");
            byWords.computeIfAbsent(words, key -> new ArrayList<>()).add("`" + field + "`");
          }
        });
    byWords.forEach(
        (words, fields) ->
            rows.add(
                "| " + fields.stream().collect(Collectors.joining(", ")) + " | " + words + " |"));
    if (!rows.isEmpty()) {
      page.append("\n| ").append(title).append(" | |\n| --- | --- |\n");
      rows.forEach(row -> page.append(row).append('\n'));
    }
  }

  private void nothing(Map<String, String> reasons) {
    if (!reasons.isEmpty()) {
      page.append("\n| Nothing to do | |\n| --- | --- |\n");
      reasons.forEach((f, why) -> page.append("| `" + f + "` | " + why + " |\n"));
    }
  }
}
