package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.librarymesh.controlplane.ca.Authenticator;
import io.librarymesh.controlplane.ca.CaRefusal;
import io.librarymesh.controlplane.ca.CaRefusedException;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.TrustDomain;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Knows Pods by the tokens of their service accounts, which the API server is asked about. A token
 * has to be one that was made for an authority of the mesh: with the audience {@code istio-ca}.
 * Those that Pods send to the API server itself do not count.
 *
 * <p>Source: Kubernetes {@code authentication.k8s.io/v1 TokenReview}; Istio {@code
 * TOKEN_AUDIENCES}.
 */
public final class ServiceAccountTokens implements Authenticator {
  /** Istio's own. */
  static final String AUDIENCE = "istio-ca";

  private static final String GROUP = "system:serviceaccounts";
  private static final int MAX_LENGTH = 16 << 10;

  /** What a JWT looks like; whether it is one decides the API server. */
  private static final Pattern JWT =
      Pattern.compile("ey[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

  private static final Pattern ACCOUNT =
      Pattern.compile("system:serviceaccount:([a-z0-9-]{1,63}):([a-z0-9][a-z0-9.-]{0,252})");

  private final Supplier<KubernetesClient> client;
  private final TrustDomain trustDomain;

  /**
   * Asks the API server of a cluster.
   *
   * @param client asked for with each token; its account may create {@code tokenreviews}
   * @param trustDomain of the identities
   */
  public ServiceAccountTokens(Supplier<KubernetesClient> client, TrustDomain trustDomain) {
    this.client = client;
    this.trustDomain = trustDomain;
  }

  @Override
  public Optional<Caller> authenticate(String token) throws CaRefusedException {
    if (token.length() > MAX_LENGTH || !JWT.matcher(token).matches()) {
      return Optional.empty();
    }
    TokenReviewStatus status = review(token);
    if (status == null || !Boolean.TRUE.equals(status.getAuthenticated())) {
      throw refused("the API server does not know the token");
    }
    if (status.getAudiences() == null || !status.getAudiences().contains(AUDIENCE)) {
      throw refused("the token is not for the audience " + AUDIENCE);
    }
    if (status.getUser() == null
        || status.getUser().getGroups() == null
        || !status.getUser().getGroups().contains(GROUP)) {
      throw refused("the token is none of a service account");
    }
    Matcher account = ACCOUNT.matcher(String.valueOf(status.getUser().getUsername()));
    if (!account.matches()) {
      throw refused("the token's user is no service account");
    }
    return Optional.of(
        Caller.of(SpiffeId.ofServiceAccount(trustDomain, account.group(1), account.group(2))));
  }

  private TokenReviewStatus review(String token) throws CaRefusedException {
    TokenReview asked =
        new TokenReviewBuilder()
            .withNewSpec()
            .withToken(token)
            .withAudiences(List.of(AUDIENCE))
            .endSpec()
            .build();
    try {
      return client.get().resource(asked).create().getStatus();
    } catch (RuntimeException e) {
      // Not its text, which may quote the request.
      throw new CaRefusedException(
          CaRefusal.AUTHENTICATOR_UNREACHABLE,
          "the API server cannot be asked about a token"
              + (ApiFailure.isRefusal(e) ? "; grant the account create on tokenreviews" : ""));
    }
  }

  private static CaRefusedException refused(String why) {
    return new CaRefusedException(CaRefusal.UNKNOWN_TOKEN, "service account token: " + why);
  }
}
