import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryStorage

@Suite struct ScratchFileTests {
  private let folder = TemporaryFolder()
  private func bytes(_ text: String) -> Bytes { Bytes(copying: Array(text.utf8)) }

  private func read(_ file: ScratchFile, _ range: Range<Int>) throws -> Bytes {
    try Bytes(count: range.count) { try file.read(at: range.lowerBound, into: $0) }
  }

  @Test func isReadWhereItWasWritten() throws {
    let file = try ScratchFile(path: folder("deep/scratch"))
    try file.write(bytes("world"), at: 6)
    try file.write(bytes("hello "), at: 0)
    #expect(try read(file, 0..<11) == bytes("hello world"))
    #expect(try read(file, 4..<8) == bytes("o wo"))
    #expect(throws: TributaryError.self) { try read(file, 8..<12) }
  }

  @Test func goesWithItsLastReference() throws {
    let path = folder("scratch")
    try DurableFile.write(bytes("left over"), to: path)
    var file: ScratchFile? = try ScratchFile(path: path)
    #expect(DurableFile.byteCount(of: path) == 0)
    try file?.write(bytes("x"), at: 0)
    file = nil
    #expect(!DurableFile.exists(path))
  }

  @Test func saysThatADiskIsFull() throws {
    try DurableFile.placeLink(folder("full"), to: "/dev/full")
    let file = try ScratchFile(path: folder("full"))
    do {
      try file.write(bytes("x"), at: 0)
      Issue.record("a full disk took a byte")
    } catch let error as TributaryError {
      #expect(error.code == "file.full" && error.message.contains(folder("full")))
    }
  }
}
