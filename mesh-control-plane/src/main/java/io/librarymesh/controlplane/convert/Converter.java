package io.librarymesh.controlplane.convert;

/** Makes resources of one kind into others that mean the same. */
@FunctionalInterface
interface Converter {

  /** Says of every resource of its kinds what becomes of it. */
  void convert(Inventory inventory, Outcome outcome);
}
