package io.librarymesh.build;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumOptions;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.FileOptions;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Generates this module's Java sources: compiles the published .proto files, and those of {@code
 * src/main/proto}, to descriptors, keeps what {@code src/main/xds/keep.txt} lists, and lets protoc
 * write Java from what is left.
 *
 * <p>A build-time program that never ships. Maven runs it from source with protobuf-java on its
 * class path, which is why it is a single file: the source launcher of JDK 17 takes no more. It
 * skips its work when none of its inputs has changed since the last run.
 */
final class TrimXds {

  /** Type-name prefixes that other jars on every consumer's class path already have as classes. */
  private static final List<String> ELSEWHERE = List.of("google.protobuf.", "google.rpc.");

  private final KeepList keep;
  private final List<FileDescriptorProto> files;
  private final Map<String, DescriptorProto> messages = new HashMap<>();
  private final Map<String, String> fileOfType = new HashMap<>();
  private final Set<String> services = new TreeSet<>();
  private final Set<String> usedEnums = new TreeSet<>();
  private final List<String> errors;

  TrimXds(KeepList keep, FileDescriptorSet all) {
    this.keep = keep;
    this.errors = keep.errors;
    this.files = all.getFileList();
    for (FileDescriptorProto file : files) {
      String scope = file.getPackage() + ".";
      file.getMessageTypeList().forEach(message -> index(scope, message, file.getName()));
      file.getEnumTypeList().forEach(e -> fileOfType.put(scope + e.getName(), file.getName()));
      file.getServiceList().forEach(service -> services.add(scope + service.getName()));
    }
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != 4) {
      throw new IllegalArgumentException("usage: TrimXds VERSIONS MODULE_DIR WORK_DIR OUTPUT_DIR");
    }
    Path module = Path.of(args[1]);
    Path program = module.resolve("src/build/java/io/librarymesh/build/TrimXds.java");
    Path keepFile = module.resolve("src/main/xds/keep.txt");
    Path work = Path.of(args[2]);
    Path output = Path.of(args[3]);
    Path protos = work.resolve("proto");
    OwnFiles own = OwnFiles.of(module.resolve("src/main/proto"));
    String inputs =
        args[0] + "\n" + Files.readString(program) + Files.readString(keepFile) + own.texts();
    Path stamp = work.resolve("inputs.txt");
    if (Files.exists(stamp) && Files.exists(output) && Files.readString(stamp).equals(inputs)) {
      return;
    }
    KeepList keep = KeepList.parse(Files.readAllLines(keepFile));
    Protoc protoc = new Protoc(work);
    FileDescriptorSet all =
        protoc.describe(List.of(protos, own.root()), keep.protoFiles(protos, own));
    FileDescriptorSet trimmed = new TrimXds(keep, all).trim();
    if (!keep.errors.isEmpty()) {
      keep.errors.forEach(error -> System.err.println(keepFile.getFileName() + ": " + error));
      System.exit(1);
    }
    deleteTree(output);
    protoc.generate(trimmed, Files.createDirectories(output));
    Files.writeString(stamp, inputs);
  }

  private void index(String scope, DescriptorProto message, String file) {
    String name = scope + message.getName();
    messages.put(name, message);
    fileOfType.put(name, file);
    message.getNestedTypeList().forEach(nested -> index(name + ".", nested, file));
    message.getEnumTypeList().forEach(e -> fileOfType.put(name + "." + e.getName(), file));
  }

  /**
   * The kept files in the order in which they were given, dependencies first. What is wrong with
   * the keep list is added to its errors; the result is only good if there are none.
   */
  FileDescriptorSet trim() {
    keep.messages.keySet().stream()
        .filter(name -> !messages.containsKey(name))
        .forEach(name -> errors.add(name + ": no such message (expected: one that the API has)"));
    keep.services.stream()
        .filter(name -> !services.contains(name))
        .forEach(name -> errors.add(name + ": no such service (expected: one that the API has)"));
    // Fields first, over all files: only then is it known which enums are in use.
    Map<String, List<FieldDescriptorProto>> fields = new HashMap<>();
    keep.messages.keySet().stream()
        .filter(messages::containsKey)
        .forEach(name -> fields.put(name, keptFields(name, known(messages, name))));
    FileDescriptorSet.Builder result = FileDescriptorSet.newBuilder();
    for (FileDescriptorProto file : files) {
      if (isElsewhere(file.getPackage() + ".")) {
        result.addFile(file);
      } else {
        trimFile(file, fields, result);
      }
    }
    return result.build();
  }

  private List<FieldDescriptorProto> keptFields(String name, DescriptorProto message) {
    KeepList.Fields wanted = known(keep.messages, name);
    Set<String> unknown = new LinkedHashSet<>(wanted.named());
    List<FieldDescriptorProto> kept = new ArrayList<>();
    for (FieldDescriptorProto field : message.getFieldList()) {
      unknown.remove(field.getName());
      if (wanted.has(field.getName(), field.getOptions().getDeprecated())) {
        checkType(name, field);
        kept.add(field);
      }
    }
    unknown.forEach(
        field -> errors.add(name + "." + field + ": no such field (expected: one of the message)"));
    return kept;
  }

  private void checkType(String message, FieldDescriptorProto field) {
    String type = typeName(field);
    if (type.isEmpty() || isElsewhere(type)) {
      return;
    }
    if (field.getType() == FieldDescriptorProto.Type.TYPE_ENUM) {
      usedEnums.add(type);
      String outer = type.substring(0, type.lastIndexOf('.'));
      if (messages.containsKey(outer)) {
        checkKept(message, field, outer);
      }
    } else if (known(messages, type).getOptions().getMapEntry()) {
      known(messages, type).getFieldList().forEach(part -> checkType(message, part));
    } else {
      checkKept(message, field, type);
    }
  }

  private void checkKept(String message, FieldDescriptorProto field, String type) {
    if (!keep.messages.containsKey(type)) {
      String place = message + "." + field.getName();
      errors.add(place + ": needs " + type + " (expected: a line for that, or not this field)");
    }
  }

  private void trimFile(
      FileDescriptorProto file,
      Map<String, List<FieldDescriptorProto>> fields,
      FileDescriptorSet.Builder result) {
    String scope = file.getPackage() + ".";
    FileDescriptorProto.Builder trimmed =
        FileDescriptorProto.newBuilder()
            .setName(file.getName())
            .setPackage(file.getPackage())
            .setSyntax(file.getSyntax())
            .setOptions(
                FileOptions.newBuilder()
                    .setJavaPackage("io.librarymesh.proto." + file.getPackage())
                    .setJavaOuterClassname(file.getOptions().getJavaOuterClassname())
                    .setJavaMultipleFiles(true));
    Set<String> dependencies = new TreeSet<>();
    for (DescriptorProto message : file.getMessageTypeList()) {
      if (fields.containsKey(scope + message.getName())) {
        trimmed.addMessageType(trimMessage(scope, message, fields, dependencies));
      }
    }
    file.getEnumTypeList().stream()
        .filter(e -> usedEnums.contains(scope + e.getName()))
        .forEach(e -> trimmed.addEnumType(plain(e)));
    for (ServiceDescriptorProto service : file.getServiceList()) {
      if (keep.services.contains(scope + service.getName())) {
        trimmed.addService(plain(service, dependencies));
      }
    }
    if (trimmed.getMessageTypeCount() + trimmed.getEnumTypeCount() + trimmed.getServiceCount()
        > 0) {
      dependencies.remove(file.getName());
      result.addFile(trimmed.addAllDependency(dependencies));
    }
  }

  private DescriptorProto trimMessage(
      String scope,
      DescriptorProto message,
      Map<String, List<FieldDescriptorProto>> fields,
      Set<String> dependencies) {
    String name = scope + message.getName();
    boolean mapEntry = message.getOptions().getMapEntry();
    List<FieldDescriptorProto> kept = mapEntry ? message.getFieldList() : known(fields, name);
    DescriptorProto.Builder trimmed = DescriptorProto.newBuilder().setName(message.getName());
    if (mapEntry) {
      trimmed.setOptions(MessageOptions.newBuilder().setMapEntry(true));
    }
    Map<Integer, Integer> oneofs = new TreeMap<>();
    kept.stream()
        .filter(FieldDescriptorProto::hasOneofIndex)
        .forEach(f -> oneofs.put(f.getOneofIndex(), 0));
    for (Map.Entry<Integer, Integer> oneof : oneofs.entrySet()) {
      oneof.setValue(trimmed.getOneofDeclCount());
      trimmed.addOneofDecl(message.getOneofDecl(oneof.getKey()).toBuilder().clearOptions());
    }
    Set<String> types = new TreeSet<>();
    for (FieldDescriptorProto field : kept) {
      trimmed.addField(plain(field, oneofs));
      if (field.hasTypeName()) {
        types.add(typeName(field));
        dependencies.add(known(fileOfType, typeName(field)));
      }
    }
    for (DescriptorProto nested : message.getNestedTypeList()) {
      String nestedName = name + "." + nested.getName();
      if (nested.getOptions().getMapEntry()
          ? types.contains(nestedName)
          : fields.containsKey(nestedName)) {
        trimmed.addNestedType(trimMessage(name + ".", nested, fields, dependencies));
      }
    }
    message.getEnumTypeList().stream()
        .filter(e -> usedEnums.contains(name + "." + e.getName()))
        .forEach(e -> trimmed.addEnumType(plain(e)));
    return trimmed.build();
  }

  // The three below drop every option but those that shape the wire: the rest are annotations of
  // Envoy's own tools, and their definitions are not kept.
  private static FieldDescriptorProto plain(
      FieldDescriptorProto field, Map<Integer, Integer> oneofs) {
    FieldDescriptorProto.Builder plain = field.toBuilder().clearOptions();
    if (field.hasOneofIndex()) {
      plain.setOneofIndex(known(oneofs, field.getOneofIndex()));
    }
    if (field.getOptions().hasPacked()) {
      plain.setOptions(FieldOptions.newBuilder().setPacked(field.getOptions().getPacked()));
    }
    return plain.build();
  }

  private static EnumDescriptorProto plain(EnumDescriptorProto original) {
    EnumDescriptorProto.Builder plain = original.toBuilder().clearOptions();
    plain.getValueBuilderList().forEach(EnumValueDescriptorProto.Builder::clearOptions);
    if (original.getOptions().getAllowAlias()) {
      plain.setOptions(EnumOptions.newBuilder().setAllowAlias(true));
    }
    return plain.build();
  }

  private ServiceDescriptorProto plain(ServiceDescriptorProto service, Set<String> dependencies) {
    ServiceDescriptorProto.Builder plain = service.toBuilder().clearOptions();
    plain.getMethodBuilderList().forEach(method -> method.clearOptions());
    for (var method : service.getMethodList()) {
      dependencies.add(known(fileOfType, method.getInputType().substring(1)));
      dependencies.add(known(fileOfType, method.getOutputType().substring(1)));
    }
    return plain.build();
  }

  private static <K, V> V known(Map<K, V> map, K key) {
    return Objects.requireNonNull(map.get(key), key::toString);
  }

  private static String typeName(FieldDescriptorProto field) {
    return field.hasTypeName() ? field.getTypeName().substring(1) : "";
  }

  private static boolean isElsewhere(String type) {
    return ELSEWHERE.stream().anyMatch(type::startsWith);
  }

  private static void deleteTree(Path root) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> tree = Files.walk(root)) {
        for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /**
   * The .proto files of this module, of interfaces that no published artifact holds.
   *
   * @param byPackage their paths below the root, by the package that they declare, which need not
   *     be the folder that they stand in
   */
  record OwnFiles(Path root, Map<String, List<String>> byPackage, String texts) {

    private static final Pattern PACKAGE =
        Pattern.compile("^package ([a-z0-9_.]+);$", Pattern.MULTILINE);

    static OwnFiles of(Path root) throws IOException {
      Map<String, List<String>> byPackage = new TreeMap<>();
      StringBuilder texts = new StringBuilder();
      try (Stream<Path> tree = Files.walk(root)) {
        for (Path path : tree.filter(p -> p.toString().endsWith(".proto")).sorted().toList()) {
          String name = root.relativize(path).toString().replace('\\', '/');
          String text = Files.readString(path);
          Matcher matcher = PACKAGE.matcher(text);
          if (!matcher.find()) {
            throw new IOException(name + ": no package (expected: a line 'package NAME;')");
          }
          byPackage.computeIfAbsent(matcher.group(1), any -> new ArrayList<>()).add(name);
          texts.append(name).append('\n').append(text);
        }
      }
      return new OwnFiles(root, byPackage, texts.toString());
    }
  }

  /** The parsed keep list: full message names with their fields, and full service names. */
  static final class KeepList {

    final Map<String, Fields> messages = new TreeMap<>();
    final Set<String> services = new TreeSet<>();
    final Set<String> packages = new TreeSet<>();
    final List<String> errors = new ArrayList<>();

    record Fields(boolean all, Set<String> added, Set<String> removed) {
      boolean has(String field, boolean deprecated) {
        return added.contains(field) || (all && !deprecated && !removed.contains(field));
      }

      Set<String> named() {
        Set<String> named = new TreeSet<>(added);
        named.addAll(removed);
        return named;
      }
    }

    static KeepList parse(List<String> lines) {
      KeepList keep = new KeepList();
      String scope = "";
      for (String line : lines) {
        String text = line.strip();
        int colon = text.indexOf(':');
        if (text.startsWith("package ")) {
          scope = text.substring("package ".length()) + ".";
          keep.packages.add(scope.substring(0, scope.length() - 1));
        } else if (text.startsWith("service ")) {
          keep.services.add(scope + text.substring("service ".length()));
        } else if (!text.isEmpty() && !text.startsWith("#")) {
          if (colon < 0) {
            keep.errors.add(text + ": not understood (expected: Message: fields)");
          } else {
            keep.add(scope + text.substring(0, colon), text.substring(colon + 1).strip());
          }
        }
      }
      return keep;
    }

    private void add(String message, String fields) {
      Set<String> added = new TreeSet<>();
      Set<String> removed = new TreeSet<>();
      boolean all = false;
      for (String word : fields.isEmpty() ? new String[0] : fields.split("\\s+")) {
        if (word.equals("*")) {
          all = true;
        } else if (word.startsWith("-")) {
          removed.add(word.substring(1));
        } else {
          added.add(word.startsWith("+") ? word.substring(1) : word);
        }
      }
      int dot = message.lastIndexOf('.');
      boolean nested = Character.isUpperCase(message.charAt(message.lastIndexOf('.', dot - 1) + 1));
      if (nested && !messages.containsKey(message.substring(0, dot))) {
        errors.add(message + ": not enclosed (expected: the outer message in a line before it)");
      }
      if (messages.put(message, new Fields(all, added, removed)) != null) {
        errors.add(message + ": listed twice (expected: one line)");
      }
    }

    /** The .proto files of the listed packages, relative to {@code root} or our own; sorted. */
    List<String> protoFiles(Path root, OwnFiles own) throws IOException {
      List<String> found = new ArrayList<>();
      for (String name : packages) {
        if (own.byPackage().containsKey(name)) {
          found.addAll(known(own.byPackage(), name));
          continue;
        }
        Path directory = root.resolve(name.replace('.', '/'));
        if (!Files.isDirectory(directory)) {
          errors.add("package " + name + ": no such package (expected: one that the API has)");
          continue;
        }
        try (Stream<Path> entries = Files.list(directory)) {
          entries
              .map(path -> root.relativize(path).toString().replace('\\', '/'))
              .filter(path -> path.endsWith(".proto"))
              .sorted()
              .forEach(found::add);
        }
      }
      return found;
    }
  }

  /** Runs the protocol buffer compiler. Its arguments go through a file: there are many. */
  private record Protoc(Path work) {

    FileDescriptorSet describe(List<Path> roots, List<String> names)
        throws IOException, InterruptedException {
      Path descriptors = work.resolve("all.pb");
      List<String> arguments = new ArrayList<>();
      roots.forEach(root -> arguments.add("--proto_path=" + root));
      arguments.add("--include_imports");
      arguments.add("--descriptor_set_out=" + descriptors);
      arguments.addAll(names);
      run(arguments);
      return FileDescriptorSet.parseFrom(Files.readAllBytes(descriptors));
    }

    void generate(FileDescriptorSet trimmed, Path output) throws IOException, InterruptedException {
      Path descriptors = work.resolve("trimmed.pb");
      Files.write(descriptors, trimmed.toByteArray());
      List<String> arguments = new ArrayList<>();
      arguments.add("--descriptor_set_in=" + descriptors);
      arguments.add("--plugin=protoc-gen-grpc-java=" + tool("protoc-gen-grpc-java.exe"));
      arguments.add("--java_out=" + output);
      arguments.add("--grpc-java_out=@generated=omit:" + output);
      trimmed.getFileList().stream()
          .filter(file -> !isElsewhere(file.getPackage() + "."))
          .forEach(file -> arguments.add(file.getName()));
      run(arguments);
    }

    private String tool(String name) {
      Path tool = work.resolve("bin").resolve(name);
      tool.toFile().setExecutable(true); // artifacts come without the permission
      return tool.toString();
    }

    private void run(List<String> arguments) throws IOException, InterruptedException {
      Path file = work.resolve("arguments.txt");
      Files.write(file, arguments, StandardCharsets.UTF_8);
      Process process = new ProcessBuilder(tool("protoc.exe"), "@" + file).inheritIO().start();
      if (process.waitFor() != 0) {
        throw new IOException("protoc: exit " + process.exitValue() + " (expected: 0), see above");
      }
    }
  }
}
