import Foundation
import Testing
import TributaryTestKit

@testable import TributaryCoordinator

@Suite struct EventLogTests {
  private let folder = TemporaryFolder()

  @Test func aLineThatACrashCutShortIsTakenOff() throws {
    let path = folder("events.jsonl")
    try Data("{\"a\":1}\n{\"b\":".utf8).write(to: URL(fileURLWithPath: path))
    let log = try EventLog(path: path)
    try log.append("{\"c\":3}")
    try log.sync()
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "{\"a\":1}\n{\"c\":3}\n")
  }
}
