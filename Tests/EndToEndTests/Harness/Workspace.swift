import Foundation
import Synchronization
import TributaryTestKit

/// A folder and the processes started in it; both are gone when the test ends.
final class Workspace: Sendable {
  let path: String
  private let processes = Mutex<[RunningProcess]>([])

  /// `TRIBUTARY_BINARY`, else the program that was built beside the running tests.
  static let program: String = {
    if let named = ProcessInfo.processInfo.environment["TRIBUTARY_BINARY"] { return named }
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appendingPathComponent("tributary").path
  }()

  private init(_ path: String) { self.path = path }

  /// Runs a test in a folder of its own.
  static func run(_ body: (Workspace) async throws -> Void) async throws {
    let folder = TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let workspace = Workspace(folder.path)
    do {
      try await body(workspace)
      await workspace.endAll()
    } catch {
      await workspace.endAll()
      throw error
    }
  }

  /// A path in the folder.
  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Starts `tributary` with these arguments.
  func start(_ arguments: String...) throws -> RunningProcess { try start(arguments) }

  /// - Parameter environment: added to this process's own.
  func start(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> RunningProcess {
    try start(Self.program, arguments, environment: environment)
  }

  /// Starts any program.
  func start(
    _ program: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> RunningProcess {
    let process = try RunningProcess(program, arguments, environment: environment)
    processes.withLock { $0.append(process) }
    return process
  }

  /// Runs `tributary` to its end and returns what it printed; it has to succeed.
  @discardableResult
  func output(_ arguments: String...) async throws -> [String] { try await output(arguments) }

  @discardableResult
  func output(_ arguments: [String]) async throws -> [String] {
    try await start(arguments).success().output
  }

  /// Runs `tributary` to its end, which has to be a failure with one line that says why.
  func reason(_ arguments: String...) async throws -> String {
    try await Self.reason(of: try start(arguments))
  }

  /// The one line with which a process says why it failed.
  static func reason(of process: RunningProcess) async throws -> String {
    let outcome = try await process.outcome()
    guard outcome.status != 0 else { throw EndToEndError("\(process.name) did not fail") }
    guard outcome.status < 128 else {
      throw EndToEndError("\(process.name) crashed: \(outcome.status) \(outcome.errors)")
    }
    guard outcome.errors.count == 1 else {
      throw EndToEndError("\(process.name): not one line but \(outcome.errors)")
    }
    return outcome.errors[0]
  }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: self(name), atomically: true, encoding: .utf8)
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self(name)) }

  private func endAll() async {
    for process in processes.withLock({ $0 }) { await process.destroy() }
  }
}
