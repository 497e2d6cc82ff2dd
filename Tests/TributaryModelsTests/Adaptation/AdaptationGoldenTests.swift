import Foundation
import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

/// Adapted models against Hugging Face's PEFT, transformers and PyTorch: logits, and gradients of what is added.
@Suite struct AdaptationGoldenTests {
  static let golden = Result { try GoldenTensors("adaptations.safetensors") }
  static let cases: [JSON] = {
    let data = try? Data(contentsOf: URL(fileURLWithPath: Golden.path("adaptations.json")))
    let json = try? JSON(parsing: Bytes(copying: Array(data ?? Data())), name: "adaptations.json")
    return json?.array ?? []
  }()

  private static let input: ModelInput = {
    let lengths = [12, 5, 9, 2, 11]
    let mask = lengths.flatMap { length in (0..<12).map { $0 < length ? Float(1) : 0 } }
    return .tokens(
      ids: Tensor(Formula.signed("ids", count: 60).map { Int32(($0 + 1) * 50) }, shape: [5, 12]),
      mask: Tensor(mask, shape: [5, 12]))
  }()

  private func model(_ json: JSON) throws -> any Model {
    var configuration = ModelConfiguration(
      architecture: json["architecture"]?.string ?? "", classes: 4,
      settings: json["settings"] ?? .object([]))
    configuration.adaptation = json["adaptation"] == .null ? nil : json["adaptation"]
    configuration.cloze = json["cloze"] == .null ? nil : json["cloze"]
    return try ModelRegistry.make(configuration)
  }

  @Test func everyKindHasACase() {
    let kinds = Set(Self.cases.compactMap { $0["adaptation"]?["peft_type"]?.string })
    #expect(kinds == Set(AdaptationRegistry.kinds.map { $0.kind }))
  }

  @Test(arguments: cases.compactMap { $0["case"]?.string })
  func logitsAndGradients(name: String) throws {
    let json = try #require(Self.cases.first { $0["case"]?.string == name })
    let (model, golden) = (try model(json), try Self.golden.get())
    let all = ParameterTree(
      try model.tensors.map { ($0.name, try Tensor(Formula.values($0.name, $0.shape))) })
    let added = golden.tensors.keys.filter { $0.hasPrefix("\(name)/gradient/") }
      .map { String($0.dropFirst("\(name)/gradient/".count)) }
    let own = Set(model.adaptation?.tensors.map(\.name) ?? added)
    #expect(own == Set(added) && !own.isEmpty)
    var logits: [Float] = []
    let (_, gradients) = try valueAndGradient(
      of: { moving in
        let pass = Pass(
          parameters: moving, frozen: all,
          mode: .training(trainable: own), isDroppingOut: false)
        let y = try model.logits(Self.input, pass)
        logits = y.floats()
        return crossEntropy(
          logits: y, labels: Tensor((0..<5).map { Int32($0 % 4) }, shape: [5]))
      }, at: all.filter { name, _ in own.contains(name) })
    let text = difference(
      logits, try golden.floats("\(name)/logits"), absolute: 2e-5, relative: 2e-5)
    #expect(text == nil)
    for (key, gradient) in gradients {
      let text = difference(
        gradient.floats(), try golden.floats("\(name)/gradient/\(key)"), absolute: 2e-5,
        relative: 1e-4)
      #expect(text == nil, "\(key)")
    }
  }

  /// What is merged predicts the same without adapters; what cannot be is kept.
  @Test(arguments: cases.compactMap { $0["case"]?.string })
  func merging(name: String) throws {
    let json = try #require(Self.cases.first { $0["case"]?.string == name })
    let model = try model(json)
    let tensors = ParameterTree(model.tensors.map { ($0.name, Formula.values($0.name, $0.shape)) })
    let isMergeable = model.adaptation.map { type(of: $0).isMergeable } ?? false
    let merged = try model.merged(tensors)
    #expect((merged != nil) == isMergeable)
    guard let merged else { return }
    let plain = model.unadapted
    #expect(Set(merged.names) == Set(plain.tensors.map(\.name)))
    let pass = Pass(parameters: try merged.mapValues { try Tensor($0) })
    let text = difference(
      try plain.logits(Self.input, pass).floats(),
      try Self.golden.get().floats("\(name)/logits"), absolute: 5e-5, relative: 5e-5)
    #expect(text == nil)
  }

  @Test(arguments: [1, 3])
  func convolutions(kernel: Int) throws {
    let layer = Conv2D("c", inputs: 6, outputs: 4, kernel: kernel, stride: 2, padding: kernel / 2)
    let adapter = LowRankAdapter(beside: layer.tensors[0], rank: 2, scale: 3)
    let specs = layer.tensors + adapter.tensors
    let all = ParameterTree(
      try specs.map { ($0.name, try Tensor(Formula.values($0.name, $0.shape))) })
    let names = Set(adapter.tensors.map(\.name))
    let picture = try Tensor(Formula.values("picture", [2, 6, 7, 7]))
    let golden = try Self.golden.get()
    var output: [Float] = []
    let (_, gradients) = try valueAndGradient(
      of: { moving in
        let pass = Pass(parameters: moving, frozen: all, mode: .training(trainable: names))
        pass.adapt(by: Adapters(layers: ["c.weight": adapter]))
        let y = try layer(picture, pass)
        output = y.floats()
        return (y * (try Tensor(Formula.values("seed", y.shape)))).sum()
      }, at: all.filter { name, _ in names.contains(name) })
    let text = difference(
      output, try golden.floats("conv\(kernel)/output"), absolute: 2e-5, relative: 2e-5)
    #expect(text == nil)
    for (key, gradient) in gradients {
      let text = difference(
        gradient.floats(), try golden.floats("conv\(kernel)/gradient/\(key)"), absolute: 5e-5,
        relative: 1e-4)
      #expect(text == nil, "\(key)")
    }
  }
}
