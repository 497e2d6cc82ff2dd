import Foundation
import Glibc

/// A pipe: one end for the child, the other read line by line here.
struct PipeEnds {
  let readEnd: Int32
  let writeEnd: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw EndToEndError("no pipe: errno \(errno)") }
    // Other children must not keep it open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  /// Reads on a thread of its own until the child's end is closed.
  func read(into lines: Journal<String>) {
    let descriptor = readEnd
    Thread.detachNewThread {
      var partial: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { break }
        partial += buffer[..<count]
        while let end = partial.firstIndex(of: UInt8(ascii: "\n")) {
          lines.append(String(decoding: partial[..<end], as: UTF8.self))
          partial.removeSubrange(...end)
        }
      }
      if !partial.isEmpty { lines.append(String(decoding: partial, as: UTF8.self)) }
      lines.close()
      Glibc.close(descriptor)
    }
  }
}

enum Spawn {
  /// Starts a program with the signals as a shell leaves them: this process's threads may block some.
  static func start(
    _ command: [String], environment: [String: String], output: PipeEnds, errors: PipeEnds
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.writeEnd, 1)
    posix_spawn_file_actions_adddup2(&actions, errors.writeEnd, 2)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var arguments = command.map { strdup($0) } + [nil]
    var variables = merged.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var pid: pid_t = 0
    let failure = posix_spawn(&pid, command[0], &actions, &attributes, &arguments, &variables)
    close(output.writeEnd)
    close(errors.writeEnd)
    guard failure == 0 else {
      close(output.readEnd)
      close(errors.readEnd)
      throw EndToEndError("cannot start \(command[0]): \(String(cString: strerror(failure)))")
    }
    return pid
  }
}
