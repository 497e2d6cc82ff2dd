import Testing
import TributaryPlan

@testable import TributaryTransfer

@Suite struct LearningRateFinderTests {
  /// A rate that is suggested must train, and be far below the one at which training breaks.
  @Test func suggestsARateThatLearns() throws {
    let train = try TransferFixture.dataset(count: 120)
    var plan = TransferFixture.plan(epochs: 2)
    let prepared = try PreparedRun(plan, example: train)
    let outcome = try LearningRateFinder(prepared, steps: 60).run(on: train)
    let rate = try #require(outcome.suggestion)
    let last = try #require(outcome.points.last)
    #expect(rate > 1e-5 && rate < last.learningRate / 2)
    #expect(try LearningRateFinder(prepared, steps: 60).run(on: train).points == outcome.points)
    plan.local.optimizer.learningRate = rate
    plan.local.epochs = 4
    let trained = try PooledTraining(PreparedRun(plan, example: train)).run(on: train)
    #expect(trained.accuracy > 0.8)
  }

  @Test func aTenthOfTheRateWithTheLowestLoss() {
    let losses = [3.0, 3, 3, 3, 2.9, 2.5, 1.5, 1, 0.9, 0.95, 1.5, 4]
    func points(_ losses: [Double]) -> [LearningRateFinder.Point] {
      losses.enumerated().map { .init(learningRate: Double($0 + 1), loss: $1, smoothedLoss: $1) }
    }
    #expect(LearningRateFinder.suggestion(points(losses)) == 0.9)
    #expect(LearningRateFinder.suggestion(points(losses.sorted())) == nil)
    #expect(LearningRateFinder.suggestion([]) == nil)
  }
}
