package io.librarymesh.controlplane.istio;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Values that nobody wrote, as if they stood in a file, all of them at one place. */
final class YamlTrees {
  private final SourcePosition place;

  YamlTrees(SourcePosition place) {
    this.place = place;
  }

  YamlValue.Mapping mapping(Map<?, ?> map) {
    List<YamlValue.Entry> entries = new ArrayList<>();
    int size = 1;
    for (Map.Entry<?, ?> each : map.entrySet()) {
      YamlValue value = value(each.getValue());
      size += value.size();
      String key = String.valueOf(each.getKey());
      entries.add(new YamlValue.Entry(key, place.line(), place.column(), value));
    }
    return new YamlValue.Mapping(List.copyOf(entries), size, place.line(), place.column());
  }

  private YamlValue value(Object value) {
    if (value instanceof Map<?, ?> map) {
      return mapping(map);
    }
    if (value instanceof List<?> list) {
      List<YamlValue> items = new ArrayList<>();
      int size = 1;
      for (Object each : list) {
        YamlValue item = value(each);
        size += item.size();
        items.add(item);
      }
      return new YamlValue.Sequence(List.copyOf(items), size, place.line(), place.column());
    }
    YamlValue.ScalarType type =
        value instanceof Boolean
            ? YamlValue.ScalarType.BOOLEAN
            : value instanceof Number ? YamlValue.ScalarType.INTEGER : YamlValue.ScalarType.STRING;
    boolean plain = type != YamlValue.ScalarType.STRING;
    return new YamlValue.Scalar(type, String.valueOf(value), plain, place.line(), place.column());
  }
}
