/// Where a setting was written: what an error about it begins with.
enum PlanSource: Sendable, Equatable {
  case file(String, line: Int)
  /// A `--set key=value` of the command line.
  case override(String)

  var label: String {
    switch self {
    case .file(let name, let line): "\(name):\(line)"
    case .override(let text): "--set \(text)"
    }
  }

  /// Order of report: by line, then the overrides.
  var position: Int {
    switch self {
    case .file(_, let line): line
    case .override: .max
    }
  }
}

/// A YAML value with the place it came from, independent of the YAML library.
struct PlanNode: Sendable {
  enum Content: Sendable {
    /// `plain` is false where quotes make it text whatever it looks like.
    case scalar(String, plain: Bool)
    case sequence([PlanNode])
    case mapping([PlanEntry])
  }

  var content: Content
  var source: PlanSource

  /// YAML's "no value": empty, `~` or `null`.
  var isNull: Bool {
    guard case .scalar(let text, plain: true) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// The value as an error message quotes it.
  var found: String {
    switch content {
    case _ where isNull: "nothing"
    case .scalar(let text, let plain):
      plain ? "\"\(text.prefix(60))\"" : "the text \"\(text.prefix(60))\""
    case .sequence: "a list"
    case .mapping: "a section"
    }
  }

  /// Sets the value at `path`, making sections on the way.
  mutating func set(_ path: ArraySlice<String>, to value: PlanNode) {
    guard let key = path.first else {
      self = value
      return
    }
    var entries: [PlanEntry] = []
    if case .mapping(let present) = content { entries = present }
    let index = entries.lastIndex { $0.key == key }
    var child =
      index.map { entries[$0].value } ?? PlanNode(content: .mapping([]), source: value.source)
    child.set(path.dropFirst(), to: value)
    let entry = PlanEntry(key: key, source: value.source, value: child)
    if let index {
      // A section keeps its place in the file; the new value brings its own.
      entries[index].value = child
      if path.count == 1 { entries[index] = entry }
    } else {
      entries.append(entry)
    }
    content = .mapping(entries)
  }
}

struct PlanEntry: Sendable {
  var key: String
  var source: PlanSource
  var value: PlanNode
  /// The same key stands in the same section once more, further down.
  var isRepeated = false
}
