internal import TributaryCore
internal import Yams

/// Reads YAML text into a `PlanNode`.
struct PlanYAML {
  /// Far above any real plan; stops aliases that unfold into millions of values.
  static let nodeLimit = 100_000
  static let repeatLimit = 50
  private static let mark = "tributary-repeated-key-"

  private let sourceAt: (Int) -> PlanSource
  private var nodes = 0

  /// - Throws: `plan.yaml` for text that is not one YAML document.
  static func parse(_ yaml: String, sourceAt: @escaping (Int) -> PlanSource) throws -> PlanNode? {
    var text = yaml
    // Yams refuses repeated keys, one section at a time and without the key's path. Each first
    // occurrence is renamed until it parses, so that all of them can be reported by path.
    for attempt in 0...repeatLimit {
      do {
        guard let root = try compose(yaml: text) else { return nil }
        var reader = PlanYAML(sourceAt: sourceAt)
        return try reader.convert(root)
      } catch YamlError.duplicatedKeysInMapping(_, let context) where attempt < repeatLimit {
        guard let renamed = rename(text, at: context.mark, number: attempt) else {
          throw failure("a key is given twice", sourceAt(context.mark.line))
        }
        text = renamed
      } catch let error as YamlError {
        throw failure(for: error, sourceAt)
      }
    }
    throw failure("too many repeated keys", sourceAt(1))
  }

  private init(sourceAt: @escaping (Int) -> PlanSource) { self.sourceAt = sourceAt }

  private mutating func convert(_ node: Node) throws -> PlanNode {
    nodes += 1
    let source = sourceAt(max(1, node.mark?.line ?? 1))
    guard nodes <= Self.nodeLimit else {
      throw Self.failure("more than \(Self.nodeLimit) values", source)
    }
    switch node {
    case .scalar(let scalar):
      let plain = scalar.style == .plain || scalar.style == .any
      return PlanNode(content: .scalar(scalar.string, plain: plain), source: source)
    case .sequence(let sequence):
      return PlanNode(content: .sequence(try sequence.map { try convert($0) }), source: source)
    case .mapping(let mapping):
      var entries: [PlanEntry] = []
      for (key, value) in mapping {
        guard case .scalar(let name) = key else {
          throw Self.failure("a key must be a word", source)
        }
        var entry = PlanEntry(
          key: name.string, source: sourceAt(max(1, key.mark?.line ?? 1)), value: try convert(value)
        )
        if name.string.hasPrefix(Self.mark) {
          let rest = name.string.dropFirst(Self.mark.count)
          entry.key = String(rest.drop { $0 != "." }.dropFirst())
          entry.isRepeated = true
        }
        entries.append(entry)
      }
      return PlanNode(content: .mapping(entries), source: source)
    case .alias:
      throw Self.failure("an alias without its anchor", source)
    }
  }

  private static func rename(_ text: String, at mark: Mark, number: Int) -> String? {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      Array(String($0).unicodeScalars)
    }
    guard lines.indices.contains(mark.line - 1), mark.column >= 1 else { return nil }
    var column = mark.column - 1
    guard column < lines[mark.line - 1].count else { return nil }
    if ["\"", "'"].contains(lines[mark.line - 1][column]) { column += 1 }
    lines[mark.line - 1].insert(contentsOf: "\(Self.mark)\(number).".unicodeScalars, at: column)
    return lines.map { scalars in
      String(String.UnicodeScalarView(scalars))
    }.joined(separator: "\n")
  }

  private static func failure(_ problem: String, _ source: PlanSource) -> TributaryError {
    TributaryError("plan.yaml", "\(source.label): \(problem)")
  }

  private static func failure(
    for error: YamlError, _ sourceAt: (Int) -> PlanSource
  ) -> TributaryError {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let before = context.map { $0.text.trimmingSuffix { $0.isWhitespace } + ": " } ?? ""
      return failure("not valid YAML: \(before)\(problem)", sourceAt(max(1, mark.line)))
    case .reader(let problem, _, _, _):
      return failure("not valid YAML: \(problem)", sourceAt(1))
    default:
      return failure("not valid YAML: \(error)", sourceAt(1))
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
    var result = self[...]
    while let last = result.last, predicate(last) { result.removeLast() }
    return String(result)
  }
}
