import Foundation
import Testing
import TributaryTestKit

extension EndToEnd {
  /// Three rounds of a run beside the papers' algorithms written down in PyTorch (float64): the model that comes
  /// out, and what clients keep.
  @Suite(
    "Strategies do what their papers say",
    .enabled(if: PythonReference.has("torch", "safetensors")))
  struct StrategyReferenceTests {
    static let strategies: [(kind: String, options: [String: Double])] = [
      ("fedavg", [:]),
      ("fedsgd", [:]),
      ("fedprox", ["mu": 0.5]),
      ("scaffold", [:]),
      ("feddyn", ["alpha": 0.1]),
      ("moon", ["mu": 5, "temperature": 0.5]),
      ("qfedavg", ["q": 2]),
      ("fedbn", [:]),
      ("fedper", [:]),
      ("fedrep", ["headEpochs": 4]),
      ("ditto", ["lambda": 0.5]),
      ("apfl", ["alpha": 0.25, "adaptive": 1]),
      ("reptile", [:]),
    ]

    @Test func all() async throws {
      try await Workspace.run { workspace in
        try SyntheticImages.write(to: workspace("data"), train: 120, test: 40)
        try workspace.write(Self.yaml(backbone: "{architecture: cifar-resnet8}"), to: "begin.yaml")
        try await workspace.output(
          "pretrain", workspace("begin.yaml"), "--output", workspace("pretrained"))
        try workspace.write(Self.yaml(backbone: "{path: pretrained/model, head: keep}"), to: "run.yaml")
        try await workspace.output(
          "partition", workspace("run.yaml"), "--output", workspace("shards"))
        for (kind, options) in Self.strategies {
          let settings = options.sorted { $0.key < $1.key }.flatMap {
            ["--set", "federation.strategy.\($0.key)=\($0.value)"]
          }
          try await workspace.output(
            [
              "simulate", workspace("run.yaml"), "--output", workspace(kind), "--set",
              "federation.strategy.kind=\(kind)",
            ] + settings)
          let found = try Self.reference(workspace, kind, options)
          #expect(found.model < 2e-5, "\(kind): the model")
          #expect(found.kept < 2e-4, "\(kind): what clients keep")
          #expect(found.moved > 1e-3, "\(kind): the reference moves")
        }
      }
    }

    private static func yaml(backbone: String) -> String {
      """
      name: reference
      seed: 5
      backbone: \(backbone)
      task: {kind: image-classification, classes: 4}
      data:
        train: data/train-images-idx3-ubyte
        test: data/t10k-images-idx3-ubyte
        partition: {kind: dirichlet, alpha: 1.0, clients: 4, minimumExamples: 10}
      local:
        epochs: 2
        batchSize: 1000
        optimizer: {kind: sgd, learningRate: 0.05}
      federation: {strategy: {kind: fedavg}, rounds: 3, minimumClients: 4}
      """
    }

    private static func reference(
      _ workspace: Workspace, _ kind: String, _ options: [String: Double]
    ) throws -> (model: Double, kept: Double, moved: Double) {
      let json = String(decoding: try JSONEncoder().encode(options), as: UTF8.self)
      let result = PythonReference.run([
        PythonReference.script("strategies.py"), workspace.path, workspace(kind), kind, json,
      ])
      let last = result.output.split(separator: "\n").last ?? ""
      guard result.status == 0,
        let rows = try? JSONDecoder().decode([[Double]].self, from: Data(last.utf8))
      else { throw EndToEndError("\(kind): \(result.output)") }
      return (rows[0][0], rows[0][1], rows[0][2])
    }
  }
}
