package io.librarymesh.server;

import io.librarymesh.Mesh;
import io.librarymesh.authz.ExternalAnswer;
import io.librarymesh.authz.ExternalCheck;

/**
 * Asks those who decide about requests outside of the mesh's own rules: where an
 * AuthorizationPolicy with the action {@code CUSTOM} matches. Any thread.
 */
@FunctionalInterface
public interface ExternalAuthorizer {
  /** Asks nobody: what would have to be asked about is denied. */
  ExternalAuthorizer NONE = check -> new ExternalAnswer.NotAsked("this server asks nobody");

  /**
   * Asks, and waits for the answer no longer than the check says. What is thrown counts as no
   * answer.
   */
  ExternalAnswer ask(ExternalCheck check);

  /**
   * Asks over HTTP/1.1 at the endpoints that this mesh knows of the authorizer's service, with the
   * load balancing, the TLS and the retries that hold for calls to it.
   */
  static ExternalAuthorizer of(Mesh mesh) {
    return new MeshAuthorizer(mesh);
  }
}
