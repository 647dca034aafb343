package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over certificates that the JDK's keytool makes. */
class IdentityCommandTest {
  private static final String WEB = "spiffe://cluster.local/ns/default/sa/web";

  @TempDir Path dir;

  @BeforeEach
  void makeAuthority() throws Exception {
    keytool(
        "-genkeypair",
        "-alias",
        "root",
        "-dname",
        "CN=root",
        "-ext",
        "bc:c=ca:true",
        "-ext",
        "ku:c=keyCertSign");
    export("root");
  }

  @Test
  void showsWhoTheWorkloadIsAndThatItIsTrusted() throws Exception {
    leaf("web", "san:c=uri:" + WEB);
    Terminal terminal = identity("web", "--roots", path("root"));

    assertThat(terminal.exitCode()).isZero();
    assertThat(terminal.out())
        .containsPattern("identity +" + WEB)
        .containsPattern("verdict +accepted")
        .containsPattern("valid .* (89|90) days left")
        .containsPattern("key +EC 256")
        .containsPattern(WEB + " +[0-9a-f]+ +\\S+ +CN=root");
  }

  @Test
  void tellsMachinesTheSame() throws Exception {
    leaf("web", "san:c=uri:" + WEB);
    JsonObject json =
        JsonParser.parseString(identity("web", "--roots", path("root"), "-o", "json").out())
            .getAsJsonObject();

    assertThat(json.get("identity").getAsString()).isEqualTo(WEB);
    assertThat(json.get("verdict").getAsString()).isEqualTo("accepted");
    assertThat(json.getAsJsonArray("chain")).hasSize(1);
    assertThat(json.get("secondsLeft").getAsLong()).isPositive();
  }

  @Test
  void saysThatItWasNotAskedToVerify() throws Exception {
    leaf("web", "san:c=uri:" + WEB);
    Terminal terminal = identity("web");

    assertThat(terminal.exitCode()).isZero();
    assertThat(terminal.out()).contains("not verified: no --roots were given");
  }

  @Test
  void endsWithOneWhenPeersWouldRefuseIt() throws Exception {
    leaf("web", "san:c=uri:" + WEB);
    keytool("-genkeypair", "-alias", "other", "-dname", "CN=root", "-ext", "bc:c=ca:true");
    export("other");
    Terminal terminal = identity("web", "--roots", path("other"));

    assertThat(terminal.exitCode()).isEqualTo(1);
    assertThat(terminal.out()).containsPattern("verdict +refused").contains(WEB + ":");
  }

  @Test
  void namesWhatIsWrongWithACertificateThatIsNoWorkloads() throws Exception {
    leaf("site", "san=dns:example.org");
    Terminal terminal = identity("site", "--roots", path("root"));

    assertThat(terminal.exitCode()).isEqualTo(1);
    assertThat(terminal.out())
        .containsPattern("identity +none")
        .contains("the certificate names no URI (expected: a SPIFFE ID)");
  }

  @Test
  void checksThatTheKeyBelongsToTheCertificateAndNeverShowsIt() throws Exception {
    leaf("web", "san:c=uri:" + WEB);
    leaf("api", "san:c=uri:" + WEB);
    Path key = key("web");
    String secret = Files.readAllLines(key).get(1);
    Terminal right = identity("web", "--roots", path("root"), "--private-key", key.toString());
    Terminal wrong = identity("api", "--roots", path("root"), "--private-key", key.toString());

    assertThat(right.exitCode()).isZero();
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.out()).contains("the private key is not that of the first certificate");
    assertThat(right.out() + wrong.out() + wrong.err()).doesNotContain(secret);
  }

  @Test
  void namesTheFileThatCannotBeRead() throws Exception {
    Files.writeString(dir.resolve("empty.pem"), "nothing");
    assertThat(Terminal.run("identity", path("empty")).err())
        .contains("empty.pem: no certificate (expected: -----BEGIN CERTIFICATE-----)");
    Terminal missing = Terminal.run("identity", path("missing"));
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.err()).contains("missing.pem: no such file");
  }

  private Terminal identity(String alias, String... more) {
    List<String> args = new ArrayList<>(List.of("identity", path(alias)));
    args.addAll(List.of(more));
    return Terminal.run(args.toArray(String[]::new));
  }

  private String path(String alias) {
    return dir.resolve(alias + ".pem").toString();
  }

  /** A certificate of the root for a key of its own. */
  private void leaf(String alias, String names) throws Exception {
    keytool("-genkeypair", "-alias", alias, "-dname", "CN=" + alias);
    keytool("-certreq", "-alias", alias, "-file", dir.resolve(alias + ".csr").toString());
    keytool(
        "-gencert",
        "-rfc",
        "-alias",
        "root",
        "-infile",
        dir.resolve(alias + ".csr").toString(),
        "-outfile",
        path(alias),
        "-validity",
        "90",
        "-ext",
        names,
        "-ext",
        "ku:c=digitalSignature",
        "-ext",
        "eku=serverAuth,clientAuth");
  }

  private void export(String alias) throws Exception {
    keytool("-exportcert", "-rfc", "-alias", alias, "-file", path(alias));
  }

  private Path key(String alias) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(dir.resolve("store.p12"))) {
      store.load(in, "changeit".toCharArray());
    }
    Path file = dir.resolve(alias + "-key.pem");
    Files.writeString(
        file,
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(store.getKey(alias, "changeit".toCharArray()).getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
    return file;
  }

  private void keytool(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(args));
    command.addAll(
        List.of(
            "-keystore", dir.resolve("store.p12").toString(),
            "-storetype", "PKCS12",
            "-storepass", "changeit"));
    if (args[0].equals("-genkeypair")) {
      command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "90"));
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
