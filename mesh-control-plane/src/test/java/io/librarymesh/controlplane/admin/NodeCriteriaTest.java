package io.librarymesh.controlplane.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import io.librarymesh.proto.envoy.service.status.v3.ClientStatusRequest;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeCriteriaTest {

  private static final String ORDERS =
      """
      id: "orders-v1"
      metadata {
        fields { key: "NAMESPACE" value { string_value: "shop" } }
        fields { key: "EDGE" value { bool_value: true } }
        fields { key: "NOTHING" value { null_value: NULL_VALUE } }
        fields { key: "LABELS" value { struct_value {
          fields { key: "app" value { string_value: "orders" } } } } }
        fields { key: "ZONES" value { list_value {
          values { string_value: "eu-1" } values { string_value: "eu-2" } } } }
      }
      """;

  private static Node node(String text) {
    try {
      return TextFormat.parse(text, Node.class);
    } catch (TextFormat.ParseException e) {
      throw new AssertionError(e);
    }
  }

  private static Predicate<Node> criteria(String request)
      throws TextFormat.ParseException, InvalidProtocolBufferException {
    return NodeCriteria.of(
        TextFormat.parse(request, ClientStatusRequest.class).getNodeMatchersList());
  }

  @Test
  void withoutAMatcherEveryNodeIsMeant() throws Exception {
    assertThat(criteria("")).accepts(node(ORDERS), node("id: 'other'"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "exact: 'orders-v1'                            | true",
        "exact: 'orders'                               | false",
        "exact: 'ORDERS-v1'                            | false",
        "exact: 'ORDERS-v1' ignore_case: true          | true",
        "prefix: 'orders-'                             | true",
        "prefix: 'v1'                                  | false",
        "prefix: 'Orders' ignore_case: true            | true",
        "suffix: '-v1'                                 | true",
        "suffix: '-v2'                                 | false",
        "contains: 'ers'                               | true",
        "contains: 'ERS'                               | false",
        "contains: 'ERS' ignore_case: true             | true",
        "safe_regex { regex: 'orders-v[0-9]' }         | true",
        "safe_regex { regex: 'orders' }                | false",
      })
  void anIdMatchesAsTextsDo(String matcher, boolean matches) throws Exception {
    assertThat(criteria("node_matchers { node_id { " + matcher + " } }").test(node(ORDERS)))
        .isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NAMESPACE  | string_match { exact: 'shop' }                            | true",
        "NAMESPACE  | string_match { exact: 'default' }                         | false",
        "EDGE       | bool_match: true                                          | true",
        "EDGE       | bool_match: false                                         | false",
        "EDGE       | string_match { exact: 'true' }                            | false",
        "NOTHING    | null_match {}                                             | true",
        "NAMESPACE  | null_match {}                                             | false",
        "MISSING    | null_match {}                                             | false",
        "NAMESPACE  | present_match: true                                       | true",
        "MISSING    | present_match: true                                       | false",
        "MISSING    | present_match: false                                      | false",
        "ZONES      | list_match { one_of { string_match { exact: 'eu-2' } } }  | true",
        "ZONES      | list_match { one_of { string_match { exact: 'eu-3' } } }  | false",
        "NAMESPACE  | or_match { value_matchers { bool_match: true } value_matchers {"
            + " string_match { prefix: 'sh' } } } | true",
        "NAMESPACE  | or_match { value_matchers { bool_match: true } value_matchers {"
            + " null_match {} } } | false",
      })
  void aValueOfTheMetadataMatchesAsInEnvoy(String key, String value, boolean matches)
      throws Exception {
    String request =
        "node_matchers { node_metadatas { path { key: '%s' } value { %s } } }"
            .formatted(key, value);

    assertThat(criteria(request).test(node(ORDERS))).isEqualTo(matches);
  }

  @Test
  void aPathLeadsIntoTheMetadata() throws Exception {
    String request =
        "node_matchers { node_metadatas { path { key: 'LABELS' } path { key: 'app' }"
            + " value { string_match { exact: '%s' } } } }";

    assertThat(criteria(request.formatted("orders"))).accepts(node(ORDERS));
    assertThat(criteria(request.formatted("stock"))).rejects(node(ORDERS));
  }

  @Test
  void oneOfSeveralMatchersHasToHoldAndAllOfWhatItSays() throws Exception {
    String shop =
        "node_metadatas { path { key: 'NAMESPACE' } value { string_match { exact: 'shop' } } }";
    String edge = "node_metadatas { path { key: 'EDGE' } value { bool_match: false } }";
    String orders = "node_id { prefix: 'orders' }";
    String other = "node_id { prefix: 'other' }";

    assertThat(criteria("node_matchers { " + orders + shop + " }")).accepts(node(ORDERS));
    assertThat(criteria("node_matchers { " + other + shop + " }")).rejects(node(ORDERS));
    assertThat(criteria("node_matchers { " + shop + edge + " }")).rejects(node(ORDERS));
    assertThat(criteria("node_matchers { " + other + " } node_matchers { " + orders + " }"))
        .accepts(node(ORDERS));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "node_id {}                              | node_matchers[0].node_id: none that is known",
        "node_id { safe_regex { regex: '(' } }   | node_matchers[0].node_id.safe_regex.regex: ",
        "node_id { safe_regex { regex: '((a{1000}){1000}){1000}' } }"
            + " | node_matchers[0].node_id.safe_regex.regex: ",
        "node_metadatas { value { bool_match: true } }"
            + " | node_matchers[0].node_metadatas[0].path: empty",
        "node_metadatas { path { key: 'a' } }"
            + " | node_matchers[0].node_metadatas[0].value: none that is known",
      })
  void whatCannotBeEvaluatedIsRefusedWithItsPlace(String matcher, String message) {
    assertThatThrownBy(() -> criteria("node_matchers { " + matcher + " }"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }
}
