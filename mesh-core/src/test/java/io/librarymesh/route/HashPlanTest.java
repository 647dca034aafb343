package io.librarymesh.route;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.HashPolicy;
import io.librarymesh.config.RegexRewrite;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The numbers of hashes; conformance cases see only where they lead. */
class HashPlanTest {
  private static @Nullable RequestHash hash(RequestHead head, HashPolicy... policies) {
    return HashPlan.compile(List.of(policies)).hash(head, "machine", (bound, draw) -> 1);
  }

  private static HashPolicy header(String name, boolean terminal) {
    return new HashPolicy.Header(name, RegexRewrite.NONE, terminal);
  }

  @Test
  void hashesAreThoseOfTheReference() { // W-100
    TestRequest request = TestRequest.get("/").withHeader("a", "alice").withHeader("b", "bob");

    assertThat(hash(request, header("a", false)))
        .isEqualTo(new RequestHash(0x73a3ea485f2e6049L, List.of()));
    assertThat(hash(request, header("b", false)))
        .isEqualTo(new RequestHash(0x92878a3b42bad03bL, List.of()));
    assertThat(hash(request, header("a", false), header("b", false)))
        .isEqualTo(new RequestHash(0x75c05eabfce610a9L, List.of()));
  }

  @Test
  void terminalPolicyEndsTheSearchOnceThereIsAHash() { // RA-34
    TestRequest request = TestRequest.get("/").withHeader("a", "alice").withHeader("b", "bob");

    assertThat(hash(request, header("a", true), header("b", false)))
        .isEqualTo(new RequestHash(0x73a3ea485f2e6049L, List.of()));
    assertThat(hash(request, header("none", true), header("b", false)))
        .isEqualTo(new RequestHash(0x92878a3b42bad03bL, List.of()));
  }

  @Test
  void emptyValueIsHashedAndAMissingOneIsNot() { // RA-34, W-100
    assertThat(hash(TestRequest.get("/").withHeader("a", ""), header("a", false)))
        .isEqualTo(new RequestHash(0xef46db3751d8e999L, List.of()));
    assertThat(hash(TestRequest.get("/"), header("a", false))).isNull();
    assertThat(hash(TestRequest.get("/"))).isNull();
  }

  @Test
  void cookieThatIsMadeUpIsHashedAsItComesBack() { // RA-37
    HashPolicy policy = new HashPolicy.GeneratedCookie("sid", 0, "", List.of(), false);
    RequestHash first = requireNonNull(hash(TestRequest.get("/"), policy));

    assertThat(first.cookies())
        .singleElement()
        .asString()
        .matches("sid=\"[0-9a-f]{16}\"; HttpOnly");
    String pair = first.cookies().get(0).replace("; HttpOnly", "");
    assertThat(hash(TestRequest.get("/").withHeader("cookie", pair), policy))
        .isEqualTo(new RequestHash(first.value(), List.of()));
  }
}
