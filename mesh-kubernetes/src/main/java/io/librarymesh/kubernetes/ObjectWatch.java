package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ReducedStateItemStore;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Follows the objects of one kind: lists them, then watches, and lists anew where watching broke
 * off. Keeps no objects, only their names and versions.
 */
final class ObjectWatch<T extends HasMetadata> implements AutoCloseable {
  private final SharedIndexInformer<T> informer;
  private final CompletableFuture<Void> listed = new CompletableFuture<>();

  /**
   * @param put told of each object as it is, in the order of changes
   * @param remove told of each object that is gone; only its name is certain
   */
  ObjectWatch(
      KubernetesClient client,
      Class<T> type,
      Informable<T> objects,
      Consumer<T> put,
      Consumer<T> remove) {
    informer = objects.runnableInformer(0);
    informer.itemStore(
        new ReducedStateItemStore<>(
            ReducedStateItemStore.NAME_KEY_STATE, type, client.getKubernetesSerialization()));
    informer.addEventHandler(
        new ResourceEventHandler<T>() {
          @Override
          public void onAdd(T object) {
            put.accept(object);
          }

          @Override
          public void onUpdate(T before, T now) {
            put.accept(now);
          }

          @Override
          public void onDelete(T object, boolean unknownState) {
            remove.accept(object);
          }

          @Override
          public void onList(String resourceVersion, boolean remainedEmpty) {
            listed.complete(null);
          }
        });
    // Before the first list nobody waits for anything but an answer; later, the API server may be
    // away for as long as it likes.
    informer.exceptionHandler(
        (started, failure) -> listed.isDone() || !ApiFailure.isRefusal(failure));
  }

  /** Begins. Completes when every object of the first list has been told; fails when refused. */
  CompletableFuture<Void> start() {
    informer
        .start()
        .exceptionally(
            failure -> {
              listed.completeExceptionally(failure);
              return null;
            });
    return listed;
  }

  boolean isListed() {
    return listed.isDone();
  }

  @Override
  public void close() {
    informer.stop();
  }
}
