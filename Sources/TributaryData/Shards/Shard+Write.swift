internal import Foundation
public import TributaryCore
internal import TributaryPlan

extension Shard {
  /// Writes a client's examples as a shard folder: first beside it under another name, durably,
  /// then renamed, so that `folder` is never half a shard.
  ///
  /// A shard that is there already is replaced; any other folder with files in it is refused.
  ///
  /// - Returns: the SHA-256 of `shard.json`, which names the SHA-256 of all that is in the shard.
  /// - Throws: `data.shard` where the data have no labels or the folder is another's; `file.write`,
  ///   `file.full`.
  @discardableResult
  public static func write(
    _ dataset: Dataset, client: ClientID, classes: Int, to folder: String
  ) throws -> Digest {
    guard let labels = dataset.labels, labels.allSatisfy({ (0..<classes).contains($0) }) else {
      throw TributaryError("data.shard", "\(folder): a shard needs a label in 0..<\(classes) each")
    }
    let target = ShardFolder(path: folder)
    let contents = try contents(dataset, labels: labels, classes: classes)
    var image: Shape?
    if case .images(let images) = dataset.examples { image = images.shape }
    var features: Int?
    if case .graph(let graph) = dataset.examples { features = graph.graph.featureCount }
    let manifest = ShardManifest(
      client: client, kind: dataset.kind, classes: classes, classNames: dataset.classNames,
      examples: dataset.count, image: image, features: features,
      files: contents.map {
        .init(name: $0.name, bytes: $0.bytes.count, sha256: Digest(of: $0.bytes))
      })
    let json = Bytes(copying: Array((try PlanJSON.encode(manifest) + "\n").utf8))
    try target.replace(with: contents + [(ShardManifest.fileName, json)])
    return Digest(of: json)
  }

  private static func contents(
    _ dataset: Dataset, labels: [Int], classes: Int
  ) throws -> [(name: String, bytes: Bytes)] {
    switch dataset.examples {
    case .images(let images):
      let isGrey = images.channels == 1
      let shape: Shape =
        isGrey
        ? [images.count, images.height, images.width]
        : [images.count, images.channels, images.height, images.width]
      let pixels = IDXFile(element: .uint8, shape: shape, bytes: images.pixels)
      return [
        (isGrey ? "images-idx3-ubyte" : "images-idx4-ubyte", pixels.encoded()),
        encoded(labels, classes: classes),
      ]
    case .text(let text):
      var lines: [UInt8] = []
      for (label, text) in zip(labels, text.texts) {
        let line = Line(label: label, text: text)
        lines += Array(try PlanJSON.encode(line).utf8) + [UInt8(ascii: "\n")]
      }
      return [("examples.jsonl", Bytes(copying: lines))]
    case .graph(let graph): return GraphWriter.files(graph.own)
    case .audio(let audio):
      return [
        ("features\(AudioFeatureFile.suffix)", try AudioFeatureFile.encode(audio)),
        encoded(labels, classes: classes),
      ]
    }
  }

  private static func encoded(_ labels: [Int], classes: Int) -> (name: String, bytes: Bytes) {
    let shape: Shape = [labels.count]
    if classes <= 256 {
      let bytes = Bytes(copying: labels.map { UInt8($0) })
      return ("labels-idx1-ubyte", IDXFile(element: .uint8, shape: shape, bytes: bytes).encoded())
    }
    let bytes = Bytes(copying: labels.map { Int32($0).bigEndian })
    return ("labels-idx1-int", IDXFile(element: .int32, shape: shape, bytes: bytes).encoded())
  }

  private struct Line: Encodable {
    var label: Int
    var text: String
  }
}
