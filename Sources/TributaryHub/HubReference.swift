internal import TributaryCore

/// A model at a hub as it is written where a path may stand: `hub:OWNER/NAME` or `hub:OWNER/NAME@REVISION`.
public struct HubReference: Sendable, Equatable {
  public let repository: HubRepository
  /// A branch, a tag or a commit.
  public let revision: String

  /// nil for text that does not begin with `hub:`.
  ///
  /// - Throws: `hub.name`, `hub.revision`.
  public init?(_ text: String) throws {
    guard text.hasPrefix("hub:") else { return nil }
    let parts = text.dropFirst(4).split(
      separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    repository = try HubRepository(String(parts[0]))
    revision = parts.count == 2 ? String(parts[1]) : "main"
    try Self.check(revision: revision)
  }

  static func check(revision: String) throws {
    guard HubPath.isInside(revision) else {
      throw TributaryError("hub.revision", "\"\(revision.prefix(80))\" is not a revision")
    }
  }

  /// The model's folder in the cache; the network is not asked.
  ///
  /// - Throws: `hub.absent` where it has not been pulled, or not all of it.
  public func folder(_ settings: HubSettings) throws -> String {
    var pull = HubPull(repository, settings: settings)
    pull.revision = revision
    return try pull.cached().path
  }
}
