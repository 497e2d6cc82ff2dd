import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTestKit
import TributaryTransfer

@Suite struct BackboneScoreTests {
  private func question(clients: Int, _ dataset: Dataset) -> BackboneScore.Question {
    BackboneScore.Question(
      dataset: dataset,
      clients: (0..<clients).map { client in
        (
          ClientID(index: client),
          Array(stride(from: client, to: dataset.count, by: clients))
        )
      }, classes: 3, validation: 0.25)
  }

  private func fresh(_ seed: UInt64, like example: Dataset) throws -> LoadedModel {
    var plan = TransferFixture.plan()
    plan.seed = seed
    return try PreparedRun(plan, example: example).loaded
  }

  /// What is put together from clients' sums is what the pooled examples give.
  @Test func aFederationFindsTheFiguresOfPooledData() throws {
    let dataset = try TransferFixture.dataset(count: 120)
    let folder = TemporaryFolder()
    try ModelFolder.write(fresh(5, like: dataset), to: folder("model"))
    let loaded = try ModelFolder.load(path: folder("model"), key: RandomKey(seed: 1))
    let pooled = try BackboneScore(of: loaded, for: question(clients: 1, dataset))
    let federated = try BackboneScore(of: loaded, for: question(clients: 5, dataset))
    #expect(pooled.features == 64 && pooled.architecture == "cifar-resnet8")
    #expect(abs(pooled.logME - federated.logME) < 1e-6)
    #expect(abs(pooled.hScore - federated.hScore) < 1e-4)
    #expect(abs(try #require(pooled.leep) - (try #require(federated.leep))) < 1e-9)
    #expect((0...1).contains(federated.probeAccuracy))
  }

  /// A backbone that was trained for the very classes comes before one of random weights, by every score.
  @Test func aBackboneForTheTaskIsRankedFirst() throws {
    let train = try TransferFixture.dataset(count: 160)
    let prepared = try PreparedRun(TransferFixture.plan(epochs: 4), example: train)
    let trained = try PooledTraining(prepared).run(on: train).tensors
    let folder = TemporaryFolder()
    try ModelFolder.write(
      tensors: trained, assets: prepared.loaded.assets, to: folder("trained"))
    try ModelFolder.write(prepared.loaded, to: folder("random"))
    let target = try TransferFixture.dataset(count: 200, seed: 9)
    let scores = try ["trained", "random"].map { name in
      try BackboneScore(
        of: ModelFolder.load(path: folder(name), key: RandomKey(seed: 1)),
        for: question(clients: 4, target))
    }
    #expect(scores[0].logME > scores[1].logME)
    #expect(scores[0].hScore > scores[1].hScore)
    #expect(try #require(scores[0].leep) > (try #require(scores[1].leep)))
    #expect(scores[0].probeAccuracy >= scores[1].probeAccuracy)
  }

  /// A new classifier says nothing about the labels.
  @Test func withoutAClassifierThereIsNoLEEP() throws {
    let dataset = try TransferFixture.dataset(count: 60)
    let score = try BackboneScore(
      of: fresh(5, like: dataset), for: question(clients: 2, dataset))
    #expect(score.leep == nil)
  }
}
