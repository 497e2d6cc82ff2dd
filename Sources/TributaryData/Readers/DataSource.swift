internal import Foundation
internal import TributaryCore
internal import TributaryPlan

/// What lies at a path, told from names and first bytes.
enum DataSource: Equatable {
  case idx(String)
  case cifar([String])
  case classFolders(String)
  /// Images without labels.
  case images([String])
  case tabs(String)
  case commas(String)
  case jsonLines(String)
  /// One unlabelled text a line, or for a language model running text.
  case lines(String)
  /// A folder with nodes, edges and features.
  case graph(String)
  case shard(String)

  /// The plan's word for it; nil for what only `predict` reads, and for shards.
  var format: DataPlan.Format? {
    switch self {
    case .idx: .idx
    case .cifar: .cifar10
    case .classFolders: .imageFolder
    case .tabs: .tsv
    case .commas: .csv
    case .jsonLines: .jsonl
    case .graph: .graph
    case .images, .lines, .shard: nil
    }
  }

  /// - Parameters:
  ///   - format: what the plan says, in place of guessing.
  ///   - split: which of several files in a folder is meant.
  static func find(
    _ path: String, format: DataPlan.Format?, split: DatasetReader.Split?
  ) throws -> DataSource {
    guard FileManager.default.fileExists(atPath: path) else {
      throw TributaryError("data.file", "\(path): no such file or folder", advice: "check the path")
    }
    return ImageFolderReader.isFolder(path)
      ? try inFolder(path, format: format, split: split) : try file(path, format: format)
  }

  private static func file(_ path: String, format: DataPlan.Format?) throws -> DataSource {
    switch try format ?? guess(path) {
    case .idx: return .idx(path)
    case .cifar10: return .cifar([path])
    case .imageFolder: return .images([path])
    case .tsv: return .tabs(path)
    case .csv: return .commas(path)
    case .jsonl: return .jsonLines(path)
    case .txt: return .lines(path)
    case .graph:
      throw TributaryError(
        "data.format", "\(path): a graph is a folder",
        advice: "name the folder with nodes.tsv, edges.tsv and features.tsv")
    case .wav:
      throw TributaryError(
        "data.format", "\(path): recordings need to be told what they become",
        advice: "set task.kind to audio-classification (data.audio)")
    case nil: return ImageFolderReader.isImage(path) ? .images([path]) : .lines(path)
    }
  }

  /// - Returns: nil for an image file or a file of plain lines.
  private static func guess(_ path: String) throws -> DataPlan.Format? {
    var name = String(path.split(separator: "/").last ?? "").lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    if name.hasSuffix(".tsv") { return .tsv }
    if name.hasSuffix(".csv") { return .csv }
    if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") { return .jsonl }
    if name.hasSuffix(".txt") || ImageFolderReader.isImage(name) { return nil }
    if name.contains("ubyte") || name.hasSuffix(".idx") { return .idx }
    if name.hasSuffix(".bin") { return .cifar10 }
    if name.hasSuffix(".wav") { return .wav }
    let magic = try InputFile(path).read(count: 4)?.array(of: UInt8.self) ?? []
    if magic.starts(with: [0, 0]), IDXFile.Element(rawValue: magic[2]) != nil { return .idx }
    throw TributaryError(
      "data.format", "\(path): cannot tell its format",
      advice: "set data.format, or use one of IDX, .bin, .tsv, .csv, .jsonl, .txt, a folder")
  }
}
