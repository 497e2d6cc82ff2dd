import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

/// What every registered architecture must hold, against PyTorch, torchvision and Hugging Face.
@Suite struct ModelConformanceTests {
  @Test func everyArchitectureHasACase() {
    #expect(Set(ModelCase.all.map(\.configuration.architecture)) == Set(ModelRegistry.names))
  }

  private func tensors(
    _ model: any Model, _ role: TensorSpec.Role, _ test: ModelCase, _ golden: GoldenTensors
  ) throws -> ParameterTree<Tensor> {
    ParameterTree(
      try model.tensors.filter { $0.role == role }.map { ($0.name, try test.values($0, golden)) })
  }

  @Test(arguments: ModelCase.all) func equalsTheReferenceInInference(_ test: ModelCase) throws {
    let model = try ModelRegistry.make(test.configuration)
    let golden = try test.golden()
    let pass = Pass(
      parameters: try tensors(model, .parameter, test, golden),
      frozen: try tensors(model, .buffer, test, golden), capturing: Set(model.layerNames))
    switch test.configuration.objective {
    case .classification:
      let features = try model.features(test.input(), pass)
      #expect(features.shape == [test.rows, model.featureCount])
      try compare(features.floats(), golden, "features", 2e-5)
      let logits = try model.logits(features: features, pass)
      #expect(logits.shape == [test.rows, test.configuration.classes])
      try compare(logits.floats(), golden, "logits", 2e-5)
    case .languageModel:
      let model = try #require(model as? any LanguageModel)
      let hidden = try model.hiddenStates(test.input(), pass)
      try compareSample(hidden, of: "features", golden)
      let logits = try model.languageModelLogits(hidden: hidden, pass)
      #expect(logits.shape == [test.batch, 12, try #require(model.vocabularySize)])
      try compareSample(logits, of: "logits", golden)
      let error = #expect(throws: TributaryError.self) {
        try model.logits(features: .zeros([1, model.featureCount]), pass)
      }
      #expect(error?.code == "model.objective")
    }
    #expect(pass.bufferUpdates.isEmpty)
    #expect(Set(pass.captured.keys) == Set(model.layerNames))
    #expect(pass.captured.count == model.layerNames.count)
    let reference = golden.tensors.keys.filter { $0.hasPrefix("layer/") }
    #expect(Set(reference) == Set(model.layerNames.map { "layer/\($0)" }))
    for (name, x) in pass.captured {
      let largest = x.abs().floats().max() ?? 0
      try compare(
        x.floats(), of: name, golden, "layer", limit: min(test.limit, 64), tolerance: 2e-5,
        floor: largest * 1e-4)
    }
  }

  @Test(arguments: ModelCase.all) func equalsTheReferenceInTraining(_ test: ModelCase) throws {
    let model = try ModelRegistry.make(test.configuration)
    let golden = try test.golden()
    let buffers = try tensors(model, .buffer, test, golden)
    let parameters = try tensors(model, .parameter, test, golden)
    let input = try test.input()
    var updates: [String: Tensor] = [:]
    var logits: [Float] = []
    let (loss, gradients) = try valueAndGradient(
      of: { tree in
        let pass = Pass(
          parameters: tree, frozen: buffers, mode: .training(trainable: Set(tree.names)))
        if test.configuration.objective == .languageModel {
          let model = try #require(model as? any LanguageModel)
          return try model.languageModelLoss(input, labels: test.tokenLabels(), pass)
        }
        let result = try model.logits(input, pass)
        logits = result.floats()
        updates = pass.bufferUpdates
        return crossEntropy(logits: result, labels: test.labels)
      }, at: parameters)
    try compare([loss.item], golden, "train.loss", 2e-5)
    if test.configuration.objective == .classification {
      try compare(logits, golden, "train.logits", 1e-4)
    }
    #expect(gradients.names == parameters.names)
    // A bias in front of a batch norm and the like have gradients that are rounding errors only.
    let largest =
      try gradients.names.compactMap { name in
        try golden.tensors["gradient/\(name)"]?.floats().dropLast(2).map(\.magnitude).max()
      }.max() ?? 1
    for (name, gradient) in gradients {
      try compare(
        gradient.floats(), of: name, golden, "gradient", limit: test.limit, tolerance: 2e-4,
        floor: largest * 1e-4)
    }
    // Of what is a buffer, all that the reference's training changes, and nothing else.
    let moved = golden.tensors.keys.filter { $0.hasPrefix("buffer/") }
    #expect(Set(moved) == Set(updates.keys.map { "buffer/\($0)" }))
    for (name, value) in updates {
      try compare(sampled(value.floats(), test.limit), golden, "buffer/\(name)", 1e-4)
    }
  }

  private func compare(
    _ found: [Float], _ golden: GoldenTensors, _ name: String, _ tolerance: Float
  ) throws {
    let expected = try golden.floats(name)
    let size = expected.map(\.magnitude).max() ?? 0
    let text = difference(
      found, expected, absolute: tolerance * max(size, 1e-3), relative: tolerance)
    #expect(text == nil, "\(name)")
  }

  /// A large result by its sample.
  private func compareSample(_ x: Tensor, of name: String, _ golden: GoldenTensors) throws {
    let largest = x.abs().floats().max() ?? 0
    try compare(
      x.floats(), of: name, golden, nil, limit: 512, tolerance: 2e-5, floor: largest * 1e-4)
  }

  private func sampled(_ values: [Float], _ limit: Int) -> [Float] {
    stride(from: 0, to: values.count, by: max(1, (values.count + limit - 1) / limit)).map {
      values[$0]
    }
  }

  /// A large tensor by its stored elements and by two projections, which every element enters.
  private func compare(
    _ found: [Float], of name: String, _ golden: GoldenTensors, _ kind: String?, limit: Int,
    tolerance: Float, floor: Float
  ) throws {
    let path = (kind.map { $0 + "/" } ?? "") + name
    let expected = try golden.floats(path)
    let sample = sampled(found, limit)
    let size = expected.dropLast(2).map(\.magnitude).max() ?? 0
    let text = difference(
      sample, Array(expected.dropLast(2)), absolute: tolerance * size + floor * 0.1)
    #expect(text == nil, "\(path)")
    let norm = found.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    for (index, projection) in expected.suffix(2).enumerated() {
      let direction = Formula.signed("projection.\(index).\(name)", count: found.count)
      let sum = zip(found, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      let allowed =
        Double(tolerance) * norm + Double(floor) * Double(found.count).squareRoot() * 0.1
      #expect(
        (sum - Double(projection)).magnitude < allowed,
        "projection \(index) of \(path): \(sum), expected \(projection)")
    }
  }

  @Test func hasTheReferencesTensorNames() throws {
    for architecture in ModelRegistry.names {
      let path = Golden.path("names/\(architecture).json")
      let json = try JSON(parsing: FileMapping.bytes(of: path), name: path)
      let size = json["size"]?.integer
      var configuration = ModelConfiguration(
        architecture: architecture, classes: try #require(json["classes"]?.integer),
        image: try ModelRegistry.defaultImage(architecture, .init(height: size, width: size)),
        settings: json["settings"] ?? .object([]))
      try compareNames(configuration, try #require(json["tensors"]?.object))
      guard let names = json["languageModel"]?.object else { continue }
      configuration.objective = .languageModel
      try compareNames(configuration, names)
    }
  }

  private func compareNames(_ configuration: ModelConfiguration, _ reference: [JSON.Member]) throws
  {
    let model = try ModelRegistry.make(configuration)
    let found = model.tensors.map { "\($0.name) \($0.shape)" }
    let expected = reference.map { name, shape in
      "\(name) \(Shape((shape.array ?? []).compactMap(\.integer)))"
    }
    #expect(found.sorted() == expected.sorted(), "\(configuration.architecture)")
    #expect(Set(found).count == found.count)
    #expect(model.headTensorNames.isSubset(of: model.tensors.map(\.name)))
    if configuration.objective == .classification {
      #expect(!model.headTensorNames.isEmpty)
    }
  }

  @Test(arguments: [
    ("logistic-regression", 10, 7850), ("simple-cnn", 10, 62_006),
    ("cifar-resnet20-gn", 10, 269_722),
    ("fedavg-2nn", 10, 199_210), ("fedavg-cnn", 10, 1_663_370), ("cifar-resnet20", 10, 269_722),
    ("cifar-resnet32", 10, 464_154), ("cifar-resnet56", 10, 853_018),
    ("resnet18", 1000, 11_689_512), ("resnet34", 1000, 21_797_672),
    ("densenet121", 1000, 7_978_856), ("inception_v3", 1000, 23_834_568),
    ("efficientnet_b0", 1000, 5_288_548), ("convnext_tiny", 1000, 28_589_128),
    ("vit_tiny_patch16_224", 1000, 5_717_416), ("vit_small_patch16_224", 1000, 22_050_664),
    ("vit_base_patch16_224", 1000, 86_567_656),
    ("resnet50", 1000, 25_557_032), ("resnet101", 1000, 44_549_160), ("vgg11", 1000, 132_863_336),
    ("vgg16_bn", 1000, 138_365_992), ("alexnet", 1000, 61_100_840),
    ("squeezenet1_0", 1000, 1_248_424), ("squeezenet1_1", 1000, 1_235_496),
    ("mobilenet_v2", 1000, 3_504_872), ("mobilenet_v3_small", 1000, 2_542_856),
    ("mobilenet_v3_large", 1000, 5_483_032),
  ])
  func hasThePublishedNumberOfParameters(name: String, classes: Int, count: Int) throws {
    let model = try ModelRegistry.make(
      ModelConfiguration(
        architecture: name, classes: classes, image: ModelRegistry.defaultImage(name)))
    #expect(model.parameterCount == count)
  }

  @Test(arguments: ModelCase.all) func keepsItsStateThroughAFolder(_ test: ModelCase) throws {
    let folder = TemporaryFolder()
    let model = try ModelRegistry.make(test.configuration)
    let key = RandomKey(seed: 9)
    let loaded = LoadedModel(
      model: model, tensors: model.initialTensors(key: key), assets: [:], freshTensors: [])
    let digest = try ModelFolder.write(loaded, to: folder("model"))
    let again = try ModelFolder.load(
      path: folder("model"), head: .keep, objective: test.configuration.objective,
      key: RandomKey(seed: 1))
    #expect(again.tensors == loaded.tensors)
    #expect(again.freshTensors.isEmpty)
    #expect(again.configuration.folderConfiguration() == loaded.configuration.folderConfiguration())
    #expect(try ModelFolder.write(again, to: folder("again")) == digest)
    let received = try LoadedModel(assets: again.assets, tensors: again.tensors)
    #expect(received.model.tensors == model.tensors)
  }

  @Test(arguments: ModelCase.all) func drawsNewTensorsByName(_ test: ModelCase) throws {
    let model = try ModelRegistry.make(test.configuration)
    let tensors = model.initialTensors(key: RandomKey(seed: 2))
    #expect(tensors == model.initialTensors(key: RandomKey(seed: 2)))
    #expect(tensors != model.initialTensors(key: RandomKey(seed: 3)))
    for spec in model.tensors {
      let values = try #require(try tensors[spec.name]?.floats())
      #expect(values.allSatisfy { $0.isFinite })
    }
  }

  @Test(arguments: ModelCase.all) func refusesOtherInput(_ test: ModelCase) throws {
    let model = try ModelRegistry.make(test.configuration)
    let pass = Pass(parameters: [:])
    let other: [ModelInput] = [
      .images(.zeros([1, 7, 3, 3])), .images(.zeros([3, 3])),
      .tokens(
        ids: Tensor([Int32](repeating: 1, count: 30), shape: [1, 30]), mask: .ones([1, 30])),
    ]
    // A recurrent network takes texts of any length.
    let isUnbounded = test.configuration.image == nil && model.maximumTokens == nil
    for input in isUnbounded ? Array(other.dropLast()) : other {
      let error = #expect(throws: TributaryError.self) { try model.features(input, pass) }
      #expect(error?.code == "model.input")
    }
    // Of logistic regression the features are the input itself.
    let hasBackbone = model.headTensorNames.count < model.tensors.count
    let error = #expect(throws: TributaryError.self) {
      try hasBackbone ? model.features(test.input(), pass) : model.logits(test.input(), pass)
    }
    #expect(error?.code == "model.tensor")
  }
}
