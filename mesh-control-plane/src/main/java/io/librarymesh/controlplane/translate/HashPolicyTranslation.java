package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.ConsistentHash;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction.HashPolicy;
import java.util.List;

/** What is hashed, as Envoy's HashPolicy. */
final class HashPolicyTranslation {

  private HashPolicyTranslation() {}

  static List<HashPolicy> translate(ConsistentHash hash) {
    return hash.key().map(key -> List.of(policy(key))).orElse(List.of());
  }

  private static HashPolicy policy(ConsistentHash.Key key) {
    HashPolicy.Builder policy = HashPolicy.newBuilder();
    if (key instanceof ConsistentHash.HttpHeaderName header) {
      policy.setHeader(HashPolicy.Header.newBuilder().setHeaderName(header.name()));
    } else if (key instanceof ConsistentHash.HttpQueryParameterName parameter) {
      policy.setQueryParameter(HashPolicy.QueryParameter.newBuilder().setName(parameter.name()));
    } else if (key instanceof ConsistentHash.HttpCookie cookie) {
      policy.setCookie(cookie(cookie));
    } else {
      policy.setConnectionProperties(
          HashPolicy.ConnectionProperties.newBuilder().setSourceIp(true));
    }
    return policy.build();
  }

  private static HashPolicy.Cookie cookie(ConsistentHash.HttpCookie cookie) {
    HashPolicy.Cookie.Builder result = HashPolicy.Cookie.newBuilder().setName(cookie.name());
    cookie.path().ifPresent(result::setPath);
    cookie.ttl().ifPresent(ttl -> result.setTtl(Packing.duration(ttl)));
    cookie
        .attributes()
        .forEach(
            a ->
                result.addAttributes(
                    HashPolicy.CookieAttribute.newBuilder().setName(a.name()).setValue(a.value())));
    return result.build();
  }
}
