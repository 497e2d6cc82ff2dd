import Foundation

/// The project's own sources as text, found beside this file.
enum SourceTree {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  struct File: Sendable {
    var module: String
    var path: String
    var text: String

    /// The modules it imports.
    var imports: Set<String> {
      Set(
        text.matches(
          of:
            #/^\s*(?:@\w+ )*(?:public |package |internal )?import (?:struct |class |enum |func )?(\w+)/#
            .anchorsMatchLineEndings()
        ).map { String($0.output.1) })
    }
  }

  /// Every Swift file under Sources, generated ones left out.
  static let files: [File] = {
    let sources = root.appendingPathComponent("Sources")
    let paths = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String }
    return (paths ?? []).filter { $0.hasSuffix(".swift") && !$0.hasSuffix(".pb.swift") }
      .compactMap { path in
        guard let module = path.split(separator: "/").first,
          let text = try? String(
            contentsOf: sources.appendingPathComponent(path), encoding: .utf8)
        else { return nil }
        return File(module: String(module), path: path, text: text)
      }
  }()

  static func files(of module: String) -> [File] { files.filter { $0.module == module } }

  /// Direct dependencies of each library target, as Package.swift lists them.
  static let dependencies: [String: Set<String>] = {
    let manifest = root.appendingPathComponent("Package.swift")
    guard let text = try? String(contentsOf: manifest, encoding: .utf8) else { return [:] }
    var graph: [String: Set<String>] = [:]
    for match in text.matches(of: #/library\(\s*"(\w+)",\s*\[([^\]]*)\]\)/#) {
      graph[String(match.output.1)] = Set(
        match.output.2.matches(of: #/"(\w+)"/#).map { String($0.output.1) })
    }
    return graph
  }()

  /// Everything that `module` links.
  static func linked(by module: String) -> Set<String> {
    var found: Set<String> = []
    var open = [module]
    while let next = open.popLast() {
      for dependency in dependencies[next] ?? [] where found.insert(dependency).inserted {
        open.append(dependency)
      }
    }
    return found
  }
}
