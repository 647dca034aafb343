package io.librarymesh.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.librarymesh.controlplane.ca.CaRefusal;
import io.librarymesh.controlplane.ca.CaRefusedException;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.TrustDomain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who the API server says sent a token, and what of that counts. */
final class ServiceAccountTokensTest {
  private static final String TOKEN = "eyJhbGciOi.eyJzdWIiOi.c2VjcmV0";
  private static final String PATH = "/apis/authentication.k8s.io/v1/tokenreviews";

  private ApiServer api;
  private KubernetesClient client;
  private ServiceAccountTokens tokens;

  @BeforeEach
  void start() {
    api = new ApiServer();
    client = api.client();
    tokens = new ServiceAccountTokens(() -> client, new TrustDomain("cluster.local"));
  }

  @AfterEach
  void stop() {
    client.close();
    api.close();
  }

  private void answer(TokenReview review) {
    api.server.expect().post().withPath(PATH).andReturn(201, review).always();
  }

  private static TokenReview review(boolean known, String user, String group, String audience) {
    return new TokenReviewBuilder()
        .withNewStatus()
        .withAuthenticated(known)
        .withAudiences(audience)
        .withNewUser()
        .withUsername(user)
        .withGroups(group)
        .endUser()
        .endStatus()
        .build();
  }

  private CaRefusal refusal() {
    CaRefusedException refused =
        catchThrowableOfType(CaRefusedException.class, () -> tokens.authenticate(TOKEN));
    assertThat(refused.getMessage()).doesNotContain(TOKEN);
    return refused.reason();
  }

  @Test
  void serviceAccountBecomesItsIdentity() throws Exception {
    answer(review(true, "system:serviceaccount:shop:cart", "system:serviceaccounts", "istio-ca"));

    assertThat(tokens.authenticate(TOKEN).orElseThrow().identity())
        .isEqualTo(SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/cart"));
    String asked = api.server.getLastRequest().getBody().readUtf8();
    assertThat(asked).contains("\"istio-ca\"", TOKEN);
  }

  @Test
  void tokenThatTheServerDoesNotKnowIsRefused() {
    answer(review(false, "", "", ""));
    assertThat(refusal()).isEqualTo(CaRefusal.UNKNOWN_TOKEN);
  }

  @Test
  void tokenForTheServerItselfIsRefused() {
    answer(
        review(
            true,
            "system:serviceaccount:shop:cart",
            "system:serviceaccounts",
            "https://kubernetes.default.svc"));
    assertThat(refusal()).isEqualTo(CaRefusal.UNKNOWN_TOKEN);
  }

  @Test
  void tokenOfAPersonIsRefused() {
    answer(review(true, "jane", "system:authenticated", "istio-ca"));
    assertThat(refusal()).isEqualTo(CaRefusal.UNKNOWN_TOKEN);
  }

  @Test
  void nameThatCouldLeadElsewhereIsRefused() {
    answer(
        review(true, "system:serviceaccount:a:../sa/admin", "system:serviceaccounts", "istio-ca"));
    assertThat(refusal()).isEqualTo(CaRefusal.UNKNOWN_TOKEN);
  }

  @Test
  void serverThatCannotBeAskedIsNoReasonToLetAnybodyIn() {
    api.server.expect().post().withPath(PATH).andReturn(403, "{}").always();
    assertThat(refusal()).isEqualTo(CaRefusal.AUTHENTICATOR_UNREACHABLE);
  }

  @Test
  void otherTokensAreSomebodyElsesToKnow() throws Exception {
    assertThat(tokens.authenticate("mesh-join.0123456789abcdef.x")).isEmpty();
    assertThat(tokens.authenticate("a b.c.d")).isEmpty();
    assertThat(tokens.authenticate("eya.b." + "c".repeat(20_000))).isEmpty();
  }
}
