/// Goes through a YAML tree along the schema, filling a draft and collecting every problem.
struct PlanWalk {
  let paths: PlanPaths
  var draft = PlanDraft()
  var problems: [PlanProblem] = []
  /// Where each key and section that is there stands.
  private(set) var sources: [String: PlanSource] = [:]

  init(paths: PlanPaths) { self.paths = paths }

  mutating func section(_ path: String, _ node: PlanNode) {
    guard case .mapping(let entries) = node.content else {
      // `data:` with nothing under it is an empty section.
      if !node.isNull { report(path, node.source, sectionExpected(path, node)) }
      return
    }
    for entry in entries { visit(entry, in: path) }
  }

  /// Reports required keys that are not there.
  mutating func requireMissing(root: PlanSource) {
    for key in PlanSchema.keys where sources[key.path] == nil {
      let parent = key.path.split(separator: ".").dropLast().joined(separator: ".")
      switch key.presence {
      case .optional: continue
      case .requiredInSection where sources[parent] == nil: continue
      case .required, .requiredInSection:
        report(key.path, sources[parent] ?? root, "missing; expected \(key.type): \(key.summary)")
      }
    }
  }

  mutating func report(_ path: String, _ source: PlanSource, _ text: String) {
    problems.append(PlanProblem(source: source, path: path, text: text))
  }

  private mutating func visit(_ entry: PlanEntry, in section: String) {
    let path = PlanSchema.join(section, entry.key)
    if entry.isRepeated {
      report(path, entry.source, "this key is there twice; keep one")
      return
    }
    sources[path] = entry.source
    if search(path, entry) { return }
    if let key = PlanSchema.byPath[path] {
      read(path, entry.value) { [paths] draft in try key.read(entry.value, paths, &draft) }
    } else if PlanSchema.sections[path] != nil {
      self.section(path, entry.value)
    } else if section == PlanSchema.openSection, !Self.resembles(entry.key, "kind") {
      read(path, entry.value) { draft in
        draft.plan.federation.strategy.options[entry.key] = try entry.value.number()
      }
    } else if section == PlanSchema.partitionSection {
      read(path, entry.value) { draft in
        draft.partition.settings[entry.key] = try entry.value.setting()
      }
    } else {
      report(path, entry.source, "unknown key; \(Self.suggestion(for: entry.key, in: section))")
    }
  }

  /// `transfer: auto`, `transfer.auto: true` and `false` in place of sections.
  private mutating func search(_ path: String, _ entry: PlanEntry) -> Bool {
    guard case .scalar(let word, plain: true) = entry.value.content else { return false }
    switch (path, word) {
    case ("transfer", "auto"): sources["transfer.auto"] = entry.source
    case ("transfer.auto", "true"): break
    case ("transfer.auto", "false"): sources["transfer.auto"] = nil
    default: return false
    }
    return true
  }

  private mutating func read(
    _ path: String, _ node: PlanNode, _ body: (inout PlanDraft) throws -> Void
  ) {
    do {
      try body(&draft)
    } catch let mismatch as PlanMismatch {
      report(path, node.source, mismatch.text)
    } catch {
      report(path, node.source, "\(error)")
    }
  }

  private func sectionExpected(_ path: String, _ node: PlanNode) -> String {
    let names = PlanSchema.sections[path, default: []].joined(separator: ", ")
    return path.isEmpty
      ? "expected keys (\(names)), found \(node.found)"
      : "expected a section with \(names), found \(node.found)"
  }

  /// A misspelt `kind` is no number of the strategy.
  private static func resembles(_ key: String, _ name: String) -> Bool {
    key.lowercased() == name
      || NearestName.editDistance(Array(key.lowercased().utf8), Array(name.utf8)) == 1
  }

  private static func suggestion(for key: String, in section: String) -> String {
    let siblings = PlanSchema.sections[section, default: []]
    if let near = NearestName.of(key, among: siblings) { return "did you mean \"\(near)\"?" }
    // The right key in the wrong section.
    let elsewhere = Array(PlanSchema.byPath.keys) + Array(PlanSchema.sections.keys)
    let leaves = Dictionary(grouping: elsewhere.filter { !$0.isEmpty }) {
      String($0.split(separator: ".").last ?? "")
    }
    if let near = NearestName.of(key, among: leaves.keys.sorted()),
      let path = leaves[near]?.min(by: { ($0.count, $0) < ($1.count, $1) })
    {
      return "did you mean \"\(path)\"?"
    }
    return "known here: \(siblings.joined(separator: ", "))"
  }
}
