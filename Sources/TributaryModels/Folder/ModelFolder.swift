internal import Foundation
public import TributaryCore
internal import TributaryStorage

/// What becomes of a checkpoint's classifier.
public enum HeadPolicy: String, Sendable, CaseIterable {
  /// Kept where its shape fits and its class names are this task's or unknown; else new.
  case auto
  case keep
  case new
}

/// Models on disk: a folder with `config.json`, `model.safetensors` and a tokenizer's files.
public enum ModelFolder {
  static let weightsName = "model.safetensors"
  /// The files that are kept beside the weights, where they are there.
  static let assetNames =
    ["config.json", ImagePreprocessor.fileName] + TokenizerFolder.fileNames
  static let maximumAssetBytes = 64 << 20

  /// The model at `path`, or a new one.
  ///
  /// - Parameters:
  ///   - path: a folder that we or Hugging Face wrote, or a file that `Weights` reads; nil: random weights.
  ///   - architecture: a registry name; needed unless a folder's `config.json` says it.
  ///   - classes: nil: as many as the checkpoint has.
  ///   - classNames: in label order; decides under `.auto` whether the classifier is this task's.
  ///   - pooling: nil: what the folder says, or `.cls`.
  ///   - image: what differs from the checkpoint's or the architecture's own images.
  ///   - nodeFeatures: how many features a node of a graph has, for a new graph network.
  ///   - objective: which head the model gets, whatever the folder's had.
  ///   - heads: the numbers of classes of its heads; nil: what the folder says, where it has as many classes.
  ///   - key: under which new tensors are drawn.
  /// - Throws: `file.*`, `checkpoint.*`, `model.*`: one line that names the file and what to do.
  public static func load(
    path: String?, architecture: String? = nil, classes: Int? = nil, classNames: [String]? = nil,
    head: HeadPolicy = .auto, pooling: Pooling? = nil, image: ImageRequest = ImageRequest(),
    nodeFeatures: Int? = nil, objective: Objective = .classification, heads: [Int]? = nil,
    key: RandomKey
  ) throws -> LoadedModel {
    var source = try path.map { try ModelSource(path: $0) }
    var configuration = try source?.configuration()
    let named = try architecture.map { try ModelRegistry.canonicalName($0) }
    let entry = try (named ?? configuration?.architecture).map { try ModelRegistry.entry($0) }
    let dialect = try entry.flatMap { try source?.translate(for: $0) }
    if let name = named {
      if let found = configuration?.architecture, found != name {
        throw TributaryError(
          "model.architecture", "\(path ?? "") holds a \(found), not a \(name)",
          advice: "leave the architecture out, or name another path")
      }
      configuration =
        try configuration
        ?? bareConfiguration(
          name, source: source, dialect: dialect, classes: classes, image: image,
          nodeFeatures: nodeFeatures)
    }
    guard var configuration else {
      throw TributaryError(
        "model.architecture", "\(path ?? "the backbone") does not say which architecture it is",
        advice: "name one: \(ModelRegistry.names.joined(separator: ", "))")
    }
    let savedNames = configuration.classNames
    configuration.classes = classes ?? classNames?.count ?? configuration.classes
    let hasOtherNames = classNames != nil && savedNames != nil && classNames != savedNames
    configuration.classNames =
      classNames ?? (savedNames?.count == configuration.classes ? savedNames : nil)
    configuration.pooling = pooling ?? configuration.pooling
    configuration.objective = objective
    let saved = configuration.heads.flatMap {
      $0.reduce(0, +) == configuration.classes ? $0 : nil
    }
    configuration.heads = heads ?? saved
    if let assets = source?.assets {
      configuration.image = try configuration.image.map {
        try ImagePreprocessor.configuration($0, assets: assets)
      }
    }
    configuration.image = configuration.image?.applying(image)
    let model = try ModelRegistry.make(configuration)
    let policy = head == .auto && hasOtherNames ? .new : head
    let filled = try CheckpointFiller(model: model, head: policy, key: key).fill(
      from: source?.checkpoint)
    return LoadedModel(
      model: model, tensors: filled.tensors, assets: source?.assets ?? [:],
      freshTensors: filled.fresh)
  }

  /// What a weights file without `config.json` tells about its model.
  static func bareConfiguration(
    _ name: String, source: ModelSource?, dialect: CheckpointDialect? = nil, classes: Int?,
    image: ImageRequest, nodeFeatures: Int? = nil
  ) throws -> ModelConfiguration {
    let entry = try ModelRegistry.entry(name)
    var image = dialect?.normalization.map { image.completed(by: $0) } ?? image
    if let first = entry.firstConvolution, let shape = source?.shape(of: first), shape.rank == 4,
      (1...16384).contains(shape[1])
    {
      image.channels = image.channels ?? shape[1]
    }
    let found = source?.shape(of: entry.headWeight)?.first
    guard let classes = classes ?? found else {
      throw TributaryError("model.configuration", "the number of classes is not known")
    }
    var told = source.map { source in entry.settings { source.shape(of: $0) } } ?? []
    if entry.isGraph, told.isEmpty, let nodeFeatures {
      told = [("inputs", .integer(nodeFeatures))]
    }
    return ModelConfiguration(
      architecture: name, classes: classes, image: entry.image?(image),
      settings: .object((dialect?.settings ?? []) + told))
  }

  /// Writes a model so that it can be used again; `transformers` loads the folder where it knows the architecture.
  ///
  /// - Returns: the SHA-256 of `model.safetensors`, the model's digest.
  /// - Throws: `file.full`, `file.write`.
  @discardableResult
  public static func write(_ loaded: LoadedModel, to folder: String) throws -> Digest {
    try write(tensors: loaded.tensors, assets: loaded.assets, to: folder)
  }

  /// Writes assets first and the weights last, each file whole or not at all.
  @discardableResult
  public static func write(
    tensors: ParameterTree<HostTensor>, assets: [String: Bytes], to folder: String
  ) throws -> Digest {
    for (name, bytes) in assets.sorted(by: { $0.key < $1.key }) {
      guard !name.contains("/"), !name.hasPrefix(".") else {
        throw TributaryError("file.write", "\(name) cannot be a model folder's file")
      }
      try DurableFile.write(bytes, to: "\(folder)/\(name)")
    }
    return try SafetensorsFile.write(tensors, to: "\(folder)/\(weightsName)")
  }

  static func assets(in folder: String) throws -> [String: Bytes] {
    var assets: [String: Bytes] = [:]
    for name in assetNames {
      let path = "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let mapped = try FileMapping.bytes(of: path)
      guard mapped.count <= maximumAssetBytes else {
        throw TributaryError("checkpoint.oversized", "\(path) has more than 64 MiB")
      }
      // Copied: small files may be replaced while we run.
      assets[name] = Bytes(copying: mapped.array(of: UInt8.self))
    }
    return assets
  }
}
