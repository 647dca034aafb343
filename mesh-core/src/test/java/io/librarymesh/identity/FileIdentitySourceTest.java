package io.librarymesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.time.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileIdentitySourceTest {
  private static final String WEB = "spiffe://cluster.local/ns/default/sa/web";

  @TempDir Path dir;

  private final TestAuthority root = TestAuthority.root("root");
  private final Deque<Runnable> looks = new ArrayDeque<>();
  private final Scheduler scheduler =
      (task, delayNanos) -> {
        looks.add(task);
        return () -> looks.remove(task);
      };

  @Test
  void readsAnIdentity() throws Exception {
    write(root.leaf(WEB));
    try (FileIdentitySource source = open()) {
      Identity identity = source.current().orElseThrow();
      assertThat(identity.svid().id()).hasToString(WEB);
      assertThat(identity.bundles().of(new TrustDomain("cluster.local"))).isPresent();
    }
  }

  @Test
  void tellsEachNewIdentityOnce() throws Exception {
    write(root.leaf(WEB));
    List<Identity> told = new ArrayList<>();
    try (FileIdentitySource source = open()) {
      AutoCloseable subscription = source.subscribe(told::add);
      look();
      assertThat(told).as("nothing has changed").hasSize(1);
      write(root.leaf(WEB));
      look();
      look();
      assertThat(told).hasSize(2);
      assertThat(source.current()).contains(told.get(1));
      subscription.close();
      write(root.leaf(WEB));
      look();
      assertThat(told).hasSize(2);
    }
  }

  @Test
  void aCertificateWithoutItsKeyIsNotPutInForce() throws Exception {
    write(root.leaf(WEB));
    try (FileIdentitySource source = open()) {
      Identity first = source.current().orElseThrow();
      TestAuthority.Leaf next = root.leaf(WEB);
      Files.writeString(dir.resolve("cert.pem"), TestAuthority.pem(next.sign()));
      look();
      assertThat(source.current()).contains(first);
      assertThat(source.problem()).contains("the private key is not that of the first certificate");
      Files.writeString(dir.resolve("key.pem"), TestAuthority.pem(next.keys().getPrivate()));
      look();
      assertThat(source.current()).isNotEqualTo(Optional.of(first));
      assertThat(source.problem()).isEmpty();
    }
  }

  @Test
  void aFileThatIsGoneLeavesTheLastIdentityInForce() throws Exception {
    write(root.leaf(WEB));
    try (FileIdentitySource source = open()) {
      String roots = Files.readString(dir.resolve("roots.pem"));
      Files.delete(dir.resolve("roots.pem"));
      look();
      assertThat(source.current()).isPresent();
      assertThat(source.problem().orElseThrow()).endsWith("roots.pem: no such file");
      Files.writeString(dir.resolve("roots.pem"), roots);
      look();
      assertThat(source.problem()).as("the same as before").isEmpty();
    }
  }

  @Test
  void doesNotBeginWithoutAnIdentity() throws Exception {
    assertThatThrownBy(this::open).isInstanceOf(IOException.class);
    write(root.leaf(WEB));
    Files.writeString(dir.resolve("key.pem"), "no key");
    assertThatThrownBy(this::open)
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining("key.pem: no private key");
  }

  @Test
  void refusesFormsOfKeysThatItCannotReadAndSaysWhatToDo() throws Exception {
    write(root.leaf(WEB));
    Files.writeString(
        dir.resolve("key.pem"), TestAuthority.pem("RSA PRIVATE KEY", new byte[] {1, 2, 3}));
    assertThatThrownBy(this::open).hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
  }

  @Test
  void readsNoFileWithoutBounds() throws Exception {
    write(root.leaf(WEB));
    Files.write(dir.resolve("roots.pem"), new byte[(1 << 20) + 1]);
    assertThatThrownBy(this::open).hasMessageContaining("larger than 1048576 bytes");
  }

  @Test
  void neverSaysTheKey() throws Exception {
    TestAuthority.Leaf leaf = root.leaf(WEB);
    write(leaf);
    String key = Files.readString(dir.resolve("key.pem")).lines().toList().get(1);
    Identity identity = files().read();
    assertThat(identity.toString()).doesNotContain(key);
    Files.writeString(
        dir.resolve("key.pem"),
        TestAuthority.pem(TestAuthority.keys("EC", 256).getPrivate()) + "x");
    assertThatThrownBy(() -> files().read())
        .satisfies(
            e -> {
              for (Throwable t = e; t != null; t = t.getCause()) {
                assertThat(String.valueOf(t.getMessage())).doesNotContain(key);
              }
            });
  }

  private void look() {
    Runnable next = looks.poll();
    assertThat(next).isNotNull();
    if (next != null) {
      next.run();
    }
  }

  private FileIdentitySource open() throws IOException, CertificateException {
    FileIdentitySource source =
        new FileIdentitySource(files(), scheduler, Runnable::run, Duration.ofSeconds(5));
    source.start();
    return source;
  }

  private IdentityFiles files() {
    return IdentityFiles.of(
        dir.resolve("cert.pem"), dir.resolve("key.pem"), dir.resolve("roots.pem"));
  }

  private void write(TestAuthority.Leaf leaf) throws IOException {
    KeyPair keys = leaf.keys();
    Files.writeString(dir.resolve("cert.pem"), TestAuthority.pem(leaf.sign()));
    Files.writeString(dir.resolve("key.pem"), TestAuthority.pem(keys.getPrivate()));
    Files.writeString(dir.resolve("roots.pem"), TestAuthority.pem(root.certificate()));
  }
}
