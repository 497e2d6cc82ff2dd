internal import Foundation
internal import TributaryCore

/// Where recordings are listed: told from names.
enum RecordingSource: Equatable {
  /// TSV or CSV with a header line.
  case manifest(String)
  case classFolders(String)
  /// Without labels.
  case files([String])
  /// Feature maps that were computed before, without labels.
  case features(String)

  /// - Parameter split: which part is meant where a folder has several.
  static func find(_ path: String, split: DatasetReader.Split?) throws -> RecordingSource {
    guard FileManager.default.fileExists(atPath: path) else {
      throw TributaryError("data.file", "\(path): no such file or folder", advice: "check the path")
    }
    guard ImageFolderReader.isFolder(path) else {
      if AudioReader.isRecording(path) { return .files([path]) }
      if isManifest(path) { return .manifest(path) }
      if path.hasSuffix(AudioFeatureFile.suffix) { return .features(path) }
      throw unreadable(path, "is neither a WAV file nor a manifest")
    }
    let names = try ImageFolderReader.entries(of: path)
    let files = names.filter { !ImageFolderReader.isFolder("\(path)/\($0)") }
    let folders = names.filter { ImageFolderReader.isFolder("\(path)/\($0)") }
    let manifests = files.filter(isManifest)
    if !manifests.isEmpty {
      return .manifest("\(path)/\(try DataSource.one(of: manifests, in: path, split))")
    }
    if let inner = DataSource.splitFolder(folders, split) {
      return try find("\(path)/\(inner)", split: nil)
    }
    if !folders.isEmpty { return .classFolders(path) }
    let recordings = files.filter(AudioReader.isRecording)
    guard !recordings.isEmpty else { throw unreadable(path, "no recordings in this folder") }
    return .files(recordings.map { "\(path)/\($0)" })
  }

  private static func isManifest(_ name: String) -> Bool {
    let name = name.lowercased()
    return name.hasSuffix(".tsv") || name.hasSuffix(".csv")
  }

  private static func unreadable(_ path: String, _ reason: String) -> TributaryError {
    TributaryError(
      "data.format", "\(path): \(reason)",
      advice: "recordings are WAV files: one folder a class, or listed in a TSV or CSV")
  }
}
