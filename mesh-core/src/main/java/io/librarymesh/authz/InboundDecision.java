package io.librarymesh.authz;

import java.util.List;

/** How far a decision about a request has come. */
public sealed interface InboundDecision permits InboundDecision.Made, InboundDecision.Asking {
  /** It is made. */
  record Made(InboundVerdict verdict) implements InboundDecision {}

  /**
   * An authorizer has to be asked first. Confined to the thread that decides; it may be handed to
   * another one when the hand-over orders memory.
   */
  final class Asking implements InboundDecision {
    private final InboundEngine engine;
    private final Passage passage;
    private final int step;
    private final List<ExternalCheck> checks;
    private boolean answered;

    Asking(InboundEngine engine, Passage passage, int step, List<ExternalCheck> checks) {
      this.engine = engine;
      this.passage = passage;
      this.step = step;
      this.checks = checks;
    }

    /** What it is to be asked. */
    public ExternalCheck check() {
      return checks.get(0);
    }

    /** Whether this answer would let the request pass although nobody has decided about it. */
    public boolean failsOpen(ExternalAnswer answer) {
      return engine.external(step).failsOpen(answer);
    }

    /**
     * Goes on with the answer, once.
     *
     * @throws IllegalStateException if it has gone on before
     */
    public InboundDecision resume(ExternalAnswer answer) {
      if (answered) {
        throw new IllegalStateException("answered before (expected: one answer)");
      }
      answered = true;
      InboundVerdict.Denied denied = engine.external(step).take(passage, answer);
      if (denied != null) {
        return new Made(denied);
      }
      return checks.size() > 1
          ? new Asking(engine, passage, step, checks.subList(1, checks.size()))
          : engine.goOn(passage, step + 1, null);
    }
  }
}
