internal import Foundation
internal import TributaryCore

extension RunPlanReader {
  /// The run file at `path` with `overrides` in it, as a file that can stand anywhere: paths are whole, and
  /// `transfer.auto` is left out. Reading it gives the plan that reading `path` with `overrides` gives.
  ///
  /// - Throws: as `read`.
  public static func rewritten(path: String, overrides: [String]) throws -> String {
    _ = try read(path: path, overrides: overrides)
    guard
      let text = FileManager.default.contents(atPath: path).flatMap({
        String(data: $0, encoding: .utf8)
      })
    else { throw TributaryError("plan.file", "\(path): cannot be read") }
    return try rewritten(
      yaml: text, file: path, overrides: overrides,
      current: FileManager.default.currentDirectoryPath,
      environment: ProcessInfo.processInfo.environment)
  }

  /// - Parameter current: the folder that relative paths in the end are meant from.
  static func rewritten(
    yaml: String, file: String, overrides: [String], current: String,
    environment: [String: String]
  ) throws -> String {
    let node = try tree(yaml: yaml, file: file, overrides: overrides)
    let writer = PlanWriter(
      paths: PlanPaths(folder: PlanPaths.folder(of: file), environment: environment),
      current: current)
    return try writer.section("", node, indent: 0).joined(separator: "\n") + "\n"
  }
}

/// Writes a tree as YAML.
private struct PlanWriter {
  let paths: PlanPaths
  let current: String

  func section(_ path: String, _ node: PlanNode, indent: Int) throws -> [String] {
    guard case .mapping(let entries) = node.content else { return [] }
    let margin = String(repeating: " ", count: indent)
    return try entries.flatMap { entry -> [String] in
      let inner = PlanSchema.join(path, entry.key)
      if inner == "transfer.auto" { return [] }
      let key = margin + quoted(entry.key, plain: true)
      guard case .mapping(let inside) = entry.value.content, !inside.isEmpty else {
        return ["\(key): \(try flow(inner, entry.value))"]
      }
      return ["\(key):"] + (try section(inner, entry.value, indent: indent + 2))
    }
  }

  /// On one line.
  private func flow(_ path: String, _ node: PlanNode) throws -> String {
    switch node.content {
    case .scalar where node.isNull: return "null"
    case .scalar(let text, let plain):
      guard isPath(path), !text.hasPrefix("hub:") else {
        return quoted(text, plain: plain)
      }
      let found = try paths.resolve(text, from: node.source)
      return quoted(found.hasPrefix("/") ? found : "\(current)/\(found)", plain: false)
    case .sequence(let nodes):
      return "[\(try nodes.map { try flow(path, $0) }.joined(separator: ", "))]"
    case .mapping(let entries):
      let inside = try entries.map { entry in
        "\(quoted(entry.key, plain: true)): \(try flow("\(path).\(entry.key)", entry.value))"
      }
      return "{\(inside.joined(separator: ", "))}"
    }
  }

  private func isPath(_ path: String) -> Bool {
    PlanSchema.byPath[path]?.type.hasPrefix("path") ?? Self.innerPaths.contains(path)
  }

  /// Paths within lists, which the schema does not name.
  private static let innerPaths: Set = [
    "transfer.objectives.model", "data.tasks.train", "data.tasks.test", "data.replay.former.train",
    "data.replay.former.test", "data.augment.path",
  ]

  /// In quotes, where YAML would take it for something else.
  private func quoted(_ text: String, plain: Bool) -> String {
    let isWord = text.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        || "_.+-".unicodeScalars.contains($0)
    }
    if plain, isWord, text != "-" { return text }
    return "\"\(text.unicodeScalars.map(escaped).joined())\""
  }

  private func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": "\\\""
    case "\\": "\\\\"
    case "\n": "\\n"
    case "\t": "\\t"
    default: scalar.value < 32 ? "\\x" + hexadecimal(scalar.value) : String(scalar)
    }
  }

  private func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return digits.count < 2 ? "0\(digits)" : digits
  }
}
