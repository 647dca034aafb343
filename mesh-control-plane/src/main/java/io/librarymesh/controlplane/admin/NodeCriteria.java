package io.librarymesh.controlplane.admin;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.Value.KindCase;
import com.google.re2j.Pattern;
import io.librarymesh.controlplane.istio.Re2;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import io.librarymesh.proto.envoy.type.matcher.v3.NodeMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.StructMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.ValueMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Which nodes somebody asks about. Of several matchers one has to hold, and of one matcher all that
 * it says of the id and of the metadata; no matcher at all asks about every node.
 *
 * <p>Values match as in Envoy: a path that leads nowhere matches nothing, and {@code present_match:
 * false} does not either.
 *
 * <p>Source: Envoy {@code type.matcher.v3.NodeMatcher}.
 */
final class NodeCriteria {

  private NodeCriteria() {}

  /**
   * Compiles matchers.
   *
   * @throws IllegalArgumentException if one says what cannot be evaluated; the message holds the
   *     path of the field
   */
  static Predicate<Node> of(List<NodeMatcher> matchers) {
    List<Predicate<Node>> any = new ArrayList<>();
    for (int i = 0; i < matchers.size(); i++) {
      any.add(node("node_matchers[" + i + "]", matchers.get(i)));
    }
    return any.isEmpty()
        ? node -> true
        : node -> any.stream().anyMatch(matcher -> matcher.test(node));
  }

  private static Predicate<Node> node(String at, NodeMatcher matcher) {
    List<Predicate<Node>> all = new ArrayList<>();
    if (matcher.hasNodeId()) {
      Predicate<String> id = text(at + ".node_id", matcher.getNodeId());
      all.add(node -> id.test(node.getId()));
    }
    for (int i = 0; i < matcher.getNodeMetadatasCount(); i++) {
      Predicate<Struct> metadata =
          struct(at + ".node_metadatas[" + i + "]", matcher.getNodeMetadatas(i));
      all.add(node -> metadata.test(node.getMetadata()));
    }
    return node -> all.stream().allMatch(criterion -> criterion.test(node));
  }

  private static Predicate<Struct> struct(String at, StructMatcher matcher) {
    List<String> path =
        matcher.getPathList().stream().map(StructMatcher.PathSegment::getKey).toList();
    if (path.isEmpty()) {
      throw new IllegalArgumentException(at + ".path: empty (expected: at least one key)");
    }
    Predicate<Value> value = value(at + ".value", matcher.getValue());
    return struct -> value.test(find(struct, path));
  }

  private static Value find(Struct struct, List<String> path) {
    Value found = Value.newBuilder().setStructValue(struct).build();
    for (String key : path) {
      found = found.getStructValue().getFieldsMap().getOrDefault(key, Value.getDefaultInstance());
    }
    return found;
  }

  private static Predicate<Value> value(String at, ValueMatcher matcher) {
    return switch (matcher.getMatchPatternCase()) {
      case NULL_MATCH -> value -> value.getKindCase() == KindCase.NULL_VALUE;
      case BOOL_MATCH ->
          value ->
              value.getKindCase() == KindCase.BOOL_VALUE
                  && value.getBoolValue() == matcher.getBoolMatch();
      case PRESENT_MATCH ->
          value -> matcher.getPresentMatch() && value.getKindCase() != KindCase.KIND_NOT_SET;
      case STRING_MATCH -> {
        Predicate<String> text = text(at + ".string_match", matcher.getStringMatch());
        yield value ->
            value.getKindCase() == KindCase.STRING_VALUE && text.test(value.getStringValue());
      }
      case LIST_MATCH -> {
        Predicate<Value> one = value(at + ".list_match.one_of", matcher.getListMatch().getOneOf());
        yield value -> value.getListValue().getValuesList().stream().anyMatch(one);
      }
      case OR_MATCH -> {
        List<Predicate<Value>> any = new ArrayList<>();
        for (int i = 0; i < matcher.getOrMatch().getValueMatchersCount(); i++) {
          any.add(
              value(
                  at + ".or_match.value_matchers[" + i + "]",
                  matcher.getOrMatch().getValueMatchers(i)));
        }
        yield value -> any.stream().anyMatch(one -> one.test(value));
      }
      case MATCHPATTERN_NOT_SET ->
          throw new IllegalArgumentException(
              at
                  + ": none that is known (expected: null_match, string_match, bool_match,"
                  + " present_match, list_match or or_match)");
    };
  }

  private static Predicate<String> text(String at, StringMatcher matcher) {
    boolean ignoreCase = matcher.getIgnoreCase();
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> {
        String exact = matcher.getExact();
        yield ignoreCase ? exact::equalsIgnoreCase : exact::equals;
      }
      case PREFIX -> {
        String prefix = folded(matcher.getPrefix(), ignoreCase);
        yield text -> folded(text, ignoreCase).startsWith(prefix);
      }
      case SUFFIX -> {
        String suffix = folded(matcher.getSuffix(), ignoreCase);
        yield text -> folded(text, ignoreCase).endsWith(suffix);
      }
      case CONTAINS -> {
        String piece = folded(matcher.getContains(), ignoreCase);
        yield text -> folded(text, ignoreCase).contains(piece);
      }
      case SAFE_REGEX -> {
        String regex = matcher.getSafeRegex().getRegex();
        Re2.problem(regex)
            .ifPresent(
                problem -> {
                  throw new IllegalArgumentException(at + ".safe_regex.regex: " + problem);
                });
        Pattern pattern = Pattern.compile(regex);
        yield pattern::matches;
      }
      case MATCHPATTERN_NOT_SET ->
          throw new IllegalArgumentException(
              at
                  + ": none that is known (expected: exact, prefix, suffix, safe_regex or contains)");
    };
  }

  private static String folded(String text, boolean ignoreCase) {
    return ignoreCase ? text.toLowerCase(Locale.ROOT) : text;
  }
}
