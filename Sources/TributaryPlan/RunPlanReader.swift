internal import Foundation
internal import TributaryCore

/// Reads `run.yaml`, checks all of it before anything starts, and gives the plan as a value.
///
/// An error lists every problem, one line each, with the file, the line, the key's full path, and
/// the nearest valid key or word: `run.yaml:12: local.optimizr: unknown key; did you mean
/// "optimizer"?`.
public enum RunPlanReader {
  /// Far above any real plan.
  static let byteLimit = 1 << 20

  /// Reads the plan at `path`.
  ///
  /// - Parameter overrides: settings in place of the file's, as `local.epochs=2` (values in YAML).
  /// - Throws: `plan.file` where the file cannot be read, `plan.yaml` where it is no YAML,
  ///   `plan.override` for an override without `=`, `plan.invalid` for what is wrong in it.
  public static func read(path: String, overrides: [String] = []) throws -> RunPlan {
    guard let data = FileManager.default.contents(atPath: path) else {
      let folder = (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil
      let reason = folder ? "is a folder" : "cannot be read, or is not there"
      throw TributaryError("plan.file", "\(path): \(reason)", advice: "give the path of a run.yaml")
    }
    guard data.count <= byteLimit else {
      throw TributaryError("plan.file", "\(path): \(data.count) bytes are too many for a plan")
    }
    guard let yaml = String(validating: data, as: UTF8.self) else {
      throw TributaryError("plan.file", "\(path): not UTF-8 text")
    }
    return try read(yaml: yaml, file: path, overrides: overrides)
  }

  /// Reads a plan from text.
  ///
  /// - Parameters:
  ///   - file: named in errors; relative paths in the text are joined to its folder.
  ///   - environment: where `${NAME}` in paths is looked up; nil: the process environment.
  public static func read(
    yaml: String, file: String, overrides: [String] = [],
    environment: [String: String]? = nil
  ) throws -> RunPlan {
    let root = PlanSource.file(file, line: 1)
    let node = try tree(yaml: yaml, file: file, overrides: overrides)
    var walk = PlanWalk(
      paths: PlanPaths(
        folder: PlanPaths.folder(of: file),
        environment: environment ?? ProcessInfo.processInfo.environment))
    walk.section("", node)
    walk.requireMissing(root: root)
    let plan = finished(walk)
    let failed = Set(walk.problems.map(\.path))
    let problems =
      walk.problems
      + PlanChecks.problems(of: plan, sources: walk.sources, root: root, failed: failed)
    guard problems.isEmpty else { throw PlanProblem.error(problems) }
    return plan
  }

  /// What the text says, with the overrides in it.
  static func tree(yaml: String, file: String, overrides: [String]) throws -> PlanNode {
    var node =
      try PlanYAML.parse(yaml) { .file(file, line: $0) }
      ?? PlanNode(content: .mapping([]), source: .file(file, line: 1))
    for text in overrides { try apply(text, to: &node) }
    return node
  }

  private static func finished(_ walk: PlanWalk) -> RunPlan {
    var plan = walk.draft.plan
    plan.task.classes = walk.draft.classes.count
    plan.task.classNames = walk.draft.classes.names
    if walk.sources["data.partition"] != nil {
      plan.data.partition = walk.draft.partition
      plan.data.partition?.places = PlanPlaces(walk.sources, in: PlanSchema.partitionSection)
    }
    if walk.sources["data.featureShift"] != nil {
      plan.data.featureShift = walk.draft.featureShift
    }
    if walk.sources["data.replay"] != nil { plan.data.replay = walk.draft.replay }
    if walk.sources["backbone.wordVectors"] != nil {
      plan.backbone.wordVectors = walk.draft.wordVectors
    }
    if plan.task.kind == .audioClassification { plan.data.audio = walk.draft.audio }
    if walk.sources["transfer.episodes"] != nil {
      plan.transfer.episodes = walk.draft.episodes
    }
    if walk.sources["transfer.auto"] != nil {
      plan.transfer.auto = walk.draft.search
    }
    if walk.sources["transfer.prompt"] != nil { plan.transfer.prompt = walk.draft.prompt }
    if walk.sources["simulation.attack"] != nil {
      plan.simulation = SimulationPlan(attack: walk.draft.attack)
    }
    if plan.transfer.head.kind.isClosedForm, walk.sources["federation.rounds"] == nil {
      plan.federation.rounds = 1
    }
    return plan
  }

  private static func apply(_ override: String, to node: inout PlanNode) throws {
    guard let equals = override.firstIndex(of: "="), equals != override.startIndex else {
      throw TributaryError(
        "plan.override", "--set \(override): expected KEY=VALUE, as local.epochs=2")
    }
    let source = PlanSource.override(override)
    let path = override[..<equals].split(separator: ".", omittingEmptySubsequences: false)
    let value =
      try PlanYAML.parse(String(override[override.index(after: equals)...])) { _ in source }
      ?? PlanNode(content: .scalar("", plain: true), source: source)
    node.set(path.map { $0.trimmingCharacters(in: .whitespaces) }[...], to: value)
  }
}
