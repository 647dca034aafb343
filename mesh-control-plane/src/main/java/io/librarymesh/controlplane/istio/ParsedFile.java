package io.librarymesh.controlplane.istio;

import java.util.List;

/**
 * What the reader made of one file.
 *
 * @param resources the valid resources in file order; a resource with an error is left out, the
 *     others of its file are here. Whether a file with errors is put in force at all is the store's
 *     decision
 * @param refused the resources that are left out, as far as they could be read
 * @param findings everything there is to say, ordered by line and column
 */
public record ParsedFile(
    List<Resource> resources, List<RefusedResource> refused, List<Finding> findings) {

  /** Copies the lists. */
  public ParsedFile {
    resources = List.copyOf(resources);
    refused = List.copyOf(refused);
    findings = List.copyOf(findings);
  }

  /** What is left of a file that could not be read as resources. */
  public static ParsedFile ofFindings(List<Finding> findings) {
    return new ParsedFile(List.of(), List.of(), findings);
  }

  /** Whether any finding is an error. */
  public boolean hasErrors() {
    return findings.stream().anyMatch(Finding::isError);
  }
}
