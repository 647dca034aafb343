package io.librarymesh.controlplane.fields;

import io.librarymesh.controlplane.istio.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what each field of the cases does: by leaving it out, by writing another value, and by
 * comparing what is served and said.
 */
final class FieldEffects {
  private static final Pattern NUMBER_FIRST = Pattern.compile("(\\d+)(.*)");

  /** Fields whose entries are named by whoever writes them. */
  private static final Pattern MAP =
      Pattern.compile(
          "(.*\\.)?(labels|annotations|matchLabels|sourceLabels|portLevelMtls|set|add|to|withoutHeaders|queryParams|includeAdditionalHeadersInCheck)"
              + "|.*match\\[]\\.headers|selector|((endpoints\\[]|template)\\.)?ports");

  private final MeshOfFields mesh = new MeshOfFields();
  private final Map<String, FieldEffect> effects = new TreeMap<>();

  private FieldEffects() {}

  /**
   * All fields of the cases of a kind, as paths from its spec: {@code []} is an entry of a list,
   * {@code {}} a value of a map.
   */
  static Map<String, FieldEffect> of(String kind) {
    FieldEffects found = new FieldEffects();
    FieldCase.of(kind).forEach(found::add);
    return found.effects;
  }

  private void add(FieldCase fieldCase) {
    Outcome with = mesh.outcome(fieldCase.kind(), fieldCase.documents(fieldCase.spec()));
    for (List<Object> place : YamlTree.leaves(fieldCase.spec())) {
      String pattern = pattern(fieldCase.spec(), place);
      FieldEffect known = effects.getOrDefault(pattern, FieldEffect.NONE);
      if (!known.isWhole()) {
        effects.put(pattern, known.and(effect(fieldCase, place, with)));
      }
    }
  }

  private FieldEffect effect(FieldCase fieldCase, List<Object> place, Outcome with) {
    Outcome without =
        mesh.outcome(
            fieldCase.kind(), fieldCase.documents(YamlTree.without(fieldCase.spec(), place)));
    List<Finding> said = new ArrayList<>(with.saidOf(path(place), without));
    said.addAll(with.saidAround(path(place)));
    boolean carriedOut = !with.isRefused() && !without.isRefused() && differs(with, without);
    if (!with.isRefused() && !carriedOut) {
      carriedOut = otherValueIsServed(fieldCase, place, with);
    }
    return new FieldEffect(
        carriedOut,
        without.isRefused() && !with.isRefused(),
        said.stream().map(Finding::message).distinct().toList(),
        said.stream().anyMatch(Finding::isError));
  }

  private boolean otherValueIsServed(FieldCase fieldCase, List<Object> place, Outcome with) {
    Object written = YamlTree.at(fieldCase.spec(), place);
    List<Object> around = place.subList(0, place.size() - 1);
    return isServed(fieldCase, place, fieldCase.other(place), with)
        || isServed(fieldCase, around, fieldCase.other(around), with)
        || isServed(fieldCase, place, longer(written), with)
        || isServed(fieldCase, place, shorter(written), with);
  }

  private boolean isServed(
      FieldCase fieldCase, List<Object> place, @Nullable Object value, Outcome with) {
    if (value == null) {
      return false;
    }
    Object otherSpec = YamlTree.with(fieldCase.spec(), place, value);
    Outcome other = mesh.outcome(fieldCase.kind(), fieldCase.documents(otherSpec));
    return !other.isRefused() && differs(with, other);
  }

  private static boolean differs(Outcome one, Outcome other) {
    return !one.served().equals(other.served());
  }

  private static @Nullable Object longer(Object value) {
    if (value instanceof Boolean flag) {
      return !flag;
    } else if (value instanceof Number number) {
      return number.intValue() + 1;
    } else if (value instanceof String text) {
      Matcher number = NUMBER_FIRST.matcher(text);
      return number.matches() && !text.contains(".")
          ? Integer.parseInt(number.group(1)) + 1 + number.group(2)
          : text + "x";
    }
    return null;
  }

  private static @Nullable Object shorter(Object value) {
    if (value instanceof Number number) {
      return number.intValue() - 1;
    }
    return value instanceof String text && text.length() > 1
        ? text.substring(0, text.length() - 1)
        : null;
  }

  private static String path(List<Object> place) {
    StringBuilder path = new StringBuilder("spec");
    for (Object step : place) {
      path.append(step instanceof Integer index ? "[" + index + "]" : "." + step);
    }
    return path.toString();
  }

  private static String pattern(Object spec, List<Object> place) {
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < place.size(); i++) {
      boolean inMap =
          MAP.matcher(pattern).matches()
              && !place.get(i).equals("matchLabels")
              && YamlTree.at(spec, place.subList(0, i)) instanceof Map<?, ?>;
      if (place.get(i) instanceof Integer) {
        pattern.append("[]");
      } else if (inMap) {
        pattern.append("{}");
      } else {
        pattern.append(pattern.length() == 0 ? "" : ".").append(place.get(i));
      }
    }
    return pattern.toString();
  }
}
