import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor

@testable import TributaryModels

/// Architectures that drop values or branches in training: from their key alone, and never in inference.
@Suite struct ModelRandomnessTests {
  private struct Network {
    let model: any Model
    let tensors: ParameterTree<Tensor>
    let input: ModelInput

    init(_ architecture: String, size: Int, _ settings: JSON) throws {
      model = try ModelRegistry.make(
        ModelConfiguration(
          architecture: architecture, classes: 3,
          image: try ModelRegistry.defaultImage(architecture, .init(height: size, width: size)),
          settings: settings))
      tensors = try ParameterTree(
        model.tensors.map { ($0.name, Formula.values($0.name, $0.shape)) }
      )
      .mapValues { try Tensor($0) }
      input = .images(try Tensor(Formula.values("x", [4, 3, size, size])))
    }

    /// In a training pass where `trainable` moves.
    func logits(_ seed: UInt64, trainable: Set<String>? = nil) throws -> [Float] {
      let parameters = Set(model.tensors.filter { $0.role == .parameter }.map(\.name))
      let pass = Pass(
        parameters: tensors, mode: .training(trainable: trainable ?? parameters),
        key: RandomKey(seed: seed))
      return try model.logits(input, pass).floats()
    }

    func inference() throws -> [Float] {
      try model.logits(input, Pass(parameters: tensors)).floats()
    }
  }

  private static let quiet: JSON = .object([
    ("dropout", .integer(0)), ("stochastic_depth", .integer(0)),
  ])

  @Test(arguments: [("efficientnet_b0", 32), ("convnext_tiny", 32)])
  func dropsFromTheKeyAlone(architecture: String, size: Int) throws {
    let network = try Network(architecture, size: size, .object([]))
    let first = try network.logits(1)
    #expect(try network.logits(1) == first)
    #expect(try network.logits(2) != first)
    let quiet = try Network(architecture, size: size, Self.quiet)
    #expect(try quiet.logits(1) == quiet.logits(2))
    #expect(try network.inference() == quiet.inference())
  }

  /// With the head alone in training the backbone is as in inference; the dropout in front of it is not.
  @Test func aFrozenBackboneDropsNothing() throws {
    let convnext = try Network("convnext_tiny", size: 32, .object([]))
    let head = convnext.model.headTensorNames
    #expect(try convnext.logits(1, trainable: head) == convnext.inference())
    let efficientnet = try Network("efficientnet_b0", size: 32, .object([]))
    let other = efficientnet.model.headTensorNames
    #expect(try efficientnet.logits(1, trainable: other) != efficientnet.inference())
  }

  @Test func visionTransformersDropWhereTheyAreTold() throws {
    let depth: JSON = .object([("depth", .integer(3)), ("stochastic_depth", .number(0.5))])
    let network = try Network("vit_tiny_patch16_224", size: 32, depth)
    #expect(try network.logits(1) == network.logits(1))
    #expect(try network.logits(1) != network.logits(2))
    let quiet = try Network(
      "vit_tiny_patch16_224", size: 32, .object([("depth", .integer(3))]))
    #expect(try quiet.logits(1) == quiet.logits(2))
  }

  @Test(arguments: ["dropout", "stochastic_depth"])
  func refusesWhatIsNoProbability(key: String) throws {
    for value in [JSON.number(1), .number(-0.1), .string("much")] {
      let error = #expect(throws: TributaryError.self) {
        try Network("efficientnet_b0", size: 32, .object([(key, value)]))
      }
      #expect(error?.code == "model.configuration")
    }
  }
}
