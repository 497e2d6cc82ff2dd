import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct ServerScheduleTests {
  private func shares(_ plan: SchedulePlan, rounds: Int) -> [Double] {
    (1...rounds).map { ServerSchedule.share(plan, round: $0, rounds: rounds) }
  }

  @Test func goesDownOverTheRounds() {
    #expect(shares(SchedulePlan(), rounds: 4) == [1, 1, 1, 1])
    #expect(shares(SchedulePlan(kind: .linear), rounds: 4) == [1, 0.75, 0.5, 0.25])
    let cosine = shares(SchedulePlan(kind: .cosine), rounds: 4)
    #expect(cosine[0] == 1 && abs(cosine[2] - 0.5) < 1e-12)
    #expect(
      shares(SchedulePlan(kind: .constant, warmup: 0.5), rounds: 6) == [0.25, 0.5, 0.75, 1, 1, 1])
  }

  @Test func shortensTheStepOfParametersAlone() throws {
    let run = try StrategyRun("fedavg", population: 1)
    let mean: ParameterTree<HostTensor> = [
      "w": StrategyRun.scalar(2), "norm.running_mean": StrategyRun.scalar(3),
    ]
    let output = try ServerSchedule.step(
      run.strategy,
      ServerStepInput(
        globals: run.globals, mean: mean, buffers: StrategyRun.buffers, round: 3, rounds: 4),
      schedule: SchedulePlan(kind: .linear))
    #expect(try output.globals["w"]?.floats() == [2])
    #expect(try output.globals["norm.running_mean"]?.floats() == [8])
  }
}
