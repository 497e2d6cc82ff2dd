import Foundation
import Testing
import TributaryStorage
import TributaryTestKit

@Suite struct LineLogTests {
  private let folder = TemporaryFolder()

  @Test func aLineThatACrashCutShortIsTakenOff() throws {
    let path = folder("events.jsonl")
    try Data("{\"a\":1}\n{\"b\":".utf8).write(to: URL(fileURLWithPath: path))
    let log = try LineLog(path: path)
    try log.append("{\"c\":3}")
    try log.sync()
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "{\"a\":1}\n{\"c\":3}\n")
  }
}
