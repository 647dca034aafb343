package io.librarymesh.spiffe;

import io.librarymesh.identity.CurrentIdentity;
import io.librarymesh.identity.Identity;
import io.librarymesh.identity.IdentitySource;
import io.librarymesh.identity.SvidRefusedException;
import io.librarymesh.identity.SvidVerifier;
import io.librarymesh.identity.TrustBundle;
import io.librarymesh.identity.TrustBundles;
import io.librarymesh.identity.TrustDomain;
import io.librarymesh.identity.X509Svid;
import io.spiffe.bundle.x509bundle.X509Bundle;
import io.spiffe.exception.SocketEndpointAddressException;
import io.spiffe.workloadapi.DefaultWorkloadApiClient;
import io.spiffe.workloadapi.Watcher;
import io.spiffe.workloadapi.WorkloadApiClient;
import io.spiffe.workloadapi.X509Context;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Follows the identity that an agent of this machine hands to this process, such as SPIRE's: the
 * first X.509-SVID, and the bundles of its own trust domain and of those that it is federated with.
 * The agent renews it; while it is away, what it said last stays in force, and it is asked again.
 *
 * <p>Source: SPIFFE Workload API, {@code FetchX509SVID}.
 */
public final class WorkloadApiIdentitySource implements IdentitySource {
  private final CurrentIdentity current = new CurrentIdentity();
  private final InstantSource clock = InstantSource.system();
  private final WorkloadApiClient client;

  private WorkloadApiIdentitySource(WorkloadApiClient client) {
    this.client = client;
  }

  /**
   * Begins to follow the agent at the socket that the environment names, {@code
   * SPIFFE_ENDPOINT_SOCKET}.
   *
   * @throws IOException if it names none
   */
  public static WorkloadApiIdentitySource open() throws IOException {
    return open(DefaultWorkloadApiClient.ClientOptions.builder().build());
  }

  /**
   * Begins to follow the agent at this socket.
   *
   * @param socket such as {@code unix:/run/spire/agent/public/api.sock}
   * @throws IOException if that is no address of a socket
   */
  public static WorkloadApiIdentitySource open(String socket) throws IOException {
    return open(DefaultWorkloadApiClient.ClientOptions.builder().spiffeSocketPath(socket).build());
  }

  private static WorkloadApiIdentitySource open(DefaultWorkloadApiClient.ClientOptions options)
      throws IOException {
    try {
      WorkloadApiIdentitySource source =
          new WorkloadApiIdentitySource(DefaultWorkloadApiClient.newClient(options));
      source.watch();
      return source;
    } catch (SocketEndpointAddressException | IllegalStateException e) {
      throw new IOException("SPIFFE Workload API: " + e.getMessage(), e);
    }
  }

  private void watch() {
    client.watchX509Context(
        new Watcher<>() {
          @Override
          public void onUpdate(X509Context context) {
            accept(context);
          }

          @Override
          public void onError(Throwable error) {
            current.failed("SPIFFE Workload API: " + error.getMessage());
          }
        });
  }

  /** An agent's mistake must not cut this workload off from its peers: what is in force stays. */
  private void accept(X509Context context) {
    try {
      X509Svid svid =
          X509Svid.of(
              context.getDefaultSvid().getChain(), context.getDefaultSvid().getPrivateKey());
      TrustBundles bundles =
          TrustBundles.of(
              context.getX509BundleSet().getBundles().values().stream()
                  .map(WorkloadApiIdentitySource::bundle)
                  .toArray(TrustBundle[]::new));
      new SvidVerifier(bundles, clock).verify(svid.chain().toArray(X509Certificate[]::new));
      current.replace(new Identity(svid, bundles));
    } catch (SvidRefusedException | IllegalArgumentException e) {
      current.failed("SPIFFE Workload API: " + e.getMessage());
    }
  }

  private static TrustBundle bundle(X509Bundle bundle) {
    return TrustBundle.of(
        new TrustDomain(bundle.getTrustDomain().getName()), bundle.getX509Authorities());
  }

  @Override
  public Optional<Identity> current() {
    return current.get();
  }

  @Override
  public Optional<String> problem() {
    return current.problem();
  }

  @Override
  public AutoCloseable subscribe(Consumer<Identity> listener) {
    return current.subscribe(listener);
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      current.failed("SPIFFE Workload API: " + e.getMessage());
    }
  }
}
