internal import TributaryCore
internal import TributaryModels
internal import TributaryNN

extension FreezePlan {
  /// The names among `moving` that `patterns` keep on the clients: `head` is the classifier, `norms` every batch
  /// norm with its running statistics, anything else a glob pattern.
  ///
  /// - Throws: `transfer.personal` for a pattern that matches nothing, or where nothing is left to share.
  static func personal(
    _ patterns: [String], of model: any Model, moving: Set<String>
  ) throws -> Set<String> {
    var personal: Set<String> = []
    for pattern in patterns {
      let matches = names(pattern, of: model).intersection(moving)
      guard !matches.isEmpty else {
        throw TributaryError(
          "transfer.personal",
          "transfer.personal: nothing that moves in \(model.architecture) is called \"\(pattern)\"",
          advice: "say head, norms (the batch norms, where it has some), or a pattern of names")
      }
      personal.formUnion(matches)
    }
    guard personal != moving else {
      throw TributaryError(
        "transfer.personal", "everything that moves would stay on the clients: nothing to share",
        advice: "let more move (transfer.method), or keep less (transfer.personal, the strategy)")
    }
    return personal
  }

  private static func names(_ pattern: String, of model: any Model) -> Set<String> {
    let names = model.tensors.map(\.name)
    switch pattern {
    case "head": return model.headTensorNames
    case "norms":
      let norms = names.filter { $0.hasSuffix(".running_mean") }.map { $0.dropLast(12) }
      return Set(norms.flatMap { norm in names.filter { module(of: $0) == norm } })
    default: return Set(names.filter(GlobPattern(pattern).matches))
    }
  }

  static func module(of name: String) -> String {
    name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
  }
}
