/// Turns paths of a plan into paths of this machine.
struct PlanPaths: Sendable {
  /// The folder of the YAML file, from which its relative paths are meant; "" for the current one.
  var folder: String
  var environment: [String: String]

  /// For values that are no paths.
  static let none = PlanPaths(folder: "", environment: [:])

  /// Expands `${NAME}` and a leading `~/`, and joins a relative path to the YAML file's folder.
  ///
  /// A path given by `--set` is relative to the current folder, as in any other argument.
  func resolve(_ path: String, from source: PlanSource) throws -> String {
    var text = try expandingVariables(path)
    if text == "~" || text.hasPrefix("~/") {
      guard let home = environment["HOME"], !home.isEmpty else {
        throw PlanMismatch("'~' needs the environment variable HOME, which is not set")
      }
      text = home + text.dropFirst()
    }
    guard !text.hasPrefix("/"), case .file = source, !folder.isEmpty else { return text }
    return folder.hasSuffix("/") ? folder + text : folder + "/" + text
  }

  /// The folder part of a file's path.
  static func folder(of file: String) -> String {
    guard let slash = file.lastIndex(of: "/") else { return "" }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }

  private func expandingVariables(_ path: String) throws -> String {
    var result = ""
    var rest = path[...]
    while let dollar = rest.firstRange(of: "${") {
      result += rest[..<dollar.lowerBound]
      guard let end = rest[dollar.upperBound...].firstIndex(of: "}") else {
        throw PlanMismatch("\"${\" without \"}\" in \"\(path.prefix(80))\"")
      }
      let name = String(rest[dollar.upperBound..<end])
      guard let value = environment[name] else {
        throw PlanMismatch("the environment variable \(name.prefix(60)) is not set")
      }
      result += value
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}
