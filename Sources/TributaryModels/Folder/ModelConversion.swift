internal import Foundation
public import TributaryCore
internal import TributaryNN
public import TributaryStorage

/// Any checkpoint that can be read, as a folder of safetensors that we and Hugging Face's tools open.
///
/// Beside a `config.json`, tensors keep their names and all small files stay as they are. A bare file whose
/// architecture is known, said or guessed, becomes a folder of ours; any other is its tensors alone.
public struct ModelConversion: Sendable {
  public var source: String
  /// A registry name; nil: what `config.json` says, or what alone fits.
  public var architecture: String?
  /// What floating-point tensors become: `float32`, `float16`, `bfloat16`, or `int8` where a tensor is the weight
  /// of a convolution or a linear layer. nil: they stay what they are, int8 becomes `float32`.
  public var dtype: DType?
  /// Of each file; nil: one file.
  public var maximumShardBytes: Int?

  public init(source: String) { self.source = source }

  public struct Converted: Sendable {
    public var files: [SafetensorsShards.Written]
    public var tensors: Int
    public var architecture: String?
    /// What was decided on the way, for a person.
    public var notes: [String]
  }

  /// Writes the folder whole or not at all.
  ///
  /// - Throws: `file.exists` where `destination` has something in it; what reading and writing throw.
  public func run(to destination: String) throws -> Converted {
    let weights = try Weights(path: source, requireFinite: true).dequantized()
    var content = Content(tensors: weights.tensors, notes: weights.notes)
    let folder = DurableFile.parent(of: weights.path)
    let isModel =
      Weights.fileNames.contains((weights.path as NSString).lastPathComponent)
      && DurableFile.exists("\(folder)/config.json")
    if isModel && architecture == nil {
      content.assets = try Self.smallFiles(in: folder)
      content.architecture = ModelFolder.architectures(of: folder).first
    } else if let name = try architecture ?? guess(&content.notes) {
      let loaded = try ModelFolder.load(
        path: source, architecture: name, key: RandomKey(seed: 0))
      content.assets = loaded.assets
      content.architecture = loaded.model.architecture
      // A classifier that the checkpoint lacks is not made up.
      content.tensors = loaded.tensors.filter { name, _ in !loaded.freshTensors.contains(name) }
    }
    let floats = dtype == .int8 ? Self.type(of: weights) : dtype ?? Self.type(of: weights)
    if dtype == .int8 { try content.quantize(others: floats) }
    if isModel && architecture == nil { try content.state(dtype) }
    var written: [SafetensorsShards.Written] = []
    try DurableFile.newFolder(destination) { folder in
      for (name, bytes) in content.assets.sorted(by: { $0.key < $1.key }) {
        try DurableFile.write(bytes, to: "\(folder)/\(name)")
      }
      written = try SafetensorsShards.write(
        content.tensors, to: folder, maximumBytes: maximumShardBytes,
        as: floats)
    }
    return Converted(
      files: written, tensors: content.tensors.count, architecture: content.architecture,
      notes: content.notes)
  }

  struct Content {
    var tensors: ParameterTree<HostTensor>
    var notes: [String]
    var assets: [String: Bytes] = [:]
    var architecture: String?

    /// Hugging Face's `config.json` says which type the weights have, and how they are quantised.
    mutating func state(_ dtype: DType?) throws {
      guard let bytes = assets["config.json"] else { return }
      var json = try JSON(parsing: bytes, name: "config.json")
      let isHuggingFace = json["model_type"] != nil
      let names: [DType: String] = [
        .float32: "float32", .float16: "float16", .bfloat16: "bfloat16",
      ]
      if let name = dtype.flatMap({ names[$0] }) {
        for key in ["dtype", "torch_dtype"] where json[key] != nil { json[key] = .string(name) }
      }
      let quantization = dtype == .int8 && isHuggingFace ? Self.quantization : nil
      guard dtype != nil || json["quantization_config"] != nil else { return }
      json["quantization_config"] = quantization
      assets["config.json"] = Bytes(copying: Array(json.indentedText.utf8))
    }
  }

  /// The one type of all floating-point tensors, which a model had in memory as float32; nil where they differ.
  private static func type(of weights: Weights) -> DType? {
    let types = Set(weights.tensors.values.map(\.dtype).filter(\.isFloatingPoint))
    return types.count == 1 && types != [.float64] ? types.first : nil
  }

  private func guess(_ notes: inout [String]) throws -> String? {
    let fitting = ModelFolder.architectures(of: source)
    switch fitting.count {
    case 1: notes.append("its tensors are those of \(fitting[0])")
    case 0: notes.append("no known architecture fits: only tensors are written, no config.json")
    default:
      notes.append(
        "\(fitting.joined(separator: ", ")) all fit: only tensors are written; name an architecture"
      )
    }
    return fitting.count == 1 ? fitting[0] : nil
  }

  /// Configuration, tokens, image settings: whatever small text lies beside the weights.
  static func smallFiles(in folder: String) throws -> [String: Bytes] {
    var files: [String: Bytes] = [:]
    // sentence-transformers keeps its modules' settings in 1_Pooling and the like.
    let modules = DurableFile.names(in: folder).filter {
      $0.first?.isNumber == true && $0.contains("_")
    }
    let inner = modules.flatMap { module in
      DurableFile.names(in: "\(folder)/\(module)").map { "\(module)/\($0)" }
    }
    let kinds = [".json", ".txt", ".model", ".jinja", ".md"]
    for name in DurableFile.names(in: folder) + inner {
      guard kinds.contains(where: { name.hasSuffix($0) }), !name.hasSuffix(".index.json"),
        !name.hasPrefix("."), let bytes = try? FileMapping.bytes(of: "\(folder)/\(name)"),
        bytes.count <= ModelFolder.maximumAssetBytes
      else { continue }
      files[name] = Bytes(copying: bytes.array(of: UInt8.self))
    }
    return files
  }
}
