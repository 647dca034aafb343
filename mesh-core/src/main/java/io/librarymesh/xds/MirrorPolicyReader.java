package io.librarymesh.xds;

import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.MirrorPolicy;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads where copies of requests go. Policies of the levels are not merged: the most specific level
 * that has any counts. Source: Envoy {@code request_mirror_policies}.
 *
 * <p>What cannot be carried out is left out with a warning: a call does not depend on its copies.
 */
final class MirrorPolicyReader {
  private MirrorPolicyReader() {}

  /**
   * The policies of a level.
   *
   * @param at the level
   * @param inherited those of the level above, which count when this one has none
   */
  static List<MirrorPolicy> read(
      List<RequestMirrorPolicy> policies,
      List<MirrorPolicy> inherited,
      FieldPath at,
      Findings findings) {
    if (policies.isEmpty()) {
      return inherited;
    }
    List<MirrorPolicy> read = new ArrayList<>();
    for (int i = 0; i < policies.size(); i++) {
      RequestMirrorPolicy policy = policies.get(i);
      FieldPath place = at.element("request_mirror_policies", i);
      if (policy.getCluster().isEmpty()) {
        boolean byHeader = !policy.getClusterHeader().isEmpty();
        findings.warn(
            place.field(byHeader ? "cluster_header" : "cluster"),
            byHeader ? "not carried out: nothing is mirrored" : "empty: nothing is mirrored");
      } else {
        read.add(policy(policy, place, findings));
      }
    }
    return read;
  }

  private static MirrorPolicy policy(RequestMirrorPolicy policy, FieldPath at, Findings findings) {
    FractionalPercent share =
        policy.hasRuntimeFraction()
            ? MatcherReader.percent(
                policy.getRuntimeFraction().getDefaultValue(),
                at.field("runtime_fraction").field("default_value"),
                findings)
            : FractionalPercent.ALWAYS;
    return new MirrorPolicy(policy.getCluster(), share, !policy.getDisableShadowHostSuffixAppend());
  }
}
