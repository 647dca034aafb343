package io.librarymesh.controlplane.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.store.ConfigStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A store whose files are set by the test. */
public final class ScriptedStore implements ConfigStore {

  private final Map<String, ParsedFile> files = new TreeMap<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private long generation;
  private ConfigSnapshot snapshot = ConfigSnapshot.EMPTY;

  /** Puts a file in force, in the place of one of the same name. */
  public synchronized ScriptedStore put(String file, String yaml) {
    ParsedFile parsed = IstioReader.read(file, yaml);
    assertThat(parsed.findings()).noneMatch(f -> f.isError());
    files.put(file, parsed);
    publish();
    return this;
  }

  /** Takes a file away. */
  public synchronized void remove(String file) {
    assertThat(files.remove(file)).isNotNull();
    publish();
  }

  private void publish() {
    List<Resource> resources = new ArrayList<>();
    files.values().forEach(file -> resources.addAll(file.resources()));
    generation++;
    snapshot = new ConfigSnapshot(resources, List.of(), generation);
    listeners.forEach(listener -> listener.changed(snapshot));
  }

  @Override
  public synchronized ConfigSnapshot snapshot() {
    return snapshot;
  }

  @Override
  public Subscription subscribe(Listener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public void close() {
    listeners.clear();
  }
}
