package io.librarymesh.controlplane.keys;

import java.io.IOException;

/** An address is not called, so that trying again at once is of no use. */
final class RefusedAddress extends IOException {
  private static final long serialVersionUID = 1;

  RefusedAddress(String message) {
    super(message);
  }
}
