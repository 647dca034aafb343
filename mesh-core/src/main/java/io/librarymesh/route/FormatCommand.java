package io.librarymesh.route;

import static java.util.Map.entry;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HeaderFormat;
import io.librarymesh.config.TimeFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One command in the value of a header. Source: Envoy's command operators. */
@FunctionalInterface
interface FormatCommand {
  /** What the call itself knows. */
  Map<String, FormatCommand> OF_THE_CALL =
      Map.ofEntries(
          entry("HOSTNAME", (to, context) -> to.append(context.info().hostname())),
          entry("ROUTE_NAME", (to, context) -> to.append(context.info().routeName())),
          entry("VIRTUAL_HOST_NAME", (to, context) -> to.append(context.info().virtualHostName())),
          entry("CLUSTER_NAME", (to, context) -> to.append(context.info().clusterName())),
          entry("UPSTREAM_CLUSTER", (to, context) -> to.append(context.info().clusterName())),
          entry("UPSTREAM_HOST", ofEndpoint((to, endpoint) -> to.append(endpoint.hostPort()))),
          entry(
              "UPSTREAM_REMOTE_ADDRESS",
              ofEndpoint((to, endpoint) -> to.append(endpoint.hostPort()))),
          entry(
              "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
              ofEndpoint((to, endpoint) -> to.append(endpoint.address()))),
          entry("UPSTREAM_REMOTE_PORT", ofEndpoint((to, endpoint) -> to.append(endpoint.port()))),
          entry(
              "UPSTREAM_REQUEST_ATTEMPT_COUNT",
              (to, context) -> to.append(context.info().attempt())),
          entry("RESPONSE_CODE", (to, context) -> to.append(context.info().responseCode())),
          entry("RESPONSE_FLAGS", (to, context) -> to.append(context.info().responseFlags())));

  /** Writes its value, if it has one. */
  void append(StringBuilder to, FormatContext context);

  /** Compiles a command. */
  static FormatCommand of(HeaderFormat.Command command) {
    FormatCommand whole = of(command.name(), command.argument());
    return command.maxLength() == Integer.MAX_VALUE
        ? whole
        : new Shortened(whole, command.maxLength());
  }

  private static FormatCommand of(String name, String argument) {
    return switch (name) {
      case "REQ" -> RequestHeader.of(argument);
      case "RESP" -> new ResponseHeader(names(argument));
      case "START_TIME" -> new StartTime(TimeFormat.compile(argument));
      case "PROTOCOL" -> new Literal("HTTP/1.1");
      case "UPSTREAM_METADATA" -> UpstreamMetadata.of(argument);
      default -> OF_THE_CALL.getOrDefault(name, new Literal(""));
    };
  }

  /** Text that is written as it is. */
  record Literal(String text) implements FormatCommand {
    @Override
    public void append(StringBuilder to, FormatContext context) {
      to.append(text);
    }
  }

  /** No more than {@code length} characters of a value. */
  record Shortened(FormatCommand command, int length) implements FormatCommand {
    @Override
    public void append(StringBuilder to, FormatContext context) {
      int before = to.length();
      command.append(to, context);
      to.setLength(Math.min(to.length(), before + length));
    }
  }

  /**
   * A header of the request: {@code REQ(NAME?OTHER)}.
   *
   * @param other counts without the first; null when there is no other
   */
  record RequestHeader(RequestField first, @Nullable RequestField other) implements FormatCommand {
    static RequestHeader of(String argument) {
      List<String> names = names(argument);
      RequestField other = names.size() == 1 ? null : RequestField.of(names.get(1));
      return new RequestHeader(RequestField.of(names.get(0)), other);
    }

    @Override
    public void append(StringBuilder to, FormatContext context) {
      String value = first.value(context.request());
      if (value == null && other != null) {
        value = other.value(context.request());
      }
      to.append(value == null ? "" : value);
    }
  }

  /**
   * A header of the response: {@code RESP(NAME?OTHER)}.
   *
   * @param names the first that is there counts
   */
  record ResponseHeader(List<String> names) implements FormatCommand {
    @Override
    public void append(StringBuilder to, FormatContext context) {
      HeaderLookup response = context.response();
      for (int i = 0; response != null && i < names.size(); i++) {
        String value = response.header(names.get(i));
        if (value != null) {
          to.append(value);
          return;
        }
      }
    }
  }

  private static List<String> names(String argument) {
    return List.of(argument.toLowerCase(Locale.ROOT).split("\\?", 2));
  }

  /** When the call began. */
  record StartTime(TimeFormat format) implements FormatCommand {
    @Override
    public void append(StringBuilder to, FormatContext context) {
      format.append(to, context.info().startMillis());
    }
  }

  /** A text of the endpoint's metadata for load balancing, which is all that is read of it. */
  record UpstreamMetadata(String key) implements FormatCommand {
    /** Written as {@code (["envoy.lb", "key"])} or {@code (envoy.lb:key)}. */
    static UpstreamMetadata of(String argument) {
      String path = argument.replaceAll("[\\[\\]\" ]", "");
      int separator = Math.max(path.lastIndexOf(','), path.lastIndexOf(':'));
      return new UpstreamMetadata(path.substring(separator + 1));
    }

    @Override
    public void append(StringBuilder to, FormatContext context) {
      Endpoint endpoint = context.info().endpoint();
      if (endpoint != null) {
        to.append(endpoint.metadata().text(key).orElse(""));
      }
    }
  }

  private static FormatCommand ofEndpoint(BiConsumer<StringBuilder, Endpoint> writer) {
    return (to, context) -> {
      Endpoint endpoint = context.info().endpoint();
      if (endpoint != null) {
        writer.accept(to, endpoint);
      }
    };
  }
}
