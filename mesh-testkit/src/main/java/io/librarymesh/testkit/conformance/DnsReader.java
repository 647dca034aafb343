package io.librarymesh.testkit.conformance;

import io.librarymesh.config.Cluster.Discovery;
import io.librarymesh.config.DnsDiscovery;
import io.librarymesh.config.DnsDiscovery.AfterFailure;
import io.librarymesh.config.DnsDiscovery.Family;
import io.librarymesh.config.DnsDiscovery.Hosts;
import io.librarymesh.config.DnsDiscovery.Refresh;
import io.librarymesh.dns.NameResolver.Answer;
import java.util.List;
import java.util.Map;

/** Reads where endpoints come from, and what names stand for. */
final class DnsReader {
  private DnsReader() {}

  /** A name, or for DNS a mapping from the name to what there is to say. */
  static Discovery discovery(CaseNode node) {
    if (node.isText()) {
      return switch (node.text()) {
        case "ENDPOINTS" -> Discovery.ENDPOINTS;
        case "ORIGINAL_DESTINATION" -> Discovery.ORIGINAL_DESTINATION;
        default -> new DnsDiscovery(hosts(node, node.text()), Family.AUTO, Refresh.DEFAULT);
      };
    }
    CaseFields named = node.fields();
    CaseNode kind =
        named
            .oneOf(List.of("STRICT_DNS", "LOGICAL_DNS"))
            .orElseThrow(() -> node.wrong("STRICT_DNS or LOGICAL_DNS"));
    named.end();
    CaseFields fields = kind.fields();
    Family family = fields.read("lookupFamily", Family.AUTO, value -> value.constant(Family.class));
    long interval = fields.nanos("refreshRate", Refresh.DEFAULT.intervalNanos());
    boolean ttl = fields.flag("respectTtl", false);
    long jitter = fields.nanos("jitter", 0);
    AfterFailure failure =
        fields.read("failureRefreshRate", Refresh.DEFAULT.failure(), DnsReader::afterFailure);
    fields.end();
    return node.check(
        place ->
            new DnsDiscovery(
                hosts(kind, kind.key()), family, new Refresh(interval, ttl, jitter, failure)));
  }

  private static Hosts hosts(CaseNode node, String type) {
    return switch (type) {
      case "STRICT_DNS" -> Hosts.EACH_ADDRESS;
      case "LOGICAL_DNS" -> Hosts.ONE_FOR_THE_NAME;
      default -> throw node.wrong("ENDPOINTS, STRICT_DNS, LOGICAL_DNS or ORIGINAL_DESTINATION");
    };
  }

  private static AfterFailure afterFailure(CaseNode node) {
    CaseFields fields = node.fields();
    long base = fields.required("base").nanos();
    long max = fields.nanos("max", 10 * base);
    fields.end();
    return node.check(place -> new AfterFailure(base, max));
  }

  /** A list of hosts, {@code {hosts, ttl}}, or {@code fails}. */
  static Map<String, Answer> answers(CaseNode node) {
    return node.entries(DnsReader::answer);
  }

  private static Answer answer(CaseNode node) {
    if (node.isList()) {
      return new Answer.Addresses(node.items(CaseNode::text), 0);
    }
    if (node.isText()) {
      if (node.text().equals("fails")) {
        return new Answer.Failure("unknown host");
      }
      throw node.wrong("hosts, or fails");
    }
    CaseFields fields = node.fields();
    List<String> hosts = fields.required("hosts").items(CaseNode::text);
    long ttl = fields.nanos("ttl", 0);
    fields.end();
    return new Answer.Addresses(hosts, ttl);
  }
}
