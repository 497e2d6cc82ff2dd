import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryStorage

@Suite struct PartialFileTests {
  private func append(_ text: String, to file: PartialFile) throws {
    try Array(text.utf8).withUnsafeBytes { try file.append($0) }
  }

  @Test func goesOnWhereItStoodAndGetsItsName() throws {
    let folder = TemporaryFolder()
    let path = folder("deep/blob.incomplete")
    try append("one ", to: PartialFile(path: path))
    let again = try PartialFile(path: path)
    #expect(again.count == 4)
    try append("two", to: again)
    #expect(again.count == 7)
    try again.place(at: folder("deep/blob"))
    #expect(DurableFile.names(in: folder("deep")) == ["blob"])
    #expect(try DurableFile.read(folder("deep/blob")) == Bytes(copying: Array("one two".utf8)))
  }

  @Test func saysThatADiskIsFull() throws {
    let file = try PartialFile(path: "/dev/full")
    do {
      try append("x", to: file)
      Issue.record("a full disk took a byte")
    } catch let error as TributaryError {
      #expect(error.code == "file.full")
    }
  }

  @Test func followsNoLink() throws {
    let folder = TemporaryFolder()
    try DurableFile.write(Bytes(copying: [1] as [UInt8]), to: folder("elsewhere"))
    try DurableFile.placeLink(folder("x"), to: "elsewhere")
    #expect(throws: TributaryError.self) { try PartialFile(path: folder("x")) }
  }

  @Test func beginsAgain() throws {
    let folder = TemporaryFolder()
    let file = try PartialFile(path: folder("x"))
    try append("wrong", to: file)
    try file.clear()
    try append("new", to: file)
    #expect(try DurableFile.read(folder("x")) == Bytes(copying: Array("new".utf8)))
  }
}
