internal import TributaryCore
internal import TributaryStorage

/// A model's folder in the cache that all of Hugging Face's tools share:
///
///     models--owner--name/blobs/HASH                the content
///                         snapshots/COMMIT/FILE     a link to it
///                         refs/REVISION             the commit that a branch or tag was
///     .locks/models--owner--name/HASH.lock
struct HubCache {
  let folder: String
  private let locks: String

  init(_ repository: HubRepository, in cache: String) {
    folder = "\(cache)/\(repository.folderName)"
    locks = "\(cache)/.locks/\(repository.folderName)"
  }

  func snapshot(_ commit: String) -> String { "\(folder)/snapshots/\(commit)" }
  func blob(_ hash: String) -> String { "\(folder)/blobs/\(hash)" }
  func lock(_ hash: String) -> String { "\(locks)/\(hash).lock" }

  /// The commit that a revision was when it was last fetched; a commit is itself. nil: unknown here.
  func commit(of revision: String) -> String? {
    if HubPath.isHexadecimal(revision, digits: 40) { return revision }
    guard HubPath.isInside(revision),
      let bytes = try? DurableFile.read("\(folder)/refs/\(revision)")
    else { return nil }
    let text = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    return HubPath.isHexadecimal(text, digits: 40) ? text : nil
  }

  func remember(_ revision: String, is commit: String) throws {
    guard revision != commit, self.commit(of: revision) != commit else { return }
    try DurableFile.write(Bytes(copying: Array(commit.utf8)), to: "\(folder)/refs/\(revision)")
  }

  /// Puts the blob called `hash` in its place in a snapshot.
  func link(_ file: String, of commit: String, to hash: String) throws {
    let up = String(repeating: "../", count: HubPath.depth(of: file) + 2)
    try DurableFile.placeLink("\(snapshot(commit))/\(file)", to: "\(up)blobs/\(hash)")
  }
}
