package io.librarymesh.controlplane.translate;

import io.librarymesh.proto.envoy.config.rbac.v3.Principal;
import io.librarymesh.proto.envoy.type.matcher.v3.ListMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.MetadataMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.MetadataMatcher.PathSegment;
import io.librarymesh.proto.envoy.type.matcher.v3.OrMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.ValueMatcher;
import java.util.List;

/** Conditions on the token of a request. Source: Istio {@code authz/model/generator.go}. */
final class TokenConditions {
  /** Under which name the claims of a token are known. */
  static final String PAYLOAD = "payload";

  private static final String FILTER = "envoy.filters.http.jwt_authn";

  private TokenConditions() {}

  /** {@code ISSUER/SUBJECT}, parted at the last slash, with a star at one end of the whole. */
  static Principal principal(String value) {
    int slash = value.lastIndexOf('/');
    if (value.equals("*")) {
      return principal(TextPatterns.of("*"), TextPatterns.of("*"));
    } else if (slash < 0 && value.startsWith("*")) {
      return principal(TextPatterns.of("*"), TextPatterns.of(value));
    } else if (slash < 0 && value.endsWith("*")) {
      return principal(TextPatterns.of(value), TextPatterns.of("*"));
    } else if (slash < 0) {
      return RbacTerms.PRINCIPALS.not(RbacTerms.PRINCIPALS.always());
    }
    String issuer = value.substring(0, slash);
    String subject = value.substring(slash + 1);
    if (value.startsWith("*")) {
      return principal(TextPatterns.of(issuer), TextPatterns.exact(subject));
    }
    return principal(
        TextPatterns.exact(issuer),
        subject.endsWith("*") ? TextPatterns.prefix(subject) : TextPatterns.exact(subject));
  }

  private static Principal principal(StringMatcher issuer, StringMatcher subject) {
    return RbacTerms.PRINCIPALS.all(
        List.of(metadata(List.of("iss"), text(issuer)), metadata(List.of("sub"), text(subject))));
  }

  /** A claim that is a string, or a list in which one is. */
  static Principal claim(List<String> path, String value) {
    ValueMatcher text = text(TextPatterns.of(value));
    ValueMatcher element =
        ValueMatcher.newBuilder().setListMatch(ListMatcher.newBuilder().setOneOf(text)).build();
    return metadata(
        path,
        ValueMatcher.newBuilder()
            .setOrMatch(OrMatcher.newBuilder().addValueMatchers(text).addValueMatchers(element))
            .build());
  }

  private static ValueMatcher text(StringMatcher matcher) {
    return ValueMatcher.newBuilder().setStringMatch(matcher).build();
  }

  private static Principal metadata(List<String> path, ValueMatcher value) {
    MetadataMatcher.Builder matcher =
        MetadataMatcher.newBuilder().setFilter(FILTER).setValue(value).addPath(segment(PAYLOAD));
    path.forEach(name -> matcher.addPath(segment(name)));
    return Principal.newBuilder().setMetadata(matcher).build();
  }

  private static PathSegment segment(String name) {
    return PathSegment.newBuilder().setKey(name).build();
  }
}
