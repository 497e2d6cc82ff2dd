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
    #expect(ModelCase.all.count == 14)
  }

  private func tensors(_ model: any Model, _ role: TensorSpec.Role) throws -> ParameterTree<Tensor>
  {
    ParameterTree(
      try model.tensors.filter { $0.role == role }.map {
        ($0.name, try Tensor(Formula.values($0.name, $0.shape)))
      })
  }

  @Test(arguments: ModelCase.all) func equalsTheReferenceInInference(_ test: ModelCase) throws {
    let model = try ModelRegistry.make(test.configuration)
    let golden = try test.golden()
    let pass = Pass(
      parameters: try tensors(model, .parameter), frozen: try tensors(model, .buffer))
    let features = try model.features(test.input(), pass)
    #expect(features.shape == [test.batch, model.featureCount])
    try compare(features.floats(), golden, "features", 2e-5)
    let logits = try model.logits(features: features, pass)
    #expect(logits.shape == [test.batch, test.configuration.classes])
    try compare(logits.floats(), golden, "logits", 2e-5)
    #expect(pass.bufferUpdates.isEmpty)
  }

  @Test(arguments: ModelCase.all) func equalsTheReferenceInTraining(_ test: ModelCase) throws {
    let model = try ModelRegistry.make(test.configuration)
    let golden = try test.golden()
    let buffers = try tensors(model, .buffer)
    let parameters = try tensors(model, .parameter)
    let input = try test.input()
    var updates: [String: Tensor] = [:]
    var logits: [Float] = []
    let (loss, gradients) = try valueAndGradient(
      of: { tree in
        let pass = Pass(
          parameters: tree, frozen: buffers, mode: .training(trainable: Set(tree.names)))
        let result = try model.logits(input, pass)
        logits = result.floats()
        updates = pass.bufferUpdates
        return crossEntropy(logits: result, labels: test.labels)
      }, at: parameters)
    try compare([loss.item], golden, "train.loss", 2e-5)
    try compare(logits, golden, "train.logits", 1e-4)
    #expect(gradients.names == parameters.names)
    // A bias in front of a batch norm and the like have gradients that are rounding errors only.
    let largest =
      try gradients.names.compactMap { name in
        try golden.tensors["gradient.sample/\(name)"]?.floats().map(\.magnitude).max()
      }.max() ?? 1
    for (name, gradient) in gradients {
      try compare(gradient.floats(), of: name, golden, floor: largest * 1e-4)
    }
    #expect(updates.count == buffers.count)
    for (name, value) in updates { try compare(value.floats(), golden, "buffer/\(name)", 1e-4) }
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

  /// A gradient by its stored elements and by two projections, which every element enters.
  private func compare(
    _ gradient: [Float], of name: String, _ golden: GoldenTensors, floor: Float
  ) throws {
    let expected = try golden.floats("gradient.sample/\(name)")
    let step = max(1, (gradient.count + 127) / 128)
    let sample = stride(from: 0, to: gradient.count, by: step).map { gradient[$0] }
    let size = expected.map(\.magnitude).max() ?? 0
    let text = difference(sample, expected, absolute: 2e-4 * size + floor * 0.1)
    #expect(text == nil, "gradient of \(name)")
    let norm = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    for (index, projection) in try golden.floats("gradient.projection/\(name)").enumerated() {
      let direction = Formula.signed("projection.\(index).\(name)", count: gradient.count)
      let found = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      let allowed = 2e-4 * norm + Double(floor) * Double(gradient.count).squareRoot() * 0.1
      #expect(
        (found - Double(projection)).magnitude < allowed,
        "projection \(index) of the gradient of \(name): \(found), expected \(projection)")
    }
  }

  @Test func hasTheReferencesTensorNames() throws {
    let json = try JSON(parsing: FileMapping.bytes(of: Golden.path("names.json")), name: "names")
    let entries = try #require(json.object)
    #expect(Set(entries.map(\.name)) == Set(ModelRegistry.names))
    for (architecture, reference) in entries {
      let bert = JSON.object([
        ("model_type", .string("bert")), ("hidden_size", .integer(384)),
        ("num_hidden_layers", .integer(6)), ("intermediate_size", .integer(1536)),
      ])
      let isText = try ModelRegistry.isText(architecture)
      let size = isText ? nil : 28
      let configuration = ModelConfiguration(
        architecture: architecture, classes: architecture == "resnet18" ? 1000 : 10,
        image: try ModelRegistry.defaultImage(architecture, .init(height: size, width: size)),
        settings: isText ? bert : .object([]))
      let model = try ModelRegistry.make(configuration)
      let found = model.tensors.map { "\($0.name) \($0.shape)" }
      let expected = (reference.object ?? []).map { name, shape in
        "\(name) \(Shape((shape.array ?? []).compactMap(\.integer)))"
      }
      #expect(found.sorted() == expected.sorted(), "\(architecture)")
      #expect(Set(found).count == found.count)
      #expect(model.headTensorNames.count == 2)
      #expect(model.headTensorNames.isSubset(of: model.tensors.map(\.name)))
    }
  }

  @Test(arguments: [
    ("fedavg-2nn", 10, 199_210), ("fedavg-cnn", 10, 1_663_370), ("cifar-resnet20", 10, 269_722),
    ("cifar-resnet32", 10, 464_154), ("cifar-resnet56", 10, 853_018),
    ("resnet18", 1000, 11_689_512),
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
    let again = try ModelFolder.load(path: folder("model"), head: .keep, key: RandomKey(seed: 1))
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
    for input in other {
      let error = #expect(throws: TributaryError.self) { try model.features(input, pass) }
      #expect(error?.code == "model.input")
    }
    let error = #expect(throws: TributaryError.self) { try model.features(test.input(), pass) }
    #expect(error?.code == "model.tensor")
  }
}
