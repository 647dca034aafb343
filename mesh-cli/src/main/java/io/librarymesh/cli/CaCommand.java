package io.librarymesh.cli;

import io.librarymesh.controlplane.ca.AuthorityDirectory;
import io.librarymesh.controlplane.ca.JoinTokens;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.TrustDomain;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code meshctl ca}: the certificate authority's folder. */
@Command(
    name = "ca",
    mixinStandardHelpOptions = true,
    description =
        "Works on the folder of the certificate authority that 'meshctl serve --ca DIR' signs with: makes its root, brings"
            + " workloads in, and replaces the root.",
    subcommands = {
      CaCommand.Init.class,
      CaCommand.Token.class,
      CaCommand.Status.class,
      CaCommand.Rotate.class
    })
final class CaCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(System.out);
    return 2;
  }

  /** Which authority. */
  static final class Folder {
    @Option(
        names = "--dir",
        required = true,
        paramLabel = "DIR",
        description = "The authority's folder.")
    Path dir = Path.of("");

    @Option(
        names = "--trust-domain",
        defaultValue = "cluster.local",
        paramLabel = "NAME",
        description = "Whose identities it signs (default: ${DEFAULT-VALUE}).")
    String trustDomain = "";

    AuthorityDirectory directory() {
      return new AuthorityDirectory(dir);
    }

    TrustDomain domain() {
      return ServeAuthority.domain(trustDomain);
    }
  }

  /** Makes the root. */
  @Command(
      name = "init",
      mixinStandardHelpOptions = true,
      description = {
        "Makes a root of its own, P-256 and valid for ten years, with a key that its owner alone may read; does nothing"
            + " when there is one. 'meshctl serve --ca' does the same when it starts.",
        "For an intermediate of your own put ca-key.pem, ca-cert.pem, cert-chain.pem and root-cert.pem there instead, as"
            + " for istiod."
      })
  static final class Init implements Callable<Integer> {
    @Mixin Folder folder = new Folder();

    @Mixin OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
      boolean made = folder.directory().create(folder.domain());
      Path roots = folder.dir.resolve("root-cert.pem");
      output.print(
          () ->
              "%s: %s%nWorkloads need %s%n"
                  .formatted(
                      folder.dir,
                      made ? "made a root for " + folder.domain() : "there is one already",
                      roots),
          () -> {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("dir", folder.dir.toString());
            map.put("made", made);
            map.put("roots", roots.toString());
            return map;
          });
      return 0;
    }
  }

  /** Brings a workload in. */
  @Command(
      name = "token",
      mixinStandardHelpOptions = true,
      description = {
        "Prints a token by which a workload gets its first certificate: for one identity, once, and for a few minutes. It"
            + " is kept nowhere; what is kept is its hash. Later certificates the workload gets by the one it has."
      },
      footer = {
        "",
        "Examples:",
        "  meshctl ca token --dir ./ca --namespace shop --service-account cart > token",
        "  meshctl ca token --dir ./ca --spiffe-id spiffe://cluster.local/ns/shop/sa/cart --ttl 1m"
      })
  static final class Token implements Callable<Integer> {
    @Mixin Folder folder = new Folder();

    @Mixin OutputOptions output = new OutputOptions();

    @Option(
        names = "--spiffe-id",
        paramLabel = "ID",
        description = "Who the workload is; or --namespace and --service-account.")
    @Nullable String spiffeId;

    @Option(names = "--namespace", paramLabel = "NS", description = "Namespace of the workload.")
    @Nullable String namespace;

    @Option(
        names = "--service-account",
        paramLabel = "NAME",
        description = "Service account of the workload.")
    @Nullable String serviceAccount;

    @Option(
        names = "--ttl",
        defaultValue = "10m",
        converter = DurationConverter.class,
        paramLabel = "D",
        description = "For how long it can be used; at most 10m (default: ${DEFAULT-VALUE}).")
    Duration ttl = Duration.ZERO;

    @Override
    public Integer call() throws IOException {
      folder.directory().phase(); // there is an authority, and it can be used
      try {
        SpiffeId id = identity();
        String token = new JoinTokens(folder.directory()).issue(id, ttl);
        output.print(
            () -> token + "\n",
            () -> {
              Map<String, Object> map = new LinkedHashMap<>();
              map.put("token", token);
              map.put("spiffe_id", id.toString());
              map.put("ttl_seconds", ttl.toSeconds());
              return map;
            });
      } catch (IllegalArgumentException e) {
        throw new Options.UsageException(String.valueOf(e.getMessage()));
      }
      return 0;
    }

    private SpiffeId identity() {
      boolean byAccount = namespace != null && serviceAccount != null;
      if ((spiffeId == null) != byAccount || (spiffeId != null && namespace != null)) {
        throw new Options.UsageException(
            "who is it for? (expected: --spiffe-id, or --namespace and --service-account)");
      }
      SpiffeId id =
          spiffeId != null
              ? SpiffeId.parse(spiffeId)
              : SpiffeId.ofServiceAccount(
                  folder.domain(), String.valueOf(namespace), String.valueOf(serviceAccount));
      if (!id.trustDomain().equals(folder.domain()) || id.serviceAccount().isEmpty()) {
        throw new Options.UsageException(
            "--spiffe-id: "
                + id
                + " (expected: spiffe://"
                + folder.domain()
                + "/ns/NAMESPACE/sa/SERVICE_ACCOUNT)");
      }
      return id;
    }
  }

  /** Says how far a replacement is. */
  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description =
          "Says whether the authority can sign, and how far the replacement of its root has come.")
  static final class Status implements Callable<Integer> {
    @Mixin Folder folder = new Folder();

    @Mixin OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
      print(folder.directory().phase(), output);
      return 0;
    }
  }

  /** Replaces the root. */
  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = {
        "Replaces the authority's own root in three steps, between which every workload has to renew its certificate. A"
            + " control plane that runs follows each of them; none needs a restart.",
        "",
        "  announce  make a new root: workloads trust it from their next certificate on, and it does not sign yet",
        "  promote   sign with the new root, when every workload has renewed since then",
        "  settle    forget the old root; refused while a certificate of it can be in force"
      })
  static final class Rotate implements Callable<Integer> {
    /** The steps. */
    enum Step {
      announce,
      promote,
      settle
    }

    @Mixin Folder folder = new Folder();

    @Mixin OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "STEP", description = "${COMPLETION-CANDIDATES}.")
    Step step = Step.announce;

    @Option(
        names = "--max-certificate-ttl",
        defaultValue = "24h",
        converter = DurationConverter.class,
        paramLabel = "D",
        description = "What 'meshctl serve' was given, for settle (default: ${DEFAULT-VALUE}).")
    Duration longest = Duration.ZERO;

    @Override
    public Integer call() throws IOException {
      AuthorityDirectory directory = folder.directory();
      switch (step) {
        case announce -> directory.announce(folder.domain());
        case promote -> directory.promote();
        case settle -> directory.settle(longest);
      }
      print(directory.phase(), output);
      return 0;
    }
  }

  private static void print(AuthorityDirectory.Phase phase, OutputOptions output) {
    output.print(
        () -> describe(phase) + "\n",
        () -> {
          Map<String, String> map = new LinkedHashMap<>();
          map.put("phase", phase(phase));
          map.put("description", describe(phase));
          return map;
        });
  }

  private static String phase(AuthorityDirectory.Phase phase) {
    return switch (phase) {
      case SETTLED -> "settled";
      case ANNOUNCED -> "announced";
      case SWITCHED -> "promoted";
    };
  }

  private static String describe(AuthorityDirectory.Phase phase) {
    return switch (phase) {
      case SETTLED -> "settled: one root, which signs";
      case ANNOUNCED ->
          "announced: workloads are told of a new root, which does not sign yet; when all have renewed their"
              + " certificates, 'meshctl ca rotate promote'";
      case SWITCHED ->
          "promoted: more than one root is trusted; when no certificate of the old one is in force, 'meshctl ca"
              + " rotate settle'";
    };
  }
}
