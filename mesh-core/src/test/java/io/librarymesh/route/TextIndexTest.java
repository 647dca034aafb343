package io.librarymesh.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.route.TextIndex.Reading;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the index finds, also when different texts have the same hash. */
final class TextIndexTest {
  private static int find(TextIndex index, String text) {
    return index.find(text, text.length(), text.length());
  }

  /** All texts of so many parts "Aa" and "BB", which all have the same hash. */
  private static List<String> colliding(int parts) {
    List<String> texts = List.of("");
    for (int i = 0; i < parts; i++) {
      List<String> longer = new ArrayList<>();
      for (String text : texts) {
        longer.add(text + "Aa");
        longer.add(text + "BB");
      }
      texts = longer;
    }
    return texts;
  }

  @Test
  void wholeComesBeforeTheLongestBeginning() {
    TextIndex index = TextIndex.of(Reading.FORWARD, List.of("abc"), List.of("a", "abc", "ab"));

    assertThat(find(index, "abc")).isEqualTo(0);
    assertThat(index.isWhole(find(index, "abc"))).isTrue();
    assertThat(find(index, "abcd")).isEqualTo(2);
    assertThat(index.isWhole(find(index, "abcd"))).isFalse();
    assertThat(find(index, "abd")).isEqualTo(3);
    assertThat(find(index, "b")).isEqualTo(TextIndex.NONE);
    assertThat(find(index, "")).isEqualTo(TextIndex.NONE);
  }

  @Test
  void onlyTheRegionAskedForIsRead() {
    TextIndex index = TextIndex.of(Reading.FORWARD, List.of("ab"), List.of("a", "abc"));

    assertThat(index.find("abcd", 2, 2)).isEqualTo(0);
    assertThat(index.find("abcd", 3, 2)).isEqualTo(1);
    assertThat(index.find("abcd", 3, 3)).isEqualTo(2);
  }

  @Test
  void backwardReadsFromTheEnd() {
    TextIndex index = TextIndex.of(Reading.BACKWARD_FOLDED, List.of(), List.of(".com", ".A.com"));

    assertThat(find(index, "x.com")).isEqualTo(0);
    assertThat(find(index, "X.a.COM")).isEqualTo(1);
    assertThat(index.find("x.com:80", 5, 4)).isEqualTo(0);
    assertThat(index.find(".a.com", 6, 5)).isEqualTo(0);
    assertThat(find(index, "x.com:80")).isEqualTo(TextIndex.NONE);
  }

  @Test
  void textsWithTheSameHashAreToldApart() {
    List<String> texts = colliding(8);
    TextIndex wholes = TextIndex.of(Reading.FORWARD, texts, List.of());
    TextIndex beginnings = TextIndex.of(Reading.FORWARD, List.of(), texts.subList(0, 200));

    assertThat(texts)
        .hasSize(256)
        .extracting(String::hashCode)
        .containsOnly(texts.get(0).hashCode());
    for (int i = 0; i < texts.size(); i++) {
      assertThat(find(wholes, texts.get(i))).isEqualTo(i);
      assertThat(find(beginnings, texts.get(i) + "x")).isEqualTo(i < 200 ? i : TextIndex.NONE);
    }
  }

  @Test
  void falseHashHitDoesNotHideAShorterBeginning() {
    TextIndex index = TextIndex.of(Reading.FORWARD, List.of(), List.of("/", "/Aa"));

    assertThat(find(index, "/BBx")).isEqualTo(0);
  }

  @Test
  void parentsLeadThroughAllBeginningsOfAText() {
    TextIndex index =
        TextIndex.of(Reading.FORWARD, List.of("abc", "x"), List.of("abc", "", "ab", "b"));

    assertThat(index.parents()).containsExactly(2, 3, 4, TextIndex.NONE, 3, 3);
  }

  @Test
  void manyTextsAreAllFound() {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      texts.add("service-" + i + ".prod.svc.cluster.local");
    }
    TextIndex index = TextIndex.of(Reading.FORWARD_FOLDED, texts, List.of());

    for (int i = 0; i < texts.size(); i++) {
      assertThat(find(index, texts.get(i))).isEqualTo(i);
    }
    assertThat(find(index, "service-10000.prod.svc.cluster.local")).isEqualTo(TextIndex.NONE);
  }
}
