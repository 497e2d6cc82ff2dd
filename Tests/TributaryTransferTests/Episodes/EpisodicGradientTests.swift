import Testing
import TributaryCore
import TributaryModels
import TributaryPlan
import TributaryTensor
import TributaryTestKit

@testable import TributaryTransfer

/// What a task makes of the parameters, beside PyTorch's (`create_graph=True` for MAML and ANIL).
@Suite struct EpisodicGradientTests {
  private static let cases: [(String, EpisodesPlan)] = [
    ("maml-1", plan(.maml, steps: 1)), ("maml-3", plan(.maml, steps: 3)),
    ("anil-1", plan(.anil, steps: 1)), ("anil-3", plan(.anil, steps: 3)),
    ("fomaml-3", plan(.fomaml, steps: 3)), ("protonet", plan(.protonet, steps: 1)),
    ("reptile-3", plan(.reptile, steps: 3)),
    ("reptile-adam-3", plan(.reptile, steps: 3, optimizer: .adam)),
  ]

  private static func plan(
    _ algorithm: EpisodesPlan.Algorithm, steps: Int,
    optimizer: EpisodesPlan.InnerOptimizer = .sgd
  ) -> EpisodesPlan {
    EpisodesPlan(
      algorithm: algorithm, ways: 3, shots: 2, queries: 2, innerSteps: steps,
      innerLearningRate: 0.1, innerOptimizer: optimizer)
  }

  @Test(arguments: cases.map(\.0)) func equalPyTorchs(name: String) throws {
    let plan = try #require(Self.cases.first { $0.0 == name }).1
    let fixture = try EpisodeFixture()
    let outcome = try EpisodicAlgorithmRegistry.make(plan).outcome(
      of: fixture.episode, at: fixture.start, fixture.learner, key: RandomKey(seed: 1))
    #expect(outcome.gradient.names == fixture.start.names)
    for (tensor, found) in outcome.gradient {
      let expected = try fixture.golden.floats("\(name)/\(tensor)")
      let size = expected.map(abs).max() ?? 0
      let worst = difference(found.floats(), expected, absolute: 2e-5 * max(size, 0.05))
      #expect(worst == nil, "\(tensor): \(worst ?? "")")
    }
    guard plan.algorithm != .reptile else { return }
    let loss = try fixture.golden.floats("\(name)/loss")
    #expect(difference([outcome.loss], loss, absolute: 1e-5) == nil)
  }

  /// The second derivatives are there, and matter.
  @Test func firstOrderIsAnotherGradient() throws {
    let golden = try GoldenTensors("episodes.safetensors")
    let (exact, first) = (
      try golden.floats("maml-3/conv1.weight"), try golden.floats("fomaml-3/conv1.weight")
    )
    #expect(difference(exact, first, absolute: 1e-3) != nil)
  }

  @Test func everyAlgorithmIsRegisteredOnce() {
    #expect(EpisodicAlgorithmRegistry.all.map { $0.kind } == EpisodesPlan.Algorithm.allCases)
  }

  /// Scores of queries one by one and at once are those of batches with other statistics.
  @Test(arguments: EpisodesPlan.Algorithm.allCases)
  func statisticsAreOfWhatIsShown(algorithm: EpisodesPlan.Algorithm) throws {
    let fixture = try EpisodeFixture()
    let make = EpisodicAlgorithmRegistry.make(Self.plan(algorithm, steps: 2))
    let scores = try [true, false].map {
      try make.scores(
        of: fixture.episode, at: fixture.start, fixture.learner, transductive: $0,
        key: RandomKey(seed: 1))
    }
    #expect(scores.allSatisfy { $0.shape == [6, 3] })
    #expect(difference(scores[0].floats(), scores[1].floats(), absolute: 1e-3) != nil)
  }

  @Test func prototypesBecomeTheClassifier() throws {
    let fixture = try EpisodeFixture()
    let own = try PrototypicalNetwork(EpisodesPlan(algorithm: .protonet)).adapted(
      fixture.start, to: fixture.episode.support, fixture.learner, key: RandomKey(seed: 1))
    for name in ["fc.weight", "fc.bias"] {
      let expected = try fixture.golden.floats("prototypes/\(name)")
      let found = try #require(own[name]).floats()
      #expect(difference(found, expected, absolute: 1e-4, relative: 1e-5) == nil, "\(name)")
    }
  }
}
