internal import TributaryCore
internal import TributaryStorage

/// What a hub says about a model at a revision.
struct HubListing {
  /// The commit, 40 hexadecimal digits.
  let commit: String
  /// Every file's path.
  let files: [String]

  /// - Parameter bytes: the answer to `GET /api/models/ID/revision/REVISION`.
  /// - Throws: `hub.answer`.
  init(_ bytes: Bytes, revision: String, endpoint: String) throws {
    guard let json = try? JSON(parsing: bytes, name: "answer"), let commit = json["sha"]?.string,
      let siblings = json["siblings"]?.array
    else {
      throw TributaryError(
        "hub.answer", "\(endpoint) does not answer as a model hub does", advice: "check HF_ENDPOINT"
      )
    }
    let files = siblings.compactMap { $0["rfilename"]?.string }
    guard HubPath.isHexadecimal(commit, digits: 40), files.count == siblings.count,
      files.allSatisfy(HubPath.isInside)
    else {
      throw TributaryError(
        "hub.answer", "\(endpoint) names a commit or a file that could not be one")
    }
    guard commit == revision || !HubPath.isHexadecimal(revision, digits: 40) else {
      throw TributaryError("hub.answer", "\(endpoint) answers with another commit than asked for")
    }
    self.commit = commit
    self.files = files
  }
}
