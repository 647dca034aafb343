package io.librarymesh.controlplane.admin;

import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.SourcePosition;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Records as trees that become JSON, so that a field that is new in a record is shown as well. What
 * was not written is left out; of several kinds a record says which it is, as {@code kind}.
 */
final class RecordTree {

  private RecordTree() {}

  /** A resource in the shape of a Kubernetes object, and where it was read. */
  static Map<String, Object> of(Resource resource) {
    Map<String, Object> fields = fields((Record) resource);
    fields.remove("kind");
    Object metadata = fields.remove("metadata");
    fields.remove("position");
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("kind", resource.kind().yamlName());
    tree.put("group", resource.kind().group());
    tree.put("origin", resource.position().toString());
    if (metadata != null) {
      tree.put("metadata", metadata);
    }
    tree.put("spec", fields);
    return tree;
  }

  static @Nullable Object of(@Nullable Object value) {
    if (value instanceof Optional<?> optional) {
      return of(optional.orElse(null));
    }
    if (value instanceof Collection<?> collection) {
      List<Object> list = new ArrayList<>();
      for (Object element : collection) {
        Object tree = of(element);
        list.add(tree == null ? "" : tree);
      }
      return list;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> tree = new LinkedHashMap<>();
      map.forEach((key, element) -> put(tree, String.valueOf(key), of(element)));
      return tree;
    }
    if (value instanceof SourcePosition position) {
      return position.toString();
    }
    if (value instanceof Record record) {
      return fields(record);
    }
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    return value.toString();
  }

  private static Map<String, Object> fields(Record record) {
    Map<String, Object> tree = new LinkedHashMap<>();
    if (isOneKindOfSeveral(record.getClass())) {
      tree.put("kind", record.getClass().getSimpleName());
    }
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      put(tree, component.getName(), of(read(record, component)));
    }
    return tree;
  }

  private static void put(Map<String, Object> tree, String key, @Nullable Object value) {
    boolean empty =
        value == null
            || (value instanceof Collection<?> list && list.isEmpty())
            || (value instanceof Map<?, ?> map && map.isEmpty());
    if (!empty) {
      tree.put(key, value);
    }
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
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }
}
