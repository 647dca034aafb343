package io.librarymesh.cli;

import io.librarymesh.config.Body;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns records into what a JSON writer takes, so that a field that is new in a record is printed
 * as well. A record that is one kind among several says which, as {@code kind}; nanoseconds become
 * milliseconds, and their names say so. A negative time, of which nobody has said anything, is left
 * out.
 */
final class RecordJson {
  private static final double NANOS_PER_MILLI = 1_000_000;

  private RecordJson() {}

  static @Nullable Object of(@Nullable Object value) {
    if (value instanceof Optional<?> optional) {
      return of(optional.orElse(null));
    }
    if (value instanceof Collection<?> collection) {
      List<@Nullable Object> list = new ArrayList<>();
      collection.forEach(element -> list.add(of(element)));
      return list;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> json = new TreeMap<>();
      map.forEach((key, element) -> json.put(String.valueOf(key), of(element)));
      return json;
    }
    if (value instanceof Body body) {
      return body.text();
    }
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    return value instanceof Record record ? fields(record) : value;
  }

  private static Map<String, @Nullable Object> fields(Record record) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    if (isOneKindOfSeveral(record.getClass())) {
      json.put("kind", record.getClass().getSimpleName());
    }
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      String name = component.getName();
      Object value = read(record, component);
      if (name.endsWith("Nanos") && value instanceof Long nanos) {
        json.put(
            name.substring(0, name.length() - "Nanos".length()) + "Ms",
            nanos < 0 ? null : nanos / NANOS_PER_MILLI);
      } else {
        json.put(name, of(value));
      }
    }
    return json;
  }

  private static boolean isOneKindOfSeveral(Class<?> type) {
    for (Class<?> implemented : type.getInterfaces()) {
      if (implemented.isSealed()) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable Object read(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }
}
