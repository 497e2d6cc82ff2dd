internal import Foundation
internal import TributaryCore
internal import TributaryPlan

extension DataSource {
  static func inFolder(
    _ folder: String, format: DataPlan.Format?, split: DatasetReader.Split?
  ) throws -> DataSource {
    if Shard.isShard(folder) { return .shard(folder) }
    let names = try ImageFolderReader.entries(of: folder)
    let files = names.filter { !ImageFolderReader.isFolder("\(folder)/\($0)") }
    let folders = names.filter { ImageFolderReader.isFolder("\(folder)/\($0)") }

    func wants(_ other: DataPlan.Format) -> Bool { format == nil || format == other }
    if wants(.graph), format == .graph || GraphReader.files(files) != nil {
      return .graph(folder)
    }
    let idx = files.filter { $0.contains("images") && ($0.contains("idx") || $0.contains("ubyte")) }
    if wants(.idx), !idx.isEmpty { return .idx("\(folder)/\(try one(of: idx, in: folder, split))") }
    let cifar = files.filter { $0.hasSuffix(".bin") }
    if wants(.cifar10), !cifar.isEmpty {
      return .cifar(try batches(cifar, in: folder, split).map { "\(folder)/\($0)" })
    }
    let tables: [(DataPlan.Format, String)] = [(.tsv, ".tsv"), (.csv, ".csv"), (.jsonl, ".jsonl")]
    for (kind, suffix) in tables where wants(kind) {
      let found = files.filter { $0.hasSuffix(suffix) || $0.hasSuffix(suffix + ".gz") }
      guard !found.isEmpty else { continue }
      return try find(
        "\(folder)/\(try one(of: found, in: folder, split))", format: kind, split: nil)
    }
    if wants(.imageFolder) {
      if let inner = splitFolder(folders, split) {
        return try inFolder("\(folder)/\(inner)", format: .imageFolder, split: nil)
      }
      let holdsImages = try folders.contains { name in
        try ImageFolderReader.entries(of: "\(folder)/\(name)").contains(
          where: ImageFolderReader.isImage)
      }
      if holdsImages { return .classFolders(folder) }
      let images = files.filter(ImageFolderReader.isImage)
      if !images.isEmpty { return .images(images.map { "\(folder)/\($0)" }) }
    }
    throw TributaryError(
      "data.format",
      "\(folder): no \(format?.rawValue ?? "readable") data in this folder",
      advice: "expected IDX, CIFAR, TSV, CSV or JSONL files, class folders of images, or a shard")
  }

  /// Words in a file's name that say which part of a dataset it is.
  private static func isPart(_ name: String, of split: DatasetReader.Split) -> Bool {
    let name = name.lowercased()
    return switch split {
    case .train: name.contains("train") || name.contains("data_batch")
    case .validation: isValidation(name)
    case .test: name.contains("test") || name.contains("t10k")
    }
  }

  private static func isValidation(_ name: String) -> Bool { name.lowercased().contains("val") }

  private static func candidates(_ names: [String], _ split: DatasetReader.Split?) -> [String] {
    guard let split, names.count > 1 else { return names }
    let named = names.filter { isPart($0, of: split) }
    if named.isEmpty, split == .test { return names.filter(isValidation) }
    return named
  }

  static func one(
    of names: [String], in folder: String, _ split: DatasetReader.Split?
  ) throws -> String {
    let found = candidates(names, split)
    guard found.count == 1 else {
      let choice = (found.isEmpty ? names : found).prefix(6).joined(separator: ", ")
      throw TributaryError(
        "data.format", "\(folder): cannot tell which file is meant: \(choice)",
        advice: "give the path of one file")
    }
    return found[0]
  }

  /// The files of one part: CIFAR-10's training part has five.
  private static func batches(
    _ names: [String], in folder: String, _ split: DatasetReader.Split?
  ) throws -> [String] {
    let found = candidates(names, split)
    let parts = [DatasetReader.Split.train, .test].filter { part in
      found.contains { isPart($0, of: part) }
    }
    guard !found.isEmpty, found.count == 1 || parts.count == 1 else {
      throw TributaryError(
        "data.format",
        "\(folder): cannot tell which files are meant: \(names.prefix(6).joined(separator: ", "))",
        advice: "give the path of one file")
    }
    return found
  }

  /// `train`, or `test`, `val`, `valid`, `validation`, where a folder is divided into those.
  static func splitFolder(
    _ folders: [String], _ split: DatasetReader.Split?
  ) -> String? {
    guard folders.contains("train") else { return nil }
    switch split {
    case .train: return "train"
    case .validation: return ["val", "valid", "validation"].first(where: folders.contains)
    case .test: return ["test", "val", "valid", "validation"].first(where: folders.contains)
    case nil: return nil
    }
  }
}
