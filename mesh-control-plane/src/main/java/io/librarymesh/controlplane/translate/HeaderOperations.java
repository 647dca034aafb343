package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Headers;
import io.librarymesh.proto.envoy.config.core.v3.HeaderValue;
import io.librarymesh.proto.envoy.config.core.v3.HeaderValueOption;
import io.librarymesh.proto.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Header operations in Envoy's form: what is removed, then what is set, then what is added. The
 * Host header is not among them; setting it is a rewrite of the authority.
 */
final class HeaderOperations {

  private HeaderOperations() {}

  /** Headers to set and to add, in this order, each sorted by name. */
  static List<HeaderValueOption> additions(Headers.Operations operations) {
    List<HeaderValueOption> options = new ArrayList<>();
    append(options, operations.set(), HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD);
    append(options, operations.add(), HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD);
    return options;
  }

  static List<String> removals(Headers.Operations operations) {
    return operations.remove().stream().filter(name -> !isAuthority(name)).toList();
  }

  /** The Host header that the operations ask for; setting wins over adding. */
  static Optional<String> authority(Headers.Operations operations) {
    return authority(operations.set()).or(() -> authority(operations.add()));
  }

  private static Optional<String> authority(Map<String, String> headers) {
    return headers.entrySet().stream()
        .filter(entry -> isHost(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static void append(
      List<HeaderValueOption> options, Map<String, String> headers, HeaderAppendAction action) {
    new TreeMap<>(headers)
        .forEach(
            (name, value) -> {
              if (!isAuthority(name)) {
                options.add(
                    HeaderValueOption.newBuilder()
                        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
                        .setAppendAction(action)
                        .build());
              }
            });
  }

  private static boolean isAuthority(String name) {
    return name.startsWith(":") || isHost(name);
  }

  private static boolean isHost(String name) {
    return name.equalsIgnoreCase("host") || name.equalsIgnoreCase(":authority");
  }
}
