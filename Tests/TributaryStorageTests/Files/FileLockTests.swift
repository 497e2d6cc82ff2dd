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
}
