package io.librarymesh.controlplane.analyze;

/** Looks for one kind of mistake. Without state: one instance serves any number of meshes. */
interface Analyzer {

  /** What it says. */
  Code code();

  /** Adds to the report whatever it finds in the mesh. */
  void analyze(AnalyzedMesh mesh, Report report);
}
