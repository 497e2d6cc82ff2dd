public import TributaryCore
internal import TributaryPlan
internal import TributaryStorage

/// A client's examples of the target domain as one file without labels, for a worker's `--target`: images as IDX, texts
/// as JSON lines, recordings as feature maps in safetensors.
public enum TargetFile {
  /// What the file of `client` in `folder` is called.
  public static func path(of client: ClientID, _ dataset: Dataset, in folder: String) -> String {
    let suffix =
      switch dataset.examples {
      case .images: ".idx"
      case .text: ".jsonl"
      case .audio: AudioFeatureFile.suffix
      case .graph: ".graph"  // there is none: `write` says so
      }
    return "\(folder)/\(client.name).target\(suffix)"
  }

  /// - Throws: `file.write`, `file.full`.
  public static func write(_ dataset: Dataset, to path: String) throws {
    try DurableFile.write(try bytes(of: dataset.examples), to: path)
  }

  private static func bytes(of examples: Examples) throws -> Bytes {
    switch examples {
    case .images(let images):
      let channels = images.channels == 1 ? [] : [images.channels]
      return IDXFile(
        element: .uint8, shape: Shape([images.count] + channels + [images.height, images.width]),
        bytes: images.pixels
      ).encoded()
    case .text(let text):
      let lines = try text.texts.map { try PlanJSON.encode(["text": $0]) + "\n" }
      return Bytes(copying: Array(lines.joined().utf8))
    case .graph:
      throw TributaryError("data.target", "a graph cannot be a target domain")
    case .audio(let audio): return try AudioFeatureFile.encode(audio)
    }
  }
}
