package io.librarymesh.authz;

import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request on its way through the filters: what they have found out. Confined to a decision. */
final class Passage {
  private final InboundRequest request;
  private final List<ShadowVerdict> shadows = new ArrayList<>(0);
  private String target;
  private Metadata claims = Metadata.EMPTY;
  private HeaderEdits headers = HeaderEdits.NONE;
  private String policy = "";
  private boolean audited;

  Passage(InboundRequest request, String target) {
    this.request = request;
    this.target = target;
  }

  InboundRequest request() {
    return request;
  }

  String target() {
    return target;
  }

  void target(String changed) {
    target = changed;
  }

  Metadata claims() {
    return claims;
  }

  void claims(String name, Metadata found) {
    claims = claims.with(Metadata.of(Map.of(name, new MetadataValue.Fields(found))));
  }

  void edit(List<String> removed, Map<String, String> set) {
    headers = headers.with(removed, set);
  }

  void shadow(ShadowVerdict verdict) {
    shadows.add(verdict);
  }

  void passed(String by) {
    policy = by;
  }

  void audit() {
    audited = true;
  }

  /**
   * The path by which the application dispatches, with the query.
   *
   * @return null when it is the one that is judged anyway
   */
  @Nullable String dispatchTarget() {
    String path = request.dispatchPath();
    if (path == null) {
      return null;
    }
    int query = target.indexOf('?');
    String whole = query < 0 ? path : path + target.substring(query);
    return whole.equals(target) ? null : whole;
  }

  InboundVerdict.Allowed allowed() {
    return new InboundVerdict.Allowed(target, policy, audited, claims, headers, shadows);
  }

  InboundVerdict.Denied denied(
      int status, String body, String details, String by, String challenge) {
    return new InboundVerdict.Denied(status, body, details, by, challenge, shadows);
  }
}
