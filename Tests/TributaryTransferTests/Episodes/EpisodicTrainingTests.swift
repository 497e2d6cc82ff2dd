import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor

@testable import TributaryTransfer

/// What holds for every algorithm.
@Suite struct EpisodicTrainingTests {
  private static func plan(
    _ algorithm: EpisodesPlan.Algorithm, transfer: TransferPlan = TransferPlan(), epochs: Int = 2
  ) -> RunPlan {
    var plan = TransferFixture.plan(transfer: transfer, epochs: epochs)
    plan.transfer.episodes = EpisodesPlan(
      algorithm: algorithm, ways: 2, shots: 2, queries: 3, iterations: 3, metaBatch: 2,
      innerSteps: 2, innerLearningRate: 0.05, evaluationEpisodes: 20, rotations: true)
    if algorithm == .reptile {
      plan.local.optimizer = OptimizerPlan(learningRate: 0.5)
    } else {
      plan.local.optimizer = OptimizerPlan(kind: .adamw, learningRate: 0.002)
    }
    return plan
  }

  private static func trained(_ plan: RunPlan) throws -> ParameterTree<HostTensor> {
    let train = try TransferFixture.dataset(count: 60)
    return try PooledTraining(PreparedRun(plan, example: train)).run(on: train).tensors
  }

  @Test(arguments: EpisodesPlan.Algorithm.allCases)
  func sameSeedSameBits(algorithm: EpisodesPlan.Algorithm) throws {
    let runs = try (0..<2).map { _ in
      TransferFixture.bits(try Self.trained(Self.plan(algorithm)))
    }
    #expect(runs[0] == runs[1])
  }

  @Test(arguments: EpisodesPlan.Algorithm.allCases)
  func frozenTensorsKeepEveryBit(algorithm: EpisodesPlan.Algorithm) throws {
    let plan = Self.plan(
      algorithm, transfer: TransferPlan(method: .fineTune, trainable: ["layer3.*"]))
    let prepared = try PreparedRun(plan, example: TransferFixture.dataset(count: 60))
    let trained = try Self.trained(plan)
    var moved = 0
    for (name, tensor) in prepared.loaded.tensors {
      let isSame = trained[name] == tensor
      #expect(isSame || prepared.freeze.trainable.contains(name), "\(name)")
      moved += isSame ? 0 : 1
    }
    #expect(moved > 0)
  }

  /// After one epoch of two and a new start from its state, the same bits.
  @Test(arguments: EpisodesPlan.Algorithm.allCases)
  func resumesExactly(algorithm: EpisodesPlan.Algorithm) throws {
    let plan = Self.plan(algorithm)
    let train = try TransferFixture.dataset(count: 60)
    let prepared = try PreparedRun(plan, example: train)
    let source = try ExampleSource(train, for: prepared.loaded, maximumTokens: 8)
    let (moving, frozen) = prepared.initial
    let trainer = LocalTrainer(
      model: prepared.loaded.model, freeze: prepared.freeze, plan: plan.local,
      episodes: plan.transfer.episodes)
    func result(
      from start: TrainingState?, _ ended: ((TrainingState) -> Bool)? = nil
    ) throws -> ParameterTree<HostTensor> {
      try trainer.train(
        moving: moving.mapValues { try Tensor($0) }, frozen: frozen.mapValues { try Tensor($0) },
        examples: TrainingExamples(source), key: plan.randomKey.at("pooled"), start: start,
        epochEnded: ended
      ).moving.mapValues { $0.host() }
    }
    var kept: TrainingState?
    let stopped = try result(from: nil) {
      kept = $0
      return false
    }
    let state = try #require(kept)
    let resumed = try result(from: state)
    let whole = try result(from: nil)
    #expect(TransferFixture.bits(resumed) == TransferFixture.bits(whole))
    #expect(TransferFixture.bits(resumed) != TransferFixture.bits(stopped))
  }

  /// Learning from episodes makes new episodes easier, whatever the number of threads that measure.
  @Test func episodesGetEasier() throws {
    var plan = Self.plan(.maml)
    plan.transfer.episodes?.rotations = false
    plan.transfer.episodes?.iterations = 15
    plan.transfer.episodes?.evaluationEpisodes = 40
    let train = try TransferFixture.dataset(count: 90)
    let prepared = try PreparedRun(plan, example: train)
    let episodes = try #require(plan.transfer.episodes)
    let evaluator = try EpisodicEvaluator(
      prepared, episodes, test: TransferFixture.dataset(count: 60, seed: 2))
    let before = try evaluator.measure(prepared.loaded.tensors, threads: 1)
    let after = try evaluator.measure(
      PooledTraining(prepared).run(on: train).tensors, threads: 1)
    #expect(after.loss < before.loss)
    #expect(after.accuracy > before.accuracy || after.accuracy > 0.95)
    #expect(try evaluator.measure(prepared.loaded.tensors, threads: 3) == before)
  }

  @Test func confidenceIsOfTheMean() {
    let evaluation = EpisodicEvaluation(accuracies: [0.5, 1, 0.5, 1], loss: 0)
    // The sample's standard deviation is 0.288675, half of it the mean's standard error.
    #expect(abs(evaluation.accuracy - 0.75) < 1e-12)
    #expect(abs(evaluation.confidence - 1.96 * 0.144338) < 1e-5)
  }

  @Test func contrastNeedsBatches() throws {
    let plan = Self.plan(.fomaml)
    let train = try TransferFixture.dataset(count: 60)
    let prepared = try PreparedRun(plan, example: train)
    let source = try ExampleSource(train, for: prepared.loaded, maximumTokens: 8)
    let (moving, frozen) = try (
      prepared.initial.shared.mapValues { try Tensor($0) },
      prepared.initial.fixed.mapValues { try Tensor($0) }
    )
    var terms = LocalTerms()
    terms.losses.append { _ in .scalar(0) }
    let error = #expect(throws: TributaryError.self) {
      try LocalTrainer(
        model: prepared.loaded.model, freeze: prepared.freeze, plan: plan.local,
        episodes: plan.transfer.episodes
      ).train(
        moving: moving, frozen: frozen, examples: TrainingExamples(source),
        key: RandomKey(seed: 1), terms: terms)
    }
    #expect(error?.code == "strategy.local")
  }

  @Test func peersMayNotAskTheImpossible() throws {
    let json = try TaskSettings(Self.plan(.maml)).json
    #expect(try TaskSettings(json: json).transfer.episodes?.algorithm == .maml)
    for (part, forged) in [
      ("\"metaBatch\":2", "\"metaBatch\":0"), ("\"ways\":2", "\"ways\":-1"),
      ("\"innerLearningRate\":0.05", "\"innerLearningRate\":-1"),
      ("\"innerOptimizer\":\"sgd\"", "\"innerOptimizer\":\"adam\""),
      ("\"algorithm\":\"maml\"", "\"algorithm\":\"magic\""), ("\"holdout\":0", "\"holdout\":0.5"),
    ] {
      let range = try #require(json.firstRange(of: part))
      #expect(throws: TributaryError.self, "\(forged)") {
        try TaskSettings(json: json.replacingCharacters(in: range, with: forged))
      }
    }
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
