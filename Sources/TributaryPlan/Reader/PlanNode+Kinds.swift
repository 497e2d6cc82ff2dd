extension PlanNode {
  /// A list of sections, each a kind with settings of its own, which whoever owns the kind checks.
  ///
  /// - Parameters:
  ///   - example: what errors show.
  ///   - special: settings that name something on this machine, and how they are read.
  func kinds(
    _ paths: PlanPaths, example: String, special: [String: PlanValue<String>]
  ) throws -> [(kind: String, settings: [String: PlanSetting])] {
    let list = try list("a list of sections, as [\(example)]") {
      try $0.kind(paths, example: example, special: special)
    }
    guard list.count <= 16 else { throw PlanMismatch("has \(list.count); at most 16 make sense") }
    return list
  }

  private func kind(
    _ paths: PlanPaths, example: String, special: [String: PlanValue<String>]
  ) throws -> (kind: String, settings: [String: PlanSetting]) {
    guard case .mapping(let entries) = content else { throw mismatch("a section with a kind") }
    var kind: String?
    var settings: [String: PlanSetting] = [:]
    for entry in entries {
      guard !entry.isRepeated else { throw PlanMismatch("has \(entry.key) twice; keep one") }
      if entry.key == "kind" {
        kind = try PlanValue<String>.identifier.parse(entry.value, paths)
      } else if let reader = special[entry.key] {
        settings[entry.key] = .text(try reader.parse(entry.value, paths))
      } else {
        settings[entry.key] = try entry.value.setting()
      }
    }
    guard let kind else { throw PlanMismatch("has a section without kind; as \(example)") }
    return (kind, settings)
  }
}
