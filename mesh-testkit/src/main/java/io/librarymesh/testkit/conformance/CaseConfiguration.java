package io.librarymesh.testkit.conformance;

import io.librarymesh.Mesh;
import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.route.RouteTable;
import io.librarymesh.testkit.DirectConfigSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Gives the mesh of a driver what a case configures, with real addresses. */
public final class CaseConfiguration {
  private final HostBinding binding;
  private final Optional<IstioCompiler> compiler;
  private final DirectConfigSource source;
  private final Mesh mesh;

  /**
   * Configures one mesh.
   *
   * @param compiler empty for drivers that have no control plane
   * @param source feeds {@code mesh}
   */
  public CaseConfiguration(
      HostBinding binding, Optional<IstioCompiler> compiler, DirectConfigSource source, Mesh mesh) {
    this.binding = binding;
    this.compiler = compiler;
    this.source = source;
    this.mesh = mesh;
  }

  /**
   * Hands the configuration over; it is in force when the scheduler of the source has run what is
   * due.
   *
   * @throws RejectedConfigException when the mesh refuses it
   */
  public void apply(Given given) throws Exception {
    updates(given).forEach(this::publish);
  }

  private void publish(String authority, Update update) {
    if (update instanceof Update.Resolved resolved) {
      source.put(resolved.config());
    } else if (update instanceof Update.Absent absent) {
      source.remove(authority, absent.reason());
    }
    int colon = authority.lastIndexOf(':');
    mesh.warm(authority.substring(0, colon), Integer.parseInt(authority.substring(colon + 1)));
  }

  private Map<String, Update> updates(Given given) throws Exception {
    if (given instanceof Given.Direct direct) {
      return Map.of(
          direct.config().authority(),
          accepted(new Update.Resolved(binding.bind(direct.config()))));
    }
    if (given instanceof Given.Istio istio) {
      IstioCompiler translation =
          compiler.orElseThrow(() -> new AssertionError("no control plane (expected: one)"));
      Map<String, Update> updates =
          new LinkedHashMap<>(translation.compile(binding.bind(istio.world())));
      for (Update update : updates.values()) {
        accepted(update);
      }
      return updates;
    }
    throw new RejectedConfigException(((Given.Refused) given).message());
  }

  /** The mesh keeps what it had when it is given what it cannot compile; a case wants to know. */
  private static Update accepted(Update update) throws RejectedConfigException {
    if (update instanceof Update.Resolved resolved) {
      try {
        RouteTable.compile(resolved.config().routes());
      } catch (IllegalArgumentException refused) {
        throw new RejectedConfigException(String.valueOf(refused.getMessage()));
      }
    }
    return update;
  }
}
