package io.librarymesh.authz;

import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request on its way through the filters: what they have found out. Confined to a decision. */
final class Passage {
  private final InboundRequest request;
  private final Map<String, String> marks = new HashMap<>(0);
  private final List<ShadowVerdict> shadows = new ArrayList<>(0);
  private String target;
  private Metadata claims = Metadata.EMPTY;
  private HeaderEdits headers = HeaderEdits.NONE;
  private String policy = "";
  private boolean audited;
  private List<ExternalCheck> checks = List.of();
  private Map<String, List<String>> answerHeaders = Map.of();

  Passage(InboundRequest request, String target) {
    this.request = request;
    this.target = target;
  }

  /** As the filters before have left its headers. */
  InboundRequest request() {
    return headers.equals(HeaderEdits.NONE) ? request : new EditedRequest(request, headers);
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

  /** The policy of this prefix that matched; empty when none did. */
  void mark(String prefix, String by) {
    marks.put(prefix, by);
  }

  /** Null when nothing was looked for. */
  @Nullable String marked(String prefix) {
    return marks.get(prefix);
  }

  /** Somebody has to be asked before the next filter. */
  void ask(List<ExternalCheck> about) {
    checks = about;
  }

  /** What is to be asked now, once. */
  List<ExternalCheck> checks() {
    List<ExternalCheck> now = checks;
    checks = List.of();
    return now;
  }

  void answerHeaders(Map<String, List<String>> more) {
    Map<String, List<String>> all = new LinkedHashMap<>(answerHeaders);
    all.putAll(more);
    answerHeaders = all;
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
    return new InboundVerdict.Allowed(
        target, policy, audited, claims, headers, answerHeaders, shadows);
  }

  InboundVerdict.Denied denied(
      int status, String body, String details, String by, String challenge) {
    return new InboundVerdict.Denied(status, body, details, by, challenge, shadows);
  }

  /** With what somebody else has answered. */
  InboundVerdict.Denied denied(
      int status, InboundVerdict.Answer answer, String details, String by) {
    return new InboundVerdict.Denied(
        status, answer.body().text(), details, by, "", Optional.of(answer), shadows);
  }
}
