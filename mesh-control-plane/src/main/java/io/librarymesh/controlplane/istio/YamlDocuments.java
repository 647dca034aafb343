package io.librarymesh.controlplane.istio;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Turns YAML 1.2 text, of which JSON is a part, into one {@link YamlValue} a document.
 *
 * <p>It builds the tree from the parser's events, which arrive without recursion, and counts depth,
 * values and aliases as they come: the parser library's own composer has no limit of depth, and
 * would overflow the stack. Duplicate keys are findings, all of them; anything that breaks the
 * syntax ends the file there, and the documents before it stand.
 */
final class YamlDocuments {
  private final String text;
  private final ReadLimits limits;
  private final FileFindings findings;
  private final MeteredText source;
  private final ParserImpl events;
  private final ScalarResolver scalarResolver;
  private final Map<Anchor, YamlValue> anchors = new HashMap<>();
  private int line = 1;
  private int depth;
  private int values;
  private int aliasedValues;

  private YamlDocuments(String text, ReadLimits limits, FileFindings findings) {
    this.text = text;
    this.limits = limits;
    this.findings = findings;
    CoreSchema schema = new CoreSchema();
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(findings.file())
            .setSchema(schema)
            .setCodePointLimit(Integer.MAX_VALUE)
            .build();
    this.source = new MeteredText(text, limits.maxValueLength());
    this.events = new ParserImpl(settings, new StreamReader(settings, source));
    this.scalarResolver = schema.getScalarResolver();
  }

  /**
   * Reads all documents up to the first that breaks the syntax or a limit, which is added to the
   * findings. Empty documents are left out.
   */
  static List<YamlValue> read(String text, ReadLimits limits, FileFindings findings) {
    List<YamlValue> documents = new ArrayList<>();
    try {
      new YamlDocuments(SourceText.check(text, limits), limits, findings).readInto(documents);
    } catch (YamlRefusal refusal) {
      findings.add(refusal.line(), refusal.column(), Severity.ERROR, "", refusal.reason());
    }
    return documents;
  }

  private void readInto(List<YamlValue> documents) throws YamlRefusal {
    try {
      while (events.hasNext()) {
        Event event = next();
        if (event instanceof NodeEvent node) {
          YamlValue document = value(node, FieldPath.ROOT);
          anchors.clear();
          if (!isNothing(document)) {
            documents.add(document);
          }
        }
      }
    } catch (MarkedYamlEngineException broken) {
      Optional<Mark> mark = broken.getProblemMark().or(broken::getContextMark);
      throw new YamlRefusal(
          mark.map(m -> m.getLine() + 1).orElse(0),
          mark.map(m -> m.getColumn() + 1).orElse(0),
          syntaxMessage(broken));
    } catch (ReaderException unprintable) {
      int offset = Math.min(unprintable.getPosition(), text.length());
      throw new YamlRefusal(
          SourceText.lineAt(text, offset),
          SourceText.columnAt(text, offset),
          String.format(
              "the character U+%04X does not belong in YAML", unprintable.getCodePoint()));
    } catch (YamlEngineException broken) {
      if (source.isExhausted()) {
        throw new YamlRefusal(
            line, 1, "a value of more than " + limits.maxValueLength() + " characters begins here");
      }
      throw broken;
    }
  }

  private Event next() {
    Event event = events.next();
    source.valueEnded();
    line = event.getEndMark().map(mark -> mark.getLine() + 1).orElse(line);
    return event;
  }

  private static String syntaxMessage(MarkedYamlEngineException broken) {
    String problem = String.valueOf(broken.getProblem());
    String context = broken.getContext() == null ? "" : " " + broken.getContext();
    return "not YAML: " + Quoting.clip(problem) + Quoting.clip(context);
  }

  private static boolean isNothing(YamlValue value) {
    return value instanceof YamlValue.Scalar scalar && scalar.type() == YamlValue.ScalarType.NULL;
  }

  private YamlValue value(NodeEvent event, FieldPath path) throws YamlRefusal {
    if (++values > limits.maxValues()) {
      throw refusal(event, "more than " + limits.maxValues() + " values; split the file");
    }
    if (event instanceof AliasEvent alias) {
      return aliased(alias);
    }
    YamlValue value;
    if (event instanceof ScalarEvent scalar) {
      value = scalar(scalar);
    } else {
      if (++depth > limits.maxDepth()) {
        throw refusal(event, "more than " + limits.maxDepth() + " levels of nesting");
      }
      value =
          event instanceof SequenceStartEvent start
              ? sequence(start, path)
              : mapping((MappingStartEvent) event, path);
      depth--;
    }
    event.getAnchor().ifPresent(anchor -> anchors.put(anchor, value));
    return value;
  }

  private YamlValue aliased(AliasEvent event) throws YamlRefusal {
    YamlValue value = anchors.get(event.getAlias());
    if (value == null) {
      // An anchor is known only once its value is complete, so a value that holds itself is caught
      // here as well.
      throw refusal(
          event,
          "*"
              + Quoting.clip(event.getAlias().getValue())
              + " (expected: an anchor that ended before)");
    }
    aliasedValues += value.size();
    if (aliasedValues > limits.maxAliasedValues()) {
      throw refusal(event, "aliases repeat more than " + limits.maxAliasedValues() + " values");
    }
    return value;
  }

  private YamlValue sequence(SequenceStartEvent start, FieldPath path) throws YamlRefusal {
    refuseForeignTag(start, start.getTag(), Tag.SEQ);
    List<YamlValue> items = new ArrayList<>();
    int size = 1;
    Event event = next();
    while (!(event instanceof SequenceEndEvent)) {
      YamlValue item = value((NodeEvent) event, path.index(items.size()));
      size += item.size();
      items.add(item);
      event = next();
    }
    return new YamlValue.Sequence(List.copyOf(items), size, line(start), column(start));
  }

  private YamlValue mapping(MappingStartEvent start, FieldPath path) throws YamlRefusal {
    refuseForeignTag(start, start.getTag(), Tag.MAP);
    Map<String, YamlValue.Entry> entries = new LinkedHashMap<>();
    int size = 1;
    Event event = next();
    while (!(event instanceof MappingEndEvent)) {
      String key = key(event);
      YamlValue value = value((NodeEvent) next(), path.field(key));
      size += value.size();
      if (isMerge(event)) {
        refuseMerge(event, path);
        event = next();
        continue;
      }
      YamlValue.Entry entry = new YamlValue.Entry(key, line(event), column(event), value);
      YamlValue.Entry first = entries.putIfAbsent(key, entry);
      if (first != null) {
        findings.add(
            entry.line(),
            entry.column(),
            Severity.ERROR,
            path.field(key).toString(),
            "written twice, first in line " + first.line());
      }
      event = next();
    }
    return new YamlValue.Mapping(List.copyOf(entries.values()), size, line(start), column(start));
  }

  private static boolean isMerge(Event key) {
    return key instanceof ScalarEvent scalar
        && scalar.getScalarStyle() == ScalarStyle.PLAIN
        && scalar.getValue().equals("<<");
  }

  /**
   * Kubernetes merges, YAML 1.2 does not: what is written would be something else here or there.
   */
  private void refuseMerge(Event event, FieldPath path) {
    findings.add(
        line(event),
        column(event),
        Severity.ERROR,
        path.toString(),
        "<<: merge keys are not part of YAML 1.2 (expected: the fields themselves)");
  }

  private String key(Event event) throws YamlRefusal {
    if (event instanceof ScalarEvent scalar) {
      if (++values > limits.maxValues()) {
        throw refusal(event, "more than " + limits.maxValues() + " values; split the file");
      }
      return scalar.getValue();
    }
    if (event instanceof AliasEvent alias
        && anchors.get(alias.getAlias()) instanceof YamlValue.Scalar scalar) {
      return scalar.text();
    }
    throw refusal(event, "a list or a mapping as a key (expected: a plain name)");
  }

  private YamlValue scalar(ScalarEvent event) throws YamlRefusal {
    boolean plain = event.getScalarStyle() == ScalarStyle.PLAIN;
    Tag tag =
        event.getTag().isPresent() && !event.getTag().get().equals("!")
            ? new Tag(event.getTag().get())
            : plain && event.getTag().isEmpty()
                ? scalarResolver.resolve(event.getValue(), true)
                : Tag.STR;
    return new YamlValue.Scalar(
        type(event, tag), event.getValue(), plain, line(event), column(event));
  }

  private static YamlValue.ScalarType type(ScalarEvent event, Tag tag) throws YamlRefusal {
    if (tag.equals(Tag.STR)) {
      return YamlValue.ScalarType.STRING;
    } else if (tag.equals(Tag.INT)) {
      return YamlValue.ScalarType.INTEGER;
    } else if (tag.equals(Tag.FLOAT)) {
      return YamlValue.ScalarType.FLOAT;
    } else if (tag.equals(Tag.BOOL)) {
      return YamlValue.ScalarType.BOOLEAN;
    } else if (tag.equals(Tag.NULL)) {
      return YamlValue.ScalarType.NULL;
    }
    throw foreignTag(event, tag.getValue());
  }

  private static void refuseForeignTag(Event event, Optional<String> tag, Tag expected)
      throws YamlRefusal {
    if (tag.isPresent() && !tag.get().equals("!") && !tag.get().equals(expected.getValue())) {
      throw foreignTag(event, tag.get());
    }
  }

  private static YamlRefusal foreignTag(Event event, String tag) {
    return refusal(event, "the tag " + Quoting.clip(tag) + " (expected: plain YAML without tags)");
  }

  private static YamlRefusal refusal(Event event, String message) {
    return new YamlRefusal(line(event), column(event), message);
  }

  private static int line(Event event) {
    return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }

  private static int column(Event event) {
    return event.getStartMark().map(mark -> mark.getColumn() + 1).orElse(0);
  }
}
