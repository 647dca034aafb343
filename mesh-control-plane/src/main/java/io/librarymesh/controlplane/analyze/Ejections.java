package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.OutlierDetection;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.istio.Subset;
import io.librarymesh.controlplane.istio.TrafficPolicy;
import io.librarymesh.controlplane.istio.TrafficPolicy.PortTrafficPolicy;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Outlier detections without effect. An endpoint is ejected only if no more than {@code
 * maxEjectionPercent} of all are out then, without an exception for the first: 10 %, the default,
 * of fewer than ten endpoints are none. An ejected endpoint is used all the same while fewer than
 * {@code minHealthPercent} are left.
 */
final class Ejections implements Analyzer {
  private static final int DEFAULT_PERCENT = 10;
  private static final int WHOLE = 100;

  @Override
  public Code code() {
    return Code.EJECTS_NOBODY;
  }

  /**
   * An outlier detection where it is written.
   *
   * @param labels those of the endpoints that it is for
   * @param ports the service ports that it is for
   */
  private record Place(
      OutlierDetection detection,
      SourcePosition position,
      String path,
      Map<String, String> labels,
      IntPredicate ports) {}

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    for (DestinationRule rule : mesh.all(DestinationRule.class)) {
      List<RegisteredService> services = mesh.servicesOf(mesh.resolve(rule.host(), rule)).toList();
      for (Place place : places(rule)) {
        check(place, services, report);
      }
    }
  }

  private static List<Place> places(DestinationRule rule) {
    List<Place> all = new ArrayList<>();
    rule.trafficPolicy().ifPresent(policy -> add(all, policy, "spec.trafficPolicy", Map.of()));
    for (int i = 0; i < rule.subsets().size(); i++) {
      Subset subset = rule.subsets().get(i);
      String path = "spec.subsets[" + i + "].trafficPolicy";
      subset.trafficPolicy().ifPresent(policy -> add(all, policy, path, subset.labels()));
    }
    return all;
  }

  private static void add(
      List<Place> all, TrafficPolicy policy, String path, Map<String, String> labels) {
    List<Integer> own =
        policy.portLevelSettings().stream().map(PortTrafficPolicy::port).distinct().toList();
    String field = ".outlierDetection";
    policy
        .outlierDetection()
        .ifPresent(
            detection ->
                all.add(
                    new Place(
                        detection,
                        policy.position(),
                        path + field,
                        labels,
                        port -> !own.contains(port))));
    for (int i = 0; i < policy.portLevelSettings().size(); i++) {
      PortTrafficPolicy port = policy.portLevelSettings().get(i);
      String at = path + ".portLevelSettings[" + i + "]" + field;
      port.outlierDetection()
          .ifPresent(
              detection ->
                  all.add(
                      new Place(
                          detection,
                          port.position(),
                          at,
                          labels,
                          number -> number == port.port())));
    }
  }

  private static void check(Place place, List<RegisteredService> services, Report report) {
    OutlierDetection detection = place.detection();
    if (detectsNothing(detection)) {
      report.warn(
          place.position(),
          place.path(),
          "counts no failures, so nothing is ejected (expected: consecutive5xxErrors or"
              + " consecutiveGatewayErrors above 0, or no outlierDetection)");
      return;
    }
    OptionalInt most = services.stream().flatMapToInt(s -> counts(place, s)).max();
    int percent = detection.maxEjectionPercent().orElse(DEFAULT_PERCENT);
    if (most.isEmpty()) {
      if (percent < WHOLE / 2) {
        report.inform(place.position(), place.path(), few(percent, detection));
      }
    } else if (percent * most.getAsInt() < WHOLE) {
      report.warn(place.position(), place.path(), tooFew(percent, most.getAsInt(), detection));
    } else if (panics(detection, most.getAsInt())) {
      report.warn(place.position(), place.path(), panic(detection, most.getAsInt()));
    }
  }

  /** The numbers of known endpoints that it is for, by port; none where none is known. */
  private static IntStream counts(Place place, RegisteredService service) {
    return service.service().ports().stream()
        .mapToInt(ServicePort::number)
        .filter(place.ports())
        .map(port -> count(service.endpoints(port), place.labels()))
        .filter(count -> count > 0);
  }

  private static int count(List<ServiceEndpoint> endpoints, Map<String, String> labels) {
    return (int)
        endpoints.stream()
            .filter(endpoint -> endpoint.labels().entrySet().containsAll(labels.entrySet()))
            .count();
  }

  private static boolean detectsNothing(OutlierDetection detection) {
    boolean local =
        detection.splitExternalLocalOriginErrors()
            && detection.consecutiveLocalOriginFailures().orElse(5L) > 0;
    return detection.consecutive5xxErrors().filter(errors -> errors == 0).isPresent()
        && detection.consecutiveGatewayErrors().orElse(0L) == 0
        && !local;
  }

  private static boolean panics(OutlierDetection detection, int endpoints) {
    return detection.minHealthPercent() * endpoints > (endpoints - 1) * WHOLE;
  }

  private static String panic(OutlierDetection detection, int endpoints) {
    return "never has an effect: with one of "
        + endpoints
        + " endpoints ejected fewer than minHealthPercent "
        + detection.minHealthPercent()
        + " are left, so the ejected one is used all the same (expected: minHealthPercent of at"
        + " most "
        + (endpoints - 1) * WHOLE / endpoints
        + ")";
  }

  private static String percentage(int percent, OutlierDetection detection) {
    return "maxEjectionPercent " + percent + (isWritten(detection) ? "" : ", the default,");
  }

  private static boolean isWritten(OutlierDetection detection) {
    return detection.maxEjectionPercent().isPresent();
  }

  private static String tooFew(int percent, int endpoints, OutlierDetection detection) {
    return "never ejects: "
        + percentage(percent, detection)
        + " of "
        + endpoints
        + (endpoints == 1 ? " endpoint" : " endpoints")
        + " is less than one (expected: maxEjectionPercent of at least "
        + (WHOLE + endpoints - 1) / endpoints
        + ")";
  }

  private static String few(int percent, OutlierDetection detection) {
    return "ejects nobody while there are fewer than "
        + (WHOLE + percent - 1) / percent
        + " endpoints, because of "
        + percentage(percent, detection)
        + " and none is known yet (expected: a maxEjectionPercent of at least 100 divided by their"
        + " number)";
  }
}
