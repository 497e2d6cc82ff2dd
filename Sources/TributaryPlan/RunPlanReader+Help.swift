extension RunPlanReader {
  /// Every key of run.yaml with its type, its default and what it says, for `--help`.
  public static var schemaHelp: String {
    var lines: [String] = []
    var section = ""
    for key in PlanSchema.keys {
      let top = String(key.path.prefix { $0 != "." })
      if top != section, !lines.isEmpty, key.path.contains(".") { lines.append("") }
      section = top
      lines.append("\(key.path)  (\(describe(key)))")
      lines.append("    \(key.summary)")
    }
    return lines.joined(separator: "\n")
  }

  private static func describe(_ key: PlanKey) -> String {
    switch key.presence {
    case .required: "\(key.type); required"
    case .requiredInSection: "\(key.type); required in its section"
    case .optional: key.defaultText.map { "\(key.type); default \($0)" } ?? key.type
    }
  }
}
