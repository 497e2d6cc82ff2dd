import Foundation
import Glibc
import Synchronization

/// A process that a test started: its lines as they come, signals to it, its end.
final class RunningProcess: Sendable {
  /// How long a test waits for what should happen within seconds; machines may be busy.
  static let patienceSeconds = 90.0

  let name: String
  let output = Journal<String>()
  let errors = Journal<String>()
  private let pid: pid_t
  private let exits = Journal<Int32>()
  /// Whether the system may have given the process's number to another.
  private let isReaped = Mutex(false)

  /// - Parameter environment: added to this process's own.
  init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
    name = ([program.split(separator: "/").last.map(String.init) ?? program] + arguments.prefix(2))
      .joined(separator: " ")
    let outputPipe = try PipeEnds()
    let errorPipe = try PipeEnds()
    pid = try Spawn.start(
      [program] + arguments, environment: environment, output: outputPipe, errors: errorPipe)
    outputPipe.read(into: output)
    errorPipe.read(into: errors)
    Thread.detachNewThread { [self] in awaitEnd() }
  }

  /// What a process left behind.
  struct Outcome: Sendable {
    /// Its exit code; 128 + the signal's number where a signal ended it, as a shell says it.
    var status: Int32
    var output: [String]
    var errors: [String]
  }

  /// Returns once the process has ended and all it wrote has been read.
  func outcome(within seconds: Double = patienceSeconds) async throws -> Outcome {
    guard let status = await exits.first(within: seconds, where: { _ in true }),
      await output.closed(within: seconds), await errors.closed(within: seconds)
    else { throw failure("has not ended") }
    return Outcome(status: status, output: output.entries, errors: errors.entries)
  }

  /// The outcome of a process that has to succeed.
  @discardableResult
  func success(within seconds: Double = patienceSeconds) async throws -> Outcome {
    let outcome = try await outcome(within: seconds)
    guard outcome.status == 0 else { throw failure("ended with \(outcome.status)") }
    return outcome
  }

  /// The first line on stderr with `text` in it.
  @discardableResult
  func complaint(
    _ text: String, within seconds: Double = patienceSeconds
  ) async throws -> String {
    guard let line = await errors.first(within: seconds, where: { $0.contains(text) }) else {
      throw failure("did not say \"\(text)\"")
    }
    return line
  }

  /// The first event of that name on stdout, with `--json`.
  ///
  /// - Parameter body: done at once, on the thread that reads: tests beside this one may keep the
  ///   waiting task from running for seconds.
  @discardableResult
  func event(
    _ name: String, round: Int? = nil, within seconds: Double = patienceSeconds,
    then body: @escaping @Sendable () -> Void = {}
  ) async throws -> Event {
    let found = await output.first(within: seconds) { line in
      guard let event = Event(line), event.event == name, round == nil || event.round == round
      else { return false }
      body()
      return true
    }
    guard let event = found.flatMap(Event.init) else {
      throw failure("sent no \(name)\(round.map { " of round \($0)" } ?? "")")
    }
    return event
  }

  func send(_ number: Int32) {
    isReaped.withLock { isReaped in
      if !isReaped { _ = kill(pid, number) }
    }
  }

  /// `kill -9`, and returns once the process is gone.
  func destroy() async {
    send(SIGKILL)
    _ = await exits.first(within: Self.patienceSeconds) { _ in true }
  }

  private func awaitEnd() {
    var info = siginfo_t()
    while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    var status: Int32 = 0
    isReaped.withLock { isReaped in
      _ = waitpid(pid, &status, 0)
      isReaped = true
    }
    let signal = status & 0x7f
    exits.append(signal == 0 ? (status >> 8) & 0xff : 128 + signal)
  }

  private func failure(_ what: String) -> EndToEndError {
    let said = (output.entries.suffix(5) + errors.entries.suffix(5)).joined(separator: "\n  ")
    return EndToEndError("\(name) \(what); it said:\n  \(said)")
  }
}

struct EndToEndError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
