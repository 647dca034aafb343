package io.librarymesh.testkit.hostile;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** JSON as a strict reader of other make takes it, each name once in an object. */
final class StrictJson {
  /** A null. */
  static final Object NOTHING = new Object();

  private StrictJson() {}

  /** Numbers are {@link BigDecimal}s; empty: not one object in UTF-8. */
  static Optional<Map<String, Object>> object(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      JsonReader reader = new JsonReader(new StringReader(text));
      reader.setStrictness(Strictness.STRICT);
      Map<String, Object> object = fields(reader);
      return reader.peek() == JsonToken.END_DOCUMENT ? Optional.of(object) : Optional.empty();
    } catch (IOException | IllegalStateException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Object value(JsonReader reader) throws IOException {
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> fields(reader);
      case BEGIN_ARRAY -> items(reader);
      case STRING -> reader.nextString();
      case NUMBER -> new BigDecimal(reader.nextString());
      case BOOLEAN -> reader.nextBoolean();
      case NULL -> {
        reader.nextNull();
        yield NOTHING;
      }
      default -> throw new IllegalStateException("no value");
    };
  }

  private static Map<String, Object> fields(JsonReader reader) throws IOException {
    Map<String, Object> fields = new HashMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      if (fields.put(reader.nextName(), value(reader)) != null) {
        throw new IllegalStateException("a name twice");
      }
    }
    reader.endObject();
    return fields;
  }

  private static List<Object> items(JsonReader reader) throws IOException {
    List<Object> items = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      items.add(value(reader));
    }
    reader.endArray();
    return items;
  }
}
