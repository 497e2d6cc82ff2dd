import Foundation
import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTestKit

@testable import TributaryModels

/// Golden/generation.json: what transformers generates.
struct GenerationGolden {
  let json: JSON

  init() throws {
    let path = Golden.path("generation.json")
    json = try JSON(parsing: FileMapping.bytes(of: path), name: path)
  }

  func list(_ name: String) throws -> [JSON] { try #require(json[name]?.array) }

  /// The generator's GPT-2, with formula weights.
  func model(end: Int? = nil, architecture: String = "gpt2") throws -> LoadedModel {
    var settings = try #require(json["config"])
    if let end { settings["eos_token_id"] = .array([.integer(end)]) }
    let model = try ModelRegistry.make(
      ModelConfiguration(
        architecture: architecture, classes: 2, objective: .languageModel, settings: settings))
    return LoadedModel(
      model: model,
      tensors: ParameterTree(model.tensors.map { ($0.name, Formula.values($0.name, $0.shape)) }),
      assets: [:], freshTensors: [])
  }
}

extension JSON {
  var tokens: [Int32] { (array ?? []).compactMap(\.integer).map { Int32($0) } }
  var floats: [Float] { (array ?? []).compactMap(\.double).map { Float($0) } }
}
