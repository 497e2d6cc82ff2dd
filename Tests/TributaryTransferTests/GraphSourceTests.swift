import Testing
import TributaryCore
import TributaryModels
import TributaryPlan
import TributaryTensor

@testable import TributaryData
@testable import TributaryTransfer

@Suite struct GraphSourceTests {
  private func dataset(_ graph: GraphData, nodes: [Int]? = nil) -> Dataset {
    let nodes = nodes ?? Array(0..<graph.nodeCount)
    return Dataset(
      examples: .graph(GraphExamples(graph, nodes: nodes)), labels: nodes.map { graph.labels[$0] })
  }

  /// Two classes with words of their own, in rings.
  private func graph(_ count: Int = 60) -> GraphData {
    var stream = RandomKey(seed: 2).generator
    return GraphData(
      features: (0..<count).map { node in
        let own = node % 2 * 5 + stream.below(5)
        return .init(indices: [own, 10 + stream.below(5)], values: [1, 3])
      }, featureCount: 15, labels: (0..<count).map { $0 % 2 },
      edges: (0..<count).map { ($0, ($0 + 2) % count) })
  }

  private func plan(_ architecture: String, classes: Int = 2) -> RunPlan {
    RunPlan(
      name: "graph", seed: 4, backbone: BackbonePlan(architecture: architecture),
      task: TaskPlan(kind: .nodeClassification, classes: classes), data: DataPlan(),
      local: LocalPlan(
        epochs: 40, batchSize: 100, optimizer: OptimizerPlan(kind: .adamw, learningRate: 0.02)))
  }

  @Test(arguments: ["gcn", "graphsage"]) func learnsFromSomeNodes(architecture: String) throws {
    let train = dataset(graph(), nodes: Array(0..<12))
    let prepared = try PreparedRun(plan(architecture), example: train)
    let test = dataset(graph(), nodes: Array(12..<60))
    let outcome = try PooledTraining(prepared, validation: test).run(on: train)
    let measured = try TestEvaluator(prepared, test: test).measure(outcome.tensors)
    #expect(try #require(measured["accuracy"]) > (architecture == "gcn" ? 0.9 : 0.7))
    let again = try PooledTraining(prepared).run(on: train)
    #expect(TransferFixture.bits(again.tensors) == TransferFixture.bits(outcome.tensors))
  }

  /// A client computes the same in the whole graph, divided, as with its own part alone.
  @Test func aClientsPartIsItsOwnGraph() throws {
    let owners = (0..<60).map { Optional($0 / 4 % 3) }
    let divided = dataset(graph().divided(among: owners))
    let prepared = try PreparedRun(plan("gcn"), example: divided)
    let whole = try ExampleSource(divided, for: prepared.loaded, maximumTokens: 1)
    let indices = owners.indices.filter { owners[$0] == 1 }
    let own = whole.own(indices)
    #expect(own.indices == Array(0..<20) && own.source.count == 20)
    let parameters = try prepared.loaded.tensors.mapValues { try Tensor($0) }
    func evaluation(_ source: ExampleSource, _ indices: [Int]) throws -> Double {
      try Inference(model: prepared.loaded.model, parameters: parameters, threads: 1)
        .evaluate(TrainingExamples(source, indices: indices), batchSize: 8).loss
    }
    #expect(try evaluation(own.source, own.indices) == evaluation(whole, indices))
    let plain = try ExampleSource(dataset(graph()), for: prepared.loaded, maximumTokens: 1)
    #expect(plain.own(indices).indices == indices)
  }

  @Test func refusesOtherDataAndOtherFeatures() throws {
    let prepared = try PreparedRun(plan("gcn"), example: dataset(graph()))
    let images = try TransferFixture.dataset(count: 4)
    let other = GraphData(
      features: [.init()], featureCount: 99, labels: [0], edges: [])
    for wrong in [images, dataset(other)] {
      let error = #expect(throws: TributaryError.self) {
        try ExampleSource(wrong, for: prepared.loaded, maximumTokens: 1)
      }
      #expect(error?.code == "data.kind")
    }
    #expect(throws: TributaryError.self) { try PreparedRun(plan("gcn")) }
    #expect(throws: TributaryError.self) {
      try PreparedRun(plan("lstm"), example: dataset(graph()))
    }
  }
}
