package io.librarymesh.cli;

import io.librarymesh.controlplane.AuthoritySettings;
import io.librarymesh.controlplane.ca.CertificateAuthority.Lifetimes;
import io.librarymesh.identity.TrustDomain;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The certificate authority of a control plane, and xDS to those that it knows. */
final class ServeAuthority {
  @Option(
      names = "--ca",
      paramLabel = "DIR",
      description =
          "Sign certificates for workloads with the authority of this folder, which is made when it is empty, and serve xDS over mutual TLS to those that have one. See 'meshctl ca'.")
  @Nullable Path ca;

  @Option(
      names = "--secure-xds",
      defaultValue = "127.0.0.1:15012",
      paramLabel = "HOST:PORT",
      description =
          "Address of xDS over mutual TLS and of the authority, with --ca; also one of the network (default: ${DEFAULT-VALUE}).")
  String secureXds = "";

  @Option(
      names = "--trust-domain",
      defaultValue = "cluster.local",
      paramLabel = "NAME",
      description = "Whose identities the authority signs (default: ${DEFAULT-VALUE}).")
  String trustDomain = "";

  @Option(
      names = "--ca-host",
      paramLabel = "NAME",
      description =
          "A DNS name or IP address by which workloads reach --secure-xds; may be repeated. Those of this machine's loopback and of istiod are known.")
  List<String> hosts = new ArrayList<>();

  @Option(
      names = "--certificate-ttl",
      defaultValue = "24h",
      converter = DurationConverter.class,
      paramLabel = "D",
      description =
          "How long certificates count whose workloads do not say it (default: ${DEFAULT-VALUE}).")
  Duration usual = Duration.ZERO;

  @Option(
      names = "--max-certificate-ttl",
      defaultValue = "24h",
      converter = DurationConverter.class,
      paramLabel = "D",
      description =
          "How long they count at most, whatever workloads ask for (default: ${DEFAULT-VALUE}).")
  Duration longest = Duration.ZERO;

  /** What was asked for; absent without {@code --ca}. */
  Optional<AuthoritySettings> settings() {
    if (ca == null) {
      return Optional.empty();
    }
    Options.HostPort address = Options.hostPort("--secure-xds", secureXds);
    InetSocketAddress socket = new InetSocketAddress(address.host(), address.port());
    if (socket.isUnresolved()) {
      throw new Options.UsageException(
          "--secure-xds: '" + address.host() + "' (expected: a host that is known here)");
    }
    return Optional.of(
        AuthoritySettings.of(ca)
            .withAddress(socket)
            .withTrustDomain(domain(trustDomain))
            .withHosts(hosts)
            .withLifetimes(lifetimes()));
  }

  private Lifetimes lifetimes() {
    try {
      return new Lifetimes(usual, longest);
    } catch (IllegalArgumentException e) {
      throw new Options.UsageException(
          "--certificate-ttl, --max-certificate-ttl: " + e.getMessage());
    }
  }

  static TrustDomain domain(String name) {
    try {
      return new TrustDomain(name);
    } catch (IllegalArgumentException e) {
      throw new Options.UsageException("--trust-domain: " + e.getMessage());
    }
  }
}
