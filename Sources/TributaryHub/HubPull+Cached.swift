internal import Foundation
internal import TributaryCore
internal import TributaryStorage

extension HubPull {
  /// What the cache has of the model, whoever put it there; the network is not asked.
  ///
  /// - Throws: `hub.absent` where that is not all that would be fetched.
  func cached() throws -> Pulled {
    guard let commit = cache.commit(of: revision) else {
      throw absent("\(repository) at \(revision) is not in \(settings.cache)")
    }
    let path = cache.snapshot(commit)
    let files = Self.files(below: path)
    let wanted = HubSelection.files(of: files, matching: include)
    guard !wanted.isEmpty else {
      throw absent(
        "\(path) holds no file "
          + (include.isEmpty ? "that weights could be" : "like \(include.joined(separator: ", "))"))
    }
    // A pull that was interrupted, ours or another's, leaves some.
    if include.isEmpty, let missing = try HubSelection.missingShard(among: wanted, in: path) {
      throw absent("\(path) does not hold \(missing)")
    }
    return Pulled(path: path, commit: commit, files: wanted)
  }

  private func absent(_ what: String) -> TributaryError {
    let revision = revision == "main" ? "" : " --revision \(revision)"
    let command = "`tributary pull \(repository)\(revision)`"
    return TributaryError(
      "hub.absent", what,
      advice: settings.isOffline
        ? "unset HF_HUB_OFFLINE, and \(command) fetches it" : "\(command) fetches it")
  }

  /// The files that can be opened, links followed.
  private static func files(below folder: String) -> [String] {
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return names.filter { DurableFile.byteCount(of: "\(folder)/\($0)") != nil }.sorted()
  }
}
