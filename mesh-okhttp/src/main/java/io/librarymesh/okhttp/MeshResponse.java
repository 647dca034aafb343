package io.librarymesh.okhttp;

import io.librarymesh.config.Endpoint;
import io.librarymesh.telemetry.ResponseFlag;
import java.util.Optional;
import java.util.Set;
import okhttp3.Response;

/**
 * What the mesh did to get a response.
 *
 * @param route the name of the route taken; empty when it has none or none was taken
 * @param cluster the name of the cluster chosen; empty when none was
 * @param attempts how many attempts were made; 0 when the mesh answered before the first
 * @param endpoint where the last attempt went; empty when there was none, or when it went to where
 *     the URL points
 * @param flags why the call ended as it did, in the order of the enum; empty for a plain success
 * @param local whether the mesh answered by itself instead of an upstream
 */
public record MeshResponse(
    String route,
    String cluster,
    int attempts,
    Optional<Endpoint> endpoint,
    Set<ResponseFlag> flags,
    boolean local) {
  /** The header that carries the flags, joined by commas, on every response that has some. */
  public static final String FLAGS_HEADER = "x-mesh-response-flags";

  /**
   * What the mesh did to get {@code response}; empty when it did not come through the mesh, for
   * instance out of a cache.
   */
  public static Optional<MeshResponse> of(Response response) {
    CallTag tag = CallTag.of(response.request());
    return tag == null ? Optional.empty() : Optional.ofNullable(tag.outcome());
  }

  /** The flags of {@code response}; empty as well when it did not come through the mesh. */
  public static Set<ResponseFlag> flags(Response response) {
    return of(response).map(MeshResponse::flags).orElse(Set.of());
  }

  /** The short names, such as {@code UF,URX}. */
  String flagNames() {
    StringBuilder names = new StringBuilder();
    for (ResponseFlag flag : flags) {
      names.append(names.length() == 0 ? "" : ",").append(flag.shortName());
    }
    return names.toString();
  }
}
