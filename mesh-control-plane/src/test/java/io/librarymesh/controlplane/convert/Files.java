package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.LoadBalancerSettings;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.SourcePosition;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One file and what becomes of it. */
record Files(String text, Conversion.Converted converted) {

  static Files convert(String text, Conversion.Form form) {
    List<Conversion.Source> sources =
        List.of(new Conversion.Source("f.yaml", text.getBytes(StandardCharsets.UTF_8)));
    return new Files(text, Conversion.of(sources, form).get(0));
  }

  /** The text afterwards. */
  String after() {
    return converted.text().orElse(text);
  }

  List<String> findings() {
    return converted.findings().stream().map(Finding::toString).toList();
  }

  /**
   * What a text means: its resources without the places where they stand. Two of their names for
   * the same load balancer are one.
   */
  static List<Resource> meaning(String text) {
    return IstioReader.read("f.yaml", text).resources().stream()
        .map(resource -> (Resource) placeless(resource))
        .toList();
  }

  private static Object placeless(Object value) {
    if (value instanceof SourcePosition) {
      return SourcePosition.wholeFile("f.yaml");
    } else if (value == LoadBalancerSettings.Simple.LEAST_CONN) {
      return LoadBalancerSettings.Simple.LEAST_REQUEST;
    } else if (value instanceof Record record) {
      return rebuilt(record);
    } else if (value instanceof List<?> list) {
      return list.stream().map(Files::placeless).toList();
    } else if (value instanceof Map<?, ?> map) {
      Map<Object, Object> values = new LinkedHashMap<>();
      map.forEach((key, each) -> values.put(key, placeless(each)));
      return values;
    }
    return value instanceof Optional<?> optional ? optional.map(Files::placeless) : value;
  }

  private static Object rebuilt(Record value) {
    RecordComponent[] components = value.getClass().getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    try {
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        components[i].getAccessor().setAccessible(true);
        values[i] = placeless(components[i].getAccessor().invoke(value));
      }
      var constructor = value.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException impossible) {
      throw new LinkageError(impossible.getMessage(), impossible);
    }
  }
}
