import Foundation
import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

/// One line of Golden/*cases.json: an architecture in some configuration, with its input.
struct ModelCase: Sendable, CustomTestStringConvertible {
  let name: String
  let configuration: ModelConfiguration
  let batch: Int
  /// Rows of features and logits: the batch's examples, or a language model's positions.
  let rows: Int
  /// Which of the generator's inputs keeps away from kinks.
  let inputIndex: Int
  let hasSegments: Bool
  /// The id that stands where the mask is 0; nil: some token.
  let padding: Int32?
  /// How many elements of a large tensor the golden file holds.
  let limit: Int

  var testDescription: String { name }

  static let all: [ModelCase] = {
    let lines = ["cases.json", "text_cases.json", "recurrent_cases.json", "graph_cases.json"]
      .flatMap { name in
        let data = try? Data(contentsOf: URL(fileURLWithPath: Golden.path(name)))
        let json = try? JSON(parsing: Bytes(copying: Array(data ?? Data())), name: name)
        return json?.array ?? []
      }
    let cases = lines.compactMap { try? ModelCase($0) }
    return cases.count == lines.count ? cases : []
  }()

  init(_ json: JSON) throws {
    name = json["case"]?.string ?? ""
    batch = json["batch"]?.integer ?? 0
    rows = json["rows"]?.integer ?? batch
    inputIndex = json["input"]?.integer ?? 0
    limit = json["limit"]?.integer ?? 128
    padding = json["padding"]?.integer.map { Int32($0) }
    hasSegments = json["segments"]?.bool ?? false
    let architecture = json["architecture"]?.string ?? ""
    let size = json["size"]?.integer
    let request = ImageRequest(channels: json["channels"]?.integer, height: size, width: size)
    configuration = ModelConfiguration(
      architecture: architecture, classes: json["classes"]?.integer ?? 0,
      image: try ModelRegistry.defaultImage(architecture, request),
      pooling: json["pooling"]?.string.flatMap(Pooling.init) ?? .cls,
      objective: json["objective"]?.string.flatMap(Objective.init) ?? .classification,
      settings: json["settings"] ?? .object([]))
  }

  func golden() throws -> GoldenTensors { try GoldenTensors("models/\(name).safetensors") }

  /// The formula's values for a tensor, a bias moved by as many 256ths as the golden file says, which keeps
  /// activations away from kinks.
  func values(_ spec: TensorSpec, _ golden: GoldenTensors) throws -> Tensor {
    let values = Formula.values(spec.name, spec.shape)
    guard let steps = golden.tensors["shift/\(spec.name)"] else { return try Tensor(values) }
    let moved = try zip(values.floats(), steps.bytes.array(of: UInt8.self)).map {
      $0 + Float($1) / 256
    }
    return Tensor(moved, shape: spec.shape)
  }

  /// What the generator gave the reference network.
  func input() throws -> ModelInput {
    if let image = configuration.image {
      let shape: Shape = [batch, image.channels, image.height, image.width]
      return .images(try Tensor(Formula.values("input.\(inputIndex)", shape)) * 8)
    }
    if configuration.settings["inputs"] != nil { return nodes }
    var ids = Formula.signed("ids", count: 60).map { Int32(($0 + 1) * 50) }
    let mask = Self.lengths.flatMap { length in (0..<12).map { $0 < length ? Float(1) : 0 } }
    if let padding {
      ids = zip(ids, mask).map { $1 == 0 ? padding : $0 == padding ? padding + 1 : $0 }
    }
    if configuration.architecture.hasPrefix("seq2seq") {
      let target = Formula.signed("target", count: 35).map { Int32(($0 + 1) * 15) }
      return .pairs(
        source: Tensor(ids, shape: [5, 12]), mask: Tensor(mask, shape: [5, 12]),
        target: Tensor(target, shape: [5, 7]))
    }
    let segments = (0..<5).flatMap { row in (0..<12).map { Int32($0 >= row ? 1 : 0) } }
    return .tokens(
      ids: Tensor(ids, shape: [5, 12]), mask: Tensor(mask, shape: [5, 12]),
      segments: hasSegments ? Tensor(segments, shape: [5, 12]) : nil)
  }

  /// Six nodes of the generator's graph.
  private var nodes: ModelInput {
    let (nodes, features) = (14, 9)
    let values = Formula.signed("node features", count: nodes * features)
    let chances = Formula.signed("edges", count: nodes * nodes)
    var neighbours = [[Int]](repeating: [], count: nodes)
    for a in 0..<nodes - 1 {
      for b in (a + 1)..<max(a + 1, nodes - 1) where chances[a * nodes + b] > 0.4 {
        neighbours[a].append(b)
        neighbours[b].append(a)
      }
    }
    let entries = values.indices.filter { values[$0] > Float(1) / 3 }.map {
      SparseMatrix.Entry(row: $0 / features, column: $0 % features, value: values[$0])
    }
    let graph = NodeGraph(
      features: SparseMatrix(rows: nodes, columns: features, entries: entries),
      neighbours: neighbours.map { $0.sorted() })
    return .nodes(Tensor([0, 3, 4, 8, 12, 13] as [Int32], shape: [6]), of: graph)
  }

  private static let lengths = [12, 5, 9, 2, 11]

  /// For a language model: every third token has no label, nor has padding.
  func tokenLabels() throws -> [[Int32]] {
    guard case .tokens(let ids, _, _) = try input() else { return [] }
    let values = ids.ints()
    return Self.lengths.enumerated().map { row, length in
      (0..<12).map { $0 < length && $0 % 3 != 1 ? values[row * 12 + $0] : ignoredLabel }
    }
  }

  var labels: Tensor {
    Tensor((0..<rows).map { Int32($0 % configuration.classes) }, shape: [rows])
  }
}
