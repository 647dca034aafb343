package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Somebody outside of the mesh's own rules whom policies name; Istio's {@code
 * MeshConfig.ExtensionProvider}.
 *
 * @param name by which policies know it
 * @param authorizer empty for other kinds of providers
 */
public record ExtensionProvider(String name, Optional<Authorizer> authorizer) {

  /**
   * Who decides about requests; Istio's {@code envoyExtAuthzHttp} and {@code envoyExtAuthzGrpc}.
   */
  public enum Protocol {
    HTTP,
    GRPC
  }

  /**
   * Who decides about requests.
   *
   * @param service {@code HOST}, or {@code NAMESPACE/HOST}
   * @param port of the service
   * @param timeout how long an answer is waited for
   * @param failOpen whether requests pass when there is no answer
   * @param statusOnError of HTTP, for those that do not
   * @param pathPrefix comes before the path in questions
   * @param headers those that questions and answers carry
   * @param requestBody whether questions are to have the body
   */
  public record Authorizer(
      Protocol protocol,
      String service,
      Optional<Integer> port,
      Optional<Duration> timeout,
      boolean failOpen,
      Optional<String> statusOnError,
      Optional<String> pathPrefix,
      Headers headers,
      boolean requestBody) {

    /** The host of the service, without its namespace. */
    public String host() {
      return service.substring(service.indexOf('/') + 1);
    }
  }

  /**
   * Names of headers, or their beginnings and ends with a star.
   *
   * @param request those of the request that are sent
   * @param added those that are sent besides
   * @param toApplication those of an answer that the application gets
   * @param toCallerOnDeny those of an answer that the caller gets who is not let in
   * @param toCallerOnAllow those of an answer that the caller gets who is let in
   */
  public record Headers(
      List<String> request,
      Map<String, String> added,
      List<String> toApplication,
      List<String> toCallerOnDeny,
      List<String> toCallerOnAllow) {
    /** Copies. */
    public Headers {
      request = List.copyOf(request);
      added = Map.copyOf(added);
      toApplication = List.copyOf(toApplication);
      toCallerOnDeny = List.copyOf(toCallerOnDeny);
      toCallerOnAllow = List.copyOf(toCallerOnAllow);
    }
  }
}
