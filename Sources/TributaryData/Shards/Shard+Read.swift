internal import Foundation
internal import TributaryCore
internal import TributaryPlan

extension Shard {
  /// Reads a shard folder and checks every file against `shard.json`.
  ///
  /// - Throws: `data.file` where it is not there, `data.shard` where it is damaged or of a later
  ///   version.
  public static func read(_ folder: String) throws -> Shard {
    let manifest = try manifest(folder)
    let dataset =
      switch manifest.kind.input {
      case .images: try images(folder, manifest)
      case .text: try texts(folder, manifest)
      case .audio: try audio(folder, manifest)
      case .graph: try graph(folder, manifest)
      }
    guard dataset.count == manifest.examples else {
      throw failure(folder, "\(dataset.count) examples, but shard.json says \(manifest.examples)")
    }
    let labels = dataset.labels ?? []
    if let index = labels.firstIndex(where: { !(0..<manifest.classes).contains($0) }) {
      throw failure(
        folder,
        "example \(index + 1): label \(labels[index]) is outside the \(manifest.classes) classes")
    }
    return Shard(client: manifest.client, classes: manifest.classes, dataset: dataset)
  }

  private static func manifest(_ folder: String) throws -> ShardManifest {
    let path = "\(folder)/\(ShardManifest.fileName)"
    let bytes = try InputFile(path).readAll().array(of: UInt8.self)
    let manifest: ShardManifest
    do {
      // The version first: a later one may have other fields.
      let header = try JSONDecoder().decode(Header.self, from: Data(bytes))
      guard header.format == ShardManifest.format, header.version == ShardManifest.version else {
        throw failure(
          folder, "written by another version (\(header.format) \(header.version))")
      }
      manifest = try JSONDecoder().decode(ShardManifest.self, from: Data(bytes))
    } catch let error as TributaryError {
      throw error
    } catch {
      throw failure(folder, "shard.json is damaged")
    }
    guard manifest.classes > 0, manifest.examples >= 0,
      manifest.classNames.map({ $0.count == manifest.classes }) ?? true,
      manifest.files.allSatisfy({ !$0.name.contains("/") && !$0.name.hasPrefix(".") })
    else { throw failure(folder, "shard.json contradicts itself") }
    for file in manifest.files { try check(file, in: folder) }
    return manifest
  }

  private struct Header: Decodable {
    var format: String
    var version: Int
  }

  private static func check(_ file: ShardManifest.File, in folder: String) throws {
    let bytes = try InputFile("\(folder)/\(file.name)").readAll()
    guard bytes.count == file.bytes, Digest(of: bytes) == file.sha256 else {
      throw failure(
        folder, "\(file.name) is not what was written (its SHA-256 differs)",
        advice: "write the shards again with tributary partition")
    }
  }

  private static func images(_ folder: String, _ manifest: ShardManifest) throws -> Dataset {
    guard let shape = manifest.image, shape.rank == 3, shape.allSatisfy({ $0 > 0 }),
      let images = manifest.files.first(where: { $0.name.hasPrefix("images-") })
    else { throw failure(folder, "shard.json names no images") }
    let pixels = try IDXFile.read("\(folder)/\(images.name)")
    guard pixels.element == .uint8, pixels.shape.dimensions.suffix(2) == shape.dimensions.suffix(2)
    else { throw failure(folder, "\(images.name) is not of the shape in shard.json") }
    let examples = try ImageExamples(shape: shape, pixels: pixels.bytes)
    return Dataset(
      examples: .images(examples), labels: try labels(folder, manifest, of: examples.count),
      classNames: manifest.classNames)
  }

  private static func audio(_ folder: String, _ manifest: ShardManifest) throws -> Dataset {
    guard let file = manifest.files.first(where: { $0.name.hasPrefix("features") }) else {
      throw failure(folder, "shard.json names no features")
    }
    let examples = try AudioFeatureFile.read("\(folder)/\(file.name)")
    return Dataset(
      examples: .audio(examples), labels: try labels(folder, manifest, of: examples.count),
      classNames: manifest.classNames)
  }

  private static func labels(
    _ folder: String, _ manifest: ShardManifest, of count: Int
  ) throws -> [Int] {
    guard let file = manifest.files.first(where: { $0.name.hasPrefix("labels-") }) else {
      throw failure(folder, "shard.json names no labels")
    }
    let numbers = try IDXFile.read("\(folder)/\(file.name)").integers
    guard numbers.count == count else {
      throw failure(folder, "\(numbers.count) labels for \(count) examples")
    }
    return numbers
  }

  private static func texts(_ folder: String, _ manifest: ShardManifest) throws -> Dataset {
    guard let file = manifest.files.first else { throw failure(folder, "shard.json names no file") }
    let path = "\(folder)/\(file.name)"
    let rows = try JSONLinesReader.rows(path)
    let selection = LabelSelection()
    let raw = try TextRows(path: path, rows: rows)
      .dataset(selection: selection, labelsRequired: true)
    return Dataset(examples: raw.examples, labels: raw.labels, classNames: manifest.classNames)
  }

  private static func graph(_ folder: String, _ manifest: ShardManifest) throws -> Dataset {
    guard let features = manifest.features, (1...(1 << 24)).contains(features) else {
      throw failure(folder, "shard.json does not say how many features a node has")
    }
    let raw = try GraphReader.read(folder, split: .train, featureCount: features)
    return Dataset(examples: raw.examples, labels: raw.labels, classNames: manifest.classNames)
  }

  private static func failure(
    _ folder: String, _ reason: String, advice: String? = nil
  ) -> TributaryError {
    TributaryError("data.shard", "\(folder): \(reason)", advice: advice)
  }
}
