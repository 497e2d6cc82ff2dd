import Testing
import TributaryCore
import TributaryModels
import TributaryPlan
import TributaryTensor
import TributaryTestKit

@testable import TributaryTransfer

/// Every objective's loss and gradients beside PyTorch's.
@Suite struct ObjectiveGoldenTests {
  private let golden: GoldenTensors

  init() throws { golden = try GoldenTensors("objectives.safetensors") }

  /// `loss` of the case's inputs, and its gradients at those that have one.
  private func check(
    _ name: String, _ inputs: [String], fixed: [String] = [],
    loss: (ParameterTree<Tensor>) throws -> Tensor
  ) throws {
    func tensors(_ names: [String]) throws -> ParameterTree<Tensor> {
      ParameterTree(
        try names.map { ($0, try Tensor(#require(golden.tensors["\(name)/\($0)"]))) })
    }
    let constants = try tensors(fixed)
    let (value, gradient) = try valueAndGradient(
      of: { try loss($0.merging(constants)) }, at: tensors(inputs))
    #expect(
      difference(
        value.floats(), try golden.floats("\(name)/loss"), absolute: 2e-6, relative: 1e-5) == nil,
      "\(name)")
    for input in inputs {
      let failure = difference(
        try #require(gradient[input]).floats(), try golden.floats("\(name)/\(input).gradient"),
        absolute: 5e-6, relative: 1e-4)
      #expect(failure == nil, "\(name), \(input)")
    }
  }

  private func settings(
    _ type: any TrainingObjective.Type, _ settings: [String: PlanSetting] = [:]
  ) throws -> ObjectiveSettings {
    try ObjectiveSettings(
      ObjectivePlan(kind: type.kind, settings: settings), understood: type.options)
  }

  private func tensor(_ tree: ParameterTree<Tensor>, _ name: String) -> Tensor {
    tree[name] ?? .scalar(.nan)
  }

  @Test func coral() throws {
    try check("coral", ["source", "target"]) {
      CORAL.loss(tensor($0, "source"), tensor($0, "target"))
    }
  }

  @Test(arguments: ["unbiased", "biased", "linear"])
  func mmd(estimator: String) throws {
    let mmd = MMD(try settings(MMD.self, ["estimator": .text(estimator)]))
    try check("mmd.\(estimator)", ["source", "target"]) {
      mmd.loss(tensor($0, "source"), tensor($0, "target"))
    }
  }

  @Test func jan() throws {
    let jan = JAN(try settings(JAN.self))
    try check("jan", ["source", "target", "sourceLogits", "targetLogits"]) {
      jan.loss(
        .init(features: tensor($0, "source"), logits: tensor($0, "sourceLogits")),
        .init(features: tensor($0, "target"), logits: tensor($0, "targetLogits")))
    }
  }

  /// The discriminator's gradients, and the reversed ones of the features, where the training is at 0.3.
  @Test func dann() throws {
    let dann = DANN(try settings(DANN.self, ["weight": 0.5]))
    let own = ["hidden.weight", "hidden.bias", "domain.weight", "domain.bias"]
    try check("dann", ["source", "target"] + own) { tree in
      try dann.loss(batch(tree, progress: 0.3)) { tensor(tree, $0) }
    }
  }

  private func batch(_ tree: ParameterTree<Tensor>, progress: Double = 0) -> ObjectiveBatch {
    var batch = ObjectiveBatch(
      progress: progress, key: RandomKey(seed: 1), parameters: { tensor(tree, $0) })
    let (source, target) = (tensor(tree, "source"), tensor(tree, "target"))
    batch.source = .init(features: source, logits: source)
    batch.target = .init(features: target, logits: target)
    return batch
  }

  /// The weighted task loss and the discriminator's beside it.
  @Test func instanceWeighting() throws {
    let objective = InstanceWeighting(try settings(InstanceWeighting.self, ["maximum": 3]))
    let own = ["hidden.weight", "hidden.bias", "domain.weight", "domain.bias"]
    try check("instance-weighting", ["source", "head"] + own, fixed: ["target"]) { tree in
      let logits = linear(tensor(tree, "source"), weight: tensor(tree, "head"), bias: nil)
      let labels = Tensor((0..<8).map { Int32($0 % 3) }, shape: [8])
      let weights = try objective.weights(tensor(tree, "source")) { tensor(tree, $0) }
      #expect(Set(weights).count > 2 && Set(weights).count < 8, "some reach the maximum")
      return try weightedCrossEntropy(logits, labels: labels, weights: weights)
        + DomainDiscriminator.loss(of: batch(tree), reading: \.detached) { tensor(tree, $0) }
    }
  }

  @Test func ofABatchTheMostTargetLikeAreKept() throws {
    let objective = InstanceWeighting(try settings(InstanceWeighting.self, ["keep": 0.25]))
    let own: ParameterTree<Tensor> = [
      "hidden.weight": .ones([1, 1]), "hidden.bias": .zeros([1]),
      "domain.weight": Tensor([Float(0), 1], shape: [2, 1]), "domain.bias": .zeros([2]),
    ]
    let weights = try objective.weights(
      Tensor([Float(0.1), 2, 0.3, 1, 0, 0.5, 0.2, 0.4], shape: [8, 1])
    ) {
      tensor(own, $0)
    }
    #expect(weights.indices.filter { weights[$0] > 0 } == [1, 3])
    #expect(abs(weights.reduce(0, +) - 8) < 1e-4 && weights[1] > weights[3])
  }

  @Test func entropy() throws {
    try check("entropy", ["target"]) { EntropyMinimization.loss(tensor($0, "target")) }
  }

  @Test func selfTraining() throws {
    let objective = SelfTraining(try settings(SelfTraining.self, ["confidence": 0.6]))
    try check("self-training", ["target"]) { objective.loss(tensor($0, "target")) }
  }

  @Test(arguments: [("lwf", nil as [Int]?), ("lwf.heads", [2, 3, 2])])
  func lwf(name: String, heads: [Int]?) throws {
    let known = LearningWithoutForgetting.heads(within: heads == nil ? 3 : 5, of: heads)
    try check(name, ["logits"], fixed: ["former"]) {
      LearningWithoutForgetting.loss(
        tensor($0, "logits"), former: tensor($0, "former"), heads: known, temperature: 2)
    }
  }

  @Test(arguments: [("hints", 4), ("hints.maps", 3), ("hints.alike", 0)])
  func hints(name: String, width: Int) throws {
    let own = width == 0 ? [] : ["regressor.weight", "regressor.bias"]
    let hints = FeatureHints(
      try settings(
        FeatureHints.self,
        [
          "model": "teacher", "inputs": .number(Double(width)),
          "outputs": width == 0 ? 0 : 6,
        ]))
    try check(name, ["layer"] + own, fixed: ["hint"]) { tree in
      try hints.loss(tensor(tree, "layer"), hint: tensor(tree, "hint")) { tensor(tree, $0) }
    }
  }

  /// Heads of 3, 2 and 4 classes.
  private let headRows = HeadRows.all(
    Tensor([0, 3, 2, 8, 1, 4, 5, 6, 2, 3] as [Int32], shape: [10]), heads: TaskHeads([3, 2, 4]))

  @Test func uncertainty() throws {
    try check("uncertainty", ["logits", "variances"]) {
      UncertaintyWeighting.loss(
        tensor($0, "logits"), headRows, variances: tensor($0, "variances"))
    }
  }

  /// The norms are PyTorch's derivatives at the features.
  @Test func gradnorm() throws {
    let objective = GradNorm(try settings(GradNorm.self))
    try check("gradnorm", ["features", "classifier", "balance"]) { tree in
      objective.loss(
        linear(tensor(tree, "features"), weight: tensor(tree, "classifier")), headRows,
        classifier: tensor(tree, "classifier"), balance: tensor(tree, "balance"))
    }
  }

  @Test func distillation() throws {
    try check("distillation", ["student"], fixed: ["teacher"]) {
      softenedDivergence(tensor($0, "student"), from: tensor($0, "teacher"), temperature: 3)
    }
  }
}
