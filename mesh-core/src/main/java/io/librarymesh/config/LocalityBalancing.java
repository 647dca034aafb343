package io.librarymesh.config;

/**
 * Whether and how calls are spread over localities before a host is chosen in one. Source: Envoy
 * {@code CommonLbConfig.locality_config_specifier}.
 */
public sealed interface LocalityBalancing {
  /** The hosts of all localities of a priority are one set. */
  enum None implements LocalityBalancing {
    INSTANCE
  }

  /** By the weights of the localities, so far as their hosts are healthy. */
  enum Weighted implements LocalityBalancing {
    INSTANCE
  }
}
