package io.librarymesh.cli;

import io.librarymesh.authz.InboundExplanation.Finding;
import io.librarymesh.config.ClaimMatch;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.config.RbacCondition.All;
import io.librarymesh.config.RbacCondition.Claim;
import io.librarymesh.config.RbacCondition.DestinationAddress;
import io.librarymesh.config.RbacCondition.DestinationPort;
import io.librarymesh.config.RbacCondition.Header;
import io.librarymesh.config.RbacCondition.Not;
import io.librarymesh.config.RbacCondition.PathTemplate;
import io.librarymesh.config.RbacCondition.Peer;
import io.librarymesh.config.RbacCondition.RemoteAddress;
import io.librarymesh.config.RbacCondition.ServerName;
import io.librarymesh.config.RbacCondition.Some;
import io.librarymesh.config.RbacCondition.SourceAddress;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Conditions of policies in words. */
final class ConditionText {
  private ConditionText() {}

  /** A line for each condition that says something, indented under what it is a part of. */
  static List<String> lines(Finding... findings) {
    List<String> lines = new ArrayList<>();
    for (Finding finding : findings) {
      add(plain(finding), 0, lines);
    }
    if (lines.isEmpty()) {
      lines.add("yes  nothing is asked");
    }
    return lines;
  }

  /** Without the wrapping around a single condition. */
  static Finding plain(Finding finding) {
    boolean wraps = finding.condition() instanceof All || finding.condition() instanceof Some;
    return wraps && finding.parts().size() == 1 ? plain(finding.parts().get(0)) : finding;
  }

  private static void add(Finding finding, int depth, List<String> lines) {
    if (finding.condition() instanceof All && depth == 0) {
      finding.parts().forEach(part -> add(plain(part), 0, lines));
      return;
    }
    lines.add((finding.holds() ? "yes  " : "no   ") + "  ".repeat(depth) + of(finding.condition()));
    if (finding.condition() instanceof Some || finding.condition() instanceof All) {
      finding.parts().forEach(part -> add(plain(part), depth + 1, lines));
    }
  }

  static String of(RbacCondition condition) {
    if (condition instanceof All all) {
      return all.conditions().isEmpty() ? "anything" : "all of";
    } else if (condition instanceof Some some) {
      return some.conditions().isEmpty() ? "nothing can be" : "one of";
    } else if (condition instanceof Not not) {
      return "not: " + whole(not.condition());
    } else if (condition instanceof Header header) {
      return header(header.match());
    } else if (condition instanceof RbacCondition.Path path) {
      return "path " + of(path.match());
    } else if (condition instanceof PathTemplate template) {
      return "path is of the form " + template.template();
    } else if (condition instanceof Claim claim) {
      return "claim "
          + String.join("][", claim.path())
          + " "
          + (claim.invert() ? "not " : "")
          + of(claim.value());
    }
    return ofConnection(condition);
  }

  private static String ofConnection(RbacCondition condition) {
    if (condition instanceof DestinationAddress address) {
      return "address that is called in " + address.range();
    } else if (condition instanceof DestinationPort port) {
      return port.end() == port.start() + 1
          ? "port is " + port.start()
          : "port is from " + port.start() + " to " + (port.end() - 1);
    } else if (condition instanceof ServerName name) {
      return "server name (SNI) " + of(name.match());
    } else if (condition instanceof Peer peer) {
      return peer.name().map(name -> "caller " + of(name)).orElse("caller has an identity");
    } else if (condition instanceof SourceAddress address) {
      return "address of the connection in " + address.range();
    } else if (condition instanceof RemoteAddress address) {
      return "address of the client in " + address.range();
    }
    return condition.toString();
  }

  private static String whole(RbacCondition condition) {
    List<RbacCondition> parts =
        condition instanceof All all
            ? all.conditions()
            : condition instanceof Some some ? some.conditions() : List.of();
    if (parts.isEmpty()) {
      return of(condition);
    }
    String joint = condition instanceof All ? " and " : " or ";
    return parts.stream().map(ConditionText::whole).collect(Collectors.joining(joint));
  }

  private static String header(HeaderMatch match) {
    String name =
        switch (match.name()) {
          case ":method" -> "method";
          case ":authority" -> "host";
          default -> "header " + match.name();
        };
    String inverted = match.invert() ? "not: " : "";
    if (match.value() instanceof ValueMatch.Present present) {
      return inverted + name + (present.expected() ? " is there" : " is not there");
    } else if (match.value() instanceof ValueMatch.Text text) {
      return inverted + name + " " + of(text.match());
    } else if (match.value() instanceof ValueMatch.Range range) {
      return inverted + name + " is from " + range.start() + " to " + (range.end() - 1);
    }
    return inverted + name;
  }

  private static String of(ClaimMatch match) {
    if (match instanceof ClaimMatch.Text text) {
      return of(text.match());
    } else if (match instanceof ClaimMatch.Flag flag) {
      return "is " + flag.value();
    } else if (match instanceof ClaimMatch.Present present) {
      return present.expected() ? "is there" : "is not there";
    } else if (match instanceof ClaimMatch.Element element) {
      return "has an element that " + of(element.match());
    } else if (match instanceof ClaimMatch.Some some) {
      return some.matches().stream().map(ConditionText::of).collect(Collectors.joining(" or "));
    }
    return match.toString();
  }

  private static String of(StringMatch match) {
    if (match instanceof StringMatch.Exact exact) {
      return "is " + exact.value();
    } else if (match instanceof StringMatch.Prefix prefix) {
      return "begins with " + prefix.value();
    } else if (match instanceof StringMatch.Suffix suffix) {
      return "ends with " + suffix.value();
    } else if (match instanceof StringMatch.Contains contains) {
      return "contains " + contains.value();
    } else if (match instanceof StringMatch.Regex regex) {
      return "matches " + regex.regex();
    }
    return match.toString();
  }
}
