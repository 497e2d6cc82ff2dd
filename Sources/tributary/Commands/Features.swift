public import ArgumentParser
import TributaryCore
public import TributaryModels
internal import TributaryStorage
import TributaryTensor
import TributaryTransfer

struct Features: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the backbone's features (or sentence embeddings), one row an example.",
    discussion: """
      FILE holds one float32 tensor, "features" [examples, features], in the examples' order. A text \
      encoder's features are sentence embeddings: the mean over its token vectors, scaled to length 1 \
      (--pooling cls and --no-normalize change that).

      EXAMPLES
        tributary features runs/lan/model --data scans --output scans.safetensors
        tributary features MiniLM-L6 --data sentences.txt --output embeddings.safetensors
      """)

  @OptionGroup var options: ModelOptions

  @Option(help: "The safetensors file to write.", completion: .file(extensions: ["safetensors"]))
  var output: String

  @Option(help: "How token vectors become one vector: mean or cls. Text only.")
  var pooling: Pooling?

  @Flag(inversion: .prefixedNo, help: "Scale every row to length 1. Default: text yes, images no.")
  var normalize: Bool?

  @Flag(help: "Print one JSON object.")
  var json = false

  private struct Written: Encodable {
    var output: String
    var rows: Int
    var features: Int
    var digest: Digest
  }

  func run() throws {
    let opened = try options.open(
      labelsRequired: false, pooling: pooling ?? .mean, head: .auto)
    let isText = opened.loaded.configuration.image == nil
    let features = try opened.inference.features(of: opened.source, batchSize: options.batchSize)
    let scaled = normalize ?? isText ? features.withRowsOfLengthOne : features
    let digest = try SafetensorsFile.write(["features": scaled.host()], to: output)
    let written = Written(
      output: output, rows: features.shape[0], features: features.shape[1], digest: digest)
    Text.emit(
      json
        ? try Text.json(written)
        : "wrote \(output): features [\(written.rows), \(written.features)], sha256 \(digest)")
  }
}

extension Pooling: ExpressibleByArgument {}
