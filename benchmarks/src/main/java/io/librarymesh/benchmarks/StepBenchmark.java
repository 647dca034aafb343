package io.librarymesh.benchmarks;

import io.librarymesh.Mesh;
import io.librarymesh.MeshCall;
import io.librarymesh.Step;
import io.librarymesh.attempt.Admission;
import io.librarymesh.attempt.Limits;
import io.librarymesh.attempt.RetryBudget;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.fault.FaultDecision;
import io.librarymesh.fault.FaultPlan;
import io.librarymesh.outcome.OutlierDetector;
import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.HostState;
import io.librarymesh.pick.PickRequest;
import io.librarymesh.pick.PickResult;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.RouteDecision;
import io.librarymesh.route.RouteTable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The steps of a pass each by itself, and what only some calls have: a retry, an abort. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class StepBenchmark {
  private static final String HOST = "service-0";

  private final TargetConfig config = Fixture.target(100, 100);
  private final RandomSource random = RandomSource.system();
  private final Head head = new Head(HOST + ":80", "/api/v1/resource-99/item?id=1");
  private final RouteTable table = RouteTable.compile(config.routes());
  private final FaultPlan fault = FaultPlan.compile(FaultInjection.NONE);
  private final ClusterState cluster =
      ClusterState.create(config.clusters().values().iterator().next(), random, System::nanoTime);
  private final HostState host = cluster.hosts().get(0);
  private final Limits limits = Limits.of(cluster, RoutingPriority.DEFAULT);
  private final OutlierDetector outliers = OutlierDetector.of(cluster);
  private final RetryBudget budget = RetryBudget.startingAt(System.nanoTime());
  private final RouteDecision.Matched matched = (RouteDecision.Matched) table.decide(head, random);
  private final Mesh retrying = Fixture.retrying(100, 100);
  private final Mesh aborting = Fixture.aborting(100, 100);
  private final Ejecting ejecting = new Ejecting(100);

  @Benchmark
  public RouteDecision route() {
    return table.decide(head, random);
  }

  @Benchmark
  public FaultDecision fault() {
    return fault.decide(head, random);
  }

  @Benchmark
  public int split() {
    return matched.chooseCluster(random);
  }

  @Benchmark
  public PickResult pick() {
    return cluster.pick(random, PickRequest.ANY);
  }

  @Benchmark
  public Admission limits() {
    Admission admission = limits.tryBegin(host);
    limits.end(host, admission, true);
    return admission;
  }

  @Benchmark
  public void outlierDetection() {
    outliers.onResponse(host, head, head, 0, random);
  }

  @Benchmark
  public void retryBudget() {
    budget.onCall();
  }

  /** A whole call whose first attempt finds no connection. The back-off is not waited for. */
  @Benchmark
  public Step callWithRetry() {
    MeshCall call = retrying.call(HOST, 80, head);
    call.start();
    Step step = call.onFailure(TransportFailure.CONNECT_FAILURE, false, "");
    if (step.kind() == Step.Kind.WAIT) {
      step = call.proceed();
    }
    if (step.kind() == Step.Kind.SEND) {
      call.onConnected();
      step = call.onResponse(head);
      call.onBodyEnd();
    }
    return step;
  }

  /** A whole call that ends with an injected fault. */
  @Benchmark
  public Step callWithAbort() {
    return aborting.call(HOST, 80, head).start();
  }

  /** One host of a hundred. */
  @Benchmark
  @OperationsPerInvocation(2)
  public void ejectionOrReturn() {
    ejecting.ejectAndReturn();
  }
}
