import ArgumentParser
import TributaryCore
import TributaryModels
import TributaryStorage

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List a checkpoint's tensors, shapes, parameter counts and digest.",
    discussion: """
      The digest is the SHA-256 of the weights file, as `sha256sum` prints it.

      EXAMPLES
        tributary inspect runs/lan/model
        tributary inspect weights.safetensors --json
      """)

  @Argument(help: "A model folder or a .safetensors file.", completion: .file())
  var path: String

  @OptionGroup var output: OutputOptions

  private struct Row: Encodable {
    var name: String
    var dtype: DType
    var shape: Shape
    var count: Int
  }

  private struct Summary: Encodable {
    var path: String
    var tensors: Int
    var parameters: Int
    var bytes: Int
    var digest: Digest
    var finite: Bool
  }

  func run() throws {
    let weights = try WeightsPath.resolve(path)
    let file = try SafetensorsFile(path: weights)
    let rows = file.tensors.map { name, tensor in
      Row(name: name, dtype: tensor.dtype, shape: tensor.shape, count: tensor.shape.elementCount)
    }.values
    let summary = Summary(
      path: weights, tensors: rows.count, parameters: rows.reduce(0) { $0 + $1.count },
      bytes: file.tensors.values.reduce(0) { $0 + $1.bytes.count },
      digest: try WeightsPath.digest(of: weights), finite: isFinite(weights))
    if output.json {
      for row in rows { Text.emit(try Text.json(row)) }
      Text.emit(try Text.json(summary))
      return
    }
    let width = rows.map(\.name.count).max() ?? 0
    for row in rows {
      Text.emit(
        "\(Text.left(row.name, width))  \(Text.left(row.dtype.rawValue, 4))  "
          + "\(Text.right("\(row.count)", 12))  \(row.shape)")
    }
    Text.emit(
      "\(summary.tensors) tensors, \(summary.parameters) parameters, "
        + "\(Text.bytes(summary.bytes))\(summary.finite ? "" : ", NOT ALL FINITE")")
    Text.emit("sha256 \(summary.digest)")
  }

  private func isFinite(_ weights: String) -> Bool {
    (try? SafetensorsFile(path: weights, requireFinite: true)) != nil
  }
}
