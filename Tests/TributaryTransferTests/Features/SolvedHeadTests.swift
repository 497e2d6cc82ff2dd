import Testing
import TributaryCore
import TributaryNN
import TributaryPlan
import TributaryTensor

@testable import TributaryModels
@testable import TributaryTransfer

/// Classifiers found in one step on a frozen backbone.
@Suite struct SolvedHeadTests {
  @Test(arguments: [HeadPlan.Kind.ridge, .lda, .prototype, .logistic])
  func learnOnAFrozenBackbone(kind: HeadPlan.Kind) throws {
    let train = try TransferFixture.dataset(count: 200)
    let plan = TransferFixture.plan(
      transfer: TransferPlan(method: .head, head: HeadPlan(kind: kind)))
    let prepared = try PreparedRun(plan, example: train)
    let outcome = try PooledTraining(prepared).run(on: train)
    for (name, tensor) in prepared.loaded.tensors where !prepared.freeze.moves(name) {
      #expect(outcome.tensors[name] == tensor, "\(name) is frozen")
    }
    let measured = try TestEvaluator(
      prepared, test: TransferFixture.dataset(count: 90, seed: 2)
    ).measure(outcome.tensors)
    #expect(try #require(measured["accuracy"]) > 0.85)
    #expect(outcome.accuracy > 0.85)
  }

  /// Layers of several depths side by side, and of all their features the best.
  @Test func theBestFeaturesOfSeveralLayersAreSelected() throws {
    let train = try TransferFixture.dataset(count: 200)
    let head = HeadPlan(kind: .ridge, select: 12, layers: ["layer1.0", "layer2.0"])
    let prepared = try PreparedRun(
      TransferFixture.plan(transfer: TransferPlan(method: .head, head: head)), example: train)
    let outcome = try PooledTraining(prepared).run(on: train)
    let weight = try #require(outcome.tensors["fused.weight"])
    let width = weight.shape[1]
    let values = weight.bytes.array(of: Float.self)
    let used = (0..<width).filter { column in
      (0..<3).contains { values[$0 * width + column] != 0 }
    }
    #expect(used.count == 12 && width > 64 + 16)
    // Not the last layer's alone.
    #expect(used.contains { $0 < width - 64 })
    #expect(outcome.accuracy > 0.85)
  }

  /// Whatever model says that its classifier is one layer computes it as one.
  @Test(arguments: ModelRegistry.names)
  func logitsAreLinearInTheFeatures(architecture: String) throws {
    let configuration = ModelConfiguration(
      architecture: architecture, classes: 5,
      image: try ModelRegistry.defaultImage(architecture))
    guard let model = try? ModelRegistry.make(configuration),
      let layer = try? LinearClassifier(of: model)
    else { return }
    let specs = model.tensors.filter { model.headTensorNames.contains($0.name) }
    let parameters = try ParameterTree(
      specs.map { ($0.name, $0.makeTensor(key: RandomKey(seed: 1).at($0.name))) }
    ).mapValues { try Tensor($0) }
    let features = Tensor(
      (0..<2 * model.featureCount).map { Float($0 % 17) / 8 - 1 }, shape: [2, model.featureCount])
    let found = try model.logits(
      features: features, Pass(parameters: parameters, mode: .inference)
    ).floats()
    let weight = try #require(parameters[layer.weight])
    let bias = try #require(parameters[layer.bias]).floats()
    let expected = Matrix(features).timesTransposed(Matrix(weight)).values
    for (index, value) in expected.enumerated() {
      #expect(abs(Double(found[index]) - value - Double(bias[index % 5])) < 1e-4)
    }
  }

  @Test func aClassifierOfSeveralLayersIsRefused() throws {
    var plan = TransferFixture.plan(
      architecture: "squeezenet1_1",
      transfer: TransferPlan(method: .head, head: HeadPlan(kind: .ridge)))
    plan.data.image.size = [64, 64]
    let error = #expect(throws: TributaryError.self) { try PreparedRun(plan) }
    #expect(error?.code == "transfer.head")
  }

  @Test func aClientWithFewExamplesSendsNothing() throws {
    let train = try TransferFixture.dataset(count: 9)
    let plan = TransferFixture.plan(transfer: TransferPlan(method: .head))
    let prepared = try PreparedRun(plan, example: train)
    let (moving, frozen) = prepared.initial
    let source = try ExampleSource(train, for: prepared.loaded, maximumTokens: 8)
    let task = LocalTask(
      trainer: LocalTrainer(
        model: prepared.loaded.model, freeze: prepared.freeze, plan: plan.local),
      moving: try moving.mapValues { try Tensor($0) },
      frozen: try frozen.mapValues { try Tensor($0) }, examples: TrainingExamples(source),
      key: plan.randomKey)
    let error = #expect(throws: TributaryError.self) {
      try FeatureStatisticsClient(options: [:]).run(task)
    }
    #expect(error?.code == "features.few")
    let outcome = try FeatureStatisticsClient(options: ["minimumExamples": 9]).run(task)
    #expect(outcome.sums.names == ["@features/counts", "@features/products", "@features/sums"])
    #expect(outcome.result.steps == 0)
  }
}
