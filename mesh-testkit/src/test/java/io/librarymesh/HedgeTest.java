package io.librarymesh;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.telemetry.AttemptRecord;
import io.librarymesh.telemetry.CallRecord;
import io.librarymesh.telemetry.ResponseFlag;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a driver is told of attempts beside each other, and what is counted and observed of them.
 */
class HedgeTest {
  private static final PlainAnswer GOOD = new PlainAnswer(200);
  private static final PlainAnswer BAD = new PlainAnswer(503);

  private final HedgeMesh hedged = HedgeMesh.of(1);
  private final MeshCall call = hedged.call();

  @Test
  void driverIsToldWhereAnAttemptMayHaveOthersBesideIt() {
    send(call);

    assertThat(call.hedged()).isNotNull();
    assertThat(requireNonNull(call.hedged()).hedgeNanos())
        .isEqualTo(Duration.ofMillis(100).toNanos());
    assertThat(call.perTryTimeoutNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(call.attemptTimeoutNanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
  }

  @Test
  void callBesideAnotherIsSentElsewhereWithWhatIsLeftOfTheTimeout() {
    Step.Send first = send(call);
    MeshCall rival = hedge(call);
    Step.Send second = (Step.Send) rival.start();

    assertThat(first.endpoint()).isEqualTo(HedgeMesh.A);
    assertThat(second.endpoint()).isEqualTo(HedgeMesh.B);
    assertThat(rival.attempt()).isEqualTo(2);
    assertThat(rival.attemptTimeoutNanos()).isEqualTo(Duration.ofMillis(900).toNanos());
    assertThat(rival.mirrors()).isEmpty();
    assertThat(hedged.counts()).containsExactly(2, 2, 1);
  }

  @Test
  void answerOfTheOtherIsDeliveredByTheCallThatItsCallerMade() {
    send(call);
    MeshCall rival = sentBeside(call);
    hedged.time.advance(Duration.ofMillis(20));

    assertThat(rival.onResponse(GOOD)).isEqualTo(Step.Deliver.INSTANCE);
    assertThat(requireNonNull(call.hedged()).overtaken().fired()).isTrue();
    assertThat(call.proceed()).isEqualTo(Step.Deliver.INSTANCE);
    assertThat(call.winner()).isSameAs(rival);
    assertThat(call.attempt()).isEqualTo(2);
    assertThat(hedged.counts()).containsExactly(1, 0, 0);
    call.onBodyEnd();

    assertThat(hedged.counts()).containsExactly(0, 0, 0);
    CallRecord record = hedged.observer.calls().get(0);
    assertThat(record.status()).isEqualTo(200);
    assertThat(record.flags()).isEmpty();
    assertThat(record.attempts())
        .containsExactly(
            new AttemptRecord(HedgeMesh.A, 0, "overtaken", Duration.ofMillis(120).toNanos()),
            new AttemptRecord(HedgeMesh.B, 200, "response", Duration.ofMillis(20).toNanos()));
  }

  @Test
  void callBesideAnotherLeavesWhenItIsOvertaken() {
    send(call);
    MeshCall rival = sentBeside(call);

    assertThat(call.onResponse(GOOD)).isEqualTo(Step.Deliver.INSTANCE);
    assertThat(call.winner()).isNull();
    assertThat(requireNonNull(rival.hedged()).overtaken().fired()).isTrue();
    assertThat(rival.proceed()).isEqualTo(Step.Leave.INSTANCE);
    call.onBodyEnd();

    assertThat(hedged.counts()).containsExactly(0, 0, 0);
    assertThat(hedged.observer.calls().get(0).attempts())
        .extracting(AttemptRecord::result)
        .containsExactly("response", "overtaken");
  }

  @Test
  void whateverHappensToAnAttemptThatWasOvertakenIsOfNoInterest() {
    for (int i = 0; i < 4; i++) {
      MeshCall other = hedged.call();
      send(other);
      MeshCall rival = sentBeside(other);
      assertThat(other.onResponse(GOOD)).isEqualTo(Step.Deliver.INSTANCE);
      Step left =
          switch (i) {
            case 0 -> rival.onResponse(GOOD);
            case 1 -> rival.onResponse(BAD);
            case 2 -> rival.onFailure(TransportFailure.REMOTE_RESET, true, "");
            default -> rival.onTimeout();
          };
      assertThat(left).isEqualTo(Step.Leave.INSTANCE);
      other.onBodyEnd();
      assertThat(hedged.observer.calls().get(i).flags()).isEmpty();
    }
    assertThat(hedged.counts()).containsExactly(0, 0, 0);
  }

  @Test
  void callWithABadAnswerWaitsForTheOthersNoLongerThanItsTimeout() {
    send(call);
    MeshCall rival = sentBeside(call);

    Step.Wait wait = (Step.Wait) call.onResponse(BAD);
    assertThat(wait.nanos()).isEqualTo(Duration.ofMillis(900).toNanos());
    assertThat(requireNonNull(wait.signal()).fired()).isFalse();
    assertThat(hedged.counts()).containsExactly(1, 1, 1);
    hedged.time.advance(Duration.ofMillis(900));
    Step.Reply reply = (Step.Reply) call.proceed();

    assertThat(reply.status()).isEqualTo(504);
    assertThat(reply.flags()).containsExactly(ResponseFlag.UT);
    assertThat(rival.proceed()).isEqualTo(Step.Leave.INSTANCE);
    assertThat(hedged.counts()).containsExactly(0, 0, 0);
    assertThat(hedged.observer.calls().get(0).attempts())
        .extracting(AttemptRecord::result)
        .containsExactly("response", "timeout");
  }

  @Test
  void callThatWaitsForTheOthersIsWokenByTheLastOfThem() {
    send(call);
    MeshCall rival = sentBeside(call);
    Step.Wait wait = (Step.Wait) call.onResponse(BAD);

    assertThat(rival.onFailure(TransportFailure.CONNECTION_TERMINATION, true, "gone"))
        .isEqualTo(Step.Leave.INSTANCE);
    assertThat(requireNonNull(wait.signal()).fired()).isTrue();
    Step.Reply reply = (Step.Reply) call.proceed();

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.flags()).containsExactly(ResponseFlag.UC, ResponseFlag.URX);
    assertThat(reply.body().text()).contains("10.0.0.2:80").contains("attempt 2 of 2: gone");
    assertThat(hedged.observer.calls().get(0).flags())
        .containsExactly(ResponseFlag.UC, ResponseFlag.URX);
  }

  @Test
  void timeOfTheCallMayRunOutAtAnyOfItsAttempts() {
    send(call);
    MeshCall rival = sentBeside(call);
    hedged.time.advance(Duration.ofMillis(900));

    assertThat(rival.onTimeout()).isEqualTo(Step.Leave.INSTANCE);
    Step.Reply reply = (Step.Reply) call.proceed();

    assertThat(reply.status()).isEqualTo(504);
    assertThat(reply.flags()).containsExactly(ResponseFlag.UT);
    assertThat(hedged.counts()).containsExactly(0, 0, 0);
  }

  @Test
  void callerThatGivesUpEndsAllAttempts() {
    send(call);
    MeshCall rival = sentBeside(call);

    call.cancel();

    assertThat(requireNonNull(rival.hedged()).overtaken().fired()).isTrue();
    assertThat(rival.proceed()).isEqualTo(Step.Leave.INSTANCE);
    assertThat(hedged.counts()).containsExactly(0, 0, 0);
    assertThat(hedged.observer.calls().get(0).flags()).containsExactly(ResponseFlag.DC);
  }

  @Test
  void callerThatGivesUpBeforeItHasTheAnswerOfTheOtherLeavesNothingBehind() {
    send(call);
    MeshCall rival = sentBeside(call);
    assertThat(rival.onResponse(GOOD)).isEqualTo(Step.Deliver.INSTANCE);

    call.cancel();

    assertThat(hedged.counts()).containsExactly(0, 0, 0);
    assertThat(hedged.observer.calls()).hasSize(1);
  }

  @Test
  void attemptIsHedgedOnceAndOnlyWhileItIsInFlight() {
    send(call);
    HedgedAttempt first = requireNonNull(call.hedged());
    hedged.time.advance(Duration.ofMillis(100));
    assertThat(first.hedge()).isNotNull();
    assertThat(first.hedge()).isNull();

    MeshCall other = hedged.call();
    send(other);
    HedgedAttempt ended = requireNonNull(other.hedged());
    assertThat(other.onResponse(BAD).kind()).isEqualTo(Step.Kind.SEND);
    assertThat(ended.hedge()).isNull();
    HedgedAttempt second = requireNonNull(other.hedged());
    other.onResponse(GOOD);
    assertThat(second.hedge()).isNull();
  }

  @Test
  void callThatCannotBeDrivenGivesItsPlaceBack() {
    send(call);
    MeshCall rival = hedge(call);
    assertThat(hedged.counts()).containsExactly(1, 1, 1);

    rival.cancel();

    assertThat(hedged.counts()).containsExactly(1, 1, 0);
    assertThat(call.onResponse(BAD)).isEqualTo(Step.Deliver.INSTANCE);
    assertThat(call.flags()).containsExactly(ResponseFlag.URX);
  }

  @Test
  void callBesideAnotherThatIsBrokenOffByItsDriverLeavesTheAnswerToTheOther() {
    send(call);
    MeshCall rival = sentBeside(call);

    rival.cancel();

    assertThat(hedged.counts()).containsExactly(1, 1, 1);
    assertThat(requireNonNull(call.hedged()).overtaken().fired()).isFalse();
    assertThat(call.onResponse(GOOD)).isEqualTo(Step.Deliver.INSTANCE);
    assertThat(call.flags()).isEmpty();
  }

  @Test
  void lastOneToBeBrokenOffByItsDriverLetsTheCallerGo() {
    send(call);
    MeshCall rival = sentBeside(call);
    Step.Wait wait = (Step.Wait) call.onResponse(BAD);

    rival.cancel();

    assertThat(requireNonNull(wait.signal()).fired()).isTrue();
    assertThat(((Step.Reply) call.proceed()).status()).isEqualTo(503);
    assertThat(hedged.counts()).containsExactly(0, 0, 0);
  }

  @Test
  void callBesideAnotherThatQueuesForAConnectionIsWokenWhenItIsOvertaken() {
    // Each host has one connection in any case, and the third attempt is at the first host again.
    HedgeMesh narrow = HedgeMesh.of(2, CircuitBreakers.of(1, 10, 10, 3));
    MeshCall first = narrow.call();
    send(first);
    MeshCall second = sentBeside(narrow, first);
    MeshCall third = hedge(narrow, second);
    Step.Wait wait = (Step.Wait) third.start();
    assertThat(requireNonNull(wait.signal()).fired()).isFalse();

    assertThat(first.onResponse(GOOD)).isEqualTo(Step.Deliver.INSTANCE);

    assertThat(requireNonNull(wait.signal()).fired()).isTrue();
    assertThat(third.proceed()).isEqualTo(Step.Leave.INSTANCE);
    assertThat(second.proceed()).isEqualTo(Step.Leave.INSTANCE);
    first.onBodyEnd();
    assertThat(narrow.counts()).containsExactly(0, 0, 0);
    assertThat(narrow.call().start().kind()).isEqualTo(Step.Kind.SEND);
  }

  @Test
  void attemptInFlightIsNotGivenUpWithoutAReason() {
    send(call);
    sentBeside(call);

    assertThatThrownBy(call::proceed).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void threeAttemptsEndTogetherWhenOneOfThemAnswers() {
    HedgeMesh thrice = HedgeMesh.of(2);
    MeshCall first = thrice.call();
    send(first);
    MeshCall second = sentBeside(thrice, first);
    MeshCall third = sentBeside(thrice, second);

    assertThat(second.onResponse(GOOD)).isEqualTo(Step.Deliver.INSTANCE);
    assertThat(third.proceed()).isEqualTo(Step.Leave.INSTANCE);
    assertThat(first.proceed()).isEqualTo(Step.Deliver.INSTANCE);
    assertThat(first.winner()).isSameAs(second);
    first.onBodyFailure(TransportFailure.REMOTE_RESET);

    assertThat(thrice.counts()).containsExactly(0, 0, 0);
    CallRecord record = thrice.observer.calls().get(0);
    assertThat(record.flags()).containsExactly(ResponseFlag.UR);
    assertThat(record.attempts())
        .extracting(AttemptRecord::result)
        .isEqualTo(List.of("overtaken", "response", "overtaken"));
  }

  private static Step.Send send(MeshCall call) {
    return (Step.Send) call.start();
  }

  private MeshCall hedge(MeshCall slow) {
    return hedge(hedged, slow);
  }

  private MeshCall sentBeside(MeshCall slow) {
    return sentBeside(hedged, slow);
  }

  private static MeshCall hedge(HedgeMesh of, MeshCall slow) {
    of.time.advance(Duration.ofMillis(100));
    return requireNonNull(requireNonNull(slow.hedged(), "hedged").hedge(), "rival");
  }

  private static MeshCall sentBeside(HedgeMesh of, MeshCall slow) {
    MeshCall rival = hedge(of, slow);
    assertThat(rival.start().kind()).isEqualTo(Step.Kind.SEND);
    return rival;
  }
}
