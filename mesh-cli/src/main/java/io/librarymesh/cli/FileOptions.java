package io.librarymesh.cli;

import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.controlplane.store.LoadedFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How files are read that a command looks at and nobody serves. */
final class FileOptions {
  @Option(
      names = "--mesh-config",
      paramLabel = "FILE",
      description =
          "Istio's MeshConfig, as YAML, before any that stands among the files: in the ConfigMap istio or in an IstioOperator.")
  @Nullable Path meshConfig;

  /** What the files hold, and directories with all below them. */
  ConfigSnapshot load(List<Path> paths) {
    return loadAll(paths).snapshot();
  }

  /** The same, with the resources that have errors or stand beside some. */
  LoadedFiles loadAll(List<Path> paths) {
    Options.requireExisting(paths);
    Options.requireFile(meshConfig);
    return DirectoryStore.loadAll(paths, Optional.ofNullable(meshConfig));
  }
}
