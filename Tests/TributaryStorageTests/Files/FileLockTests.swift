import Foundation
import Testing
import TributaryCore
import TributaryStorage
import TributaryTestKit

@Suite struct FileLockTests {
  private let folder = TemporaryFolder()

  @Test func isHeldByOneAtATime() throws {
    var first = try FileLock(path: folder("lock"))
    #expect(first != nil)
    #expect(try FileLock(path: folder("lock")) == nil)
    first = nil
    #expect(try FileLock(path: folder("lock")) != nil)
    #expect(throws: TributaryError.self) { try FileLock(path: folder("none/lock")) }
  }

  @Test func waitsForWhoHoldsIt() async throws {
    var first = try FileLock(path: folder("lock"))
    let path = folder("lock")
    let second = Task.detached { try FileLock(waitingFor: path) }
    #expect(first != nil)
    #expect(try FileLock(path: path) == nil)
    first = nil
    let held = try await second.value
    #expect(try FileLock(path: path) == nil)
    withExtendedLifetime(held) {}
  }

  @Test func isOnTheFileThatHasTheName() async throws {
    var first = try FileLock(path: folder("lock"))
    let path = folder("lock")
    let second = Task.detached { try FileLock(waitingFor: path) }
    #expect(first != nil)
    // As some programs do when they let go; whoever waits must not hold what has no name.
    try FileManager.default.removeItem(atPath: path)
    first = nil
    let held = try await second.value
    #expect(try FileLock(path: path) == nil)
    withExtendedLifetime(held) {}
  }
}
