package io.librarymesh.config;

import java.util.List;

/**
 * When a route applies: all conditions must hold. Source: Envoy {@code route.v3.RouteMatch}.
 *
 * @param fraction the share of otherwise matching requests that match
 */
public record RouteMatch(
    PathMatch path,
    List<HeaderMatch> headers,
    List<QueryParameterMatch> queryParameters,
    FractionalPercent fraction) {
  public RouteMatch {
    headers = List.copyOf(headers);
    queryParameters = List.copyOf(queryParameters);
  }

  /** Matches on the path alone. */
  public static RouteMatch of(PathMatch path) {
    return new RouteMatch(path, List.of(), List.of(), FractionalPercent.ALWAYS);
  }
}
