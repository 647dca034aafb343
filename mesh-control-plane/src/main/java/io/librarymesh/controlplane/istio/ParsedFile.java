package io.librarymesh.controlplane.istio;

import java.util.List;

/**
 * What the reader made of one file.
 *
 * @param resources the valid resources in file order; a resource with an error is left out, the
 *     others of its file are here. Whether a file with errors is put in force at all is the store's
 *     decision
 * @param findings everything there is to say, ordered by line and column
 */
public record ParsedFile(List<Resource> resources, List<Finding> findings) {

  /** Copies the lists. */
  public ParsedFile {
    resources = List.copyOf(resources);
    findings = List.copyOf(findings);
  }

  /** Whether any finding is an error. */
  public boolean hasErrors() {
    return findings.stream().anyMatch(Finding::isError);
  }
}
