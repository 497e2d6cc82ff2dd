import Foundation
import Testing
import TributaryCore
import TributaryStorage
import TributaryTestKit

@Suite struct DurableFolderTests {
  private let folder = TemporaryFolder()

  private func bytes(_ text: String) -> Bytes { Bytes(copying: Array(text.utf8)) }

  @Test func makesFoldersAndRefusesFiles() throws {
    try DurableFile.createFolder(folder("x/y/z"))
    try DurableFile.createFolder(folder("x/y/z"))
    try DurableFile.createFolder(folder("x/y/z/"))
    try DurableFile.createFolder("/")
    try DurableFile.createFolder(".")
    try DurableFile.write(.empty, to: folder("x/file"))
    let error = #expect(throws: TributaryError.self) {
      try DurableFile.createFolder(folder("x/file"))
    }
    #expect(error?.code == "file.folder")
    #expect(throws: TributaryError.self) { try DurableFile.createFolder(folder("x/file/y")) }
    #expect(throws: TributaryError.self) { try DurableFile.createFolder("/proc/none/x") }
    #expect(throws: TributaryError.self) { try DurableFile.createFolder("") }
  }

  @Test func onlyTheLastFolderIsPrivate() throws {
    try DurableFile.createFolder(folder("a/secret"), mode: 0o700)
    let modes = try ["a", "a/secret"].map {
      try FileManager.default.attributesOfItem(atPath: folder($0))[.posixPermissions] as? NSNumber
    }
    #expect(modes == [0o755, 0o700])
  }

  @Test func replacesAFolderAsOneStep() throws {
    try DurableFile.replaceFolder(
      folder("deep/f"), with: [("a", bytes("1")), ("b", bytes("2"))])
    #expect(DurableFile.names(in: folder("deep/f")) == ["a", "b"])
    try DurableFile.replaceFolder(folder("deep/f/"), with: [("c", bytes("3"))])
    #expect(DurableFile.names(in: folder("deep/f")) == ["c"])
    #expect(DurableFile.names(in: folder("deep")) == ["f"])
  }

  @Test func aFolderThatCannotBeReplacedStays() throws {
    try DurableFile.replaceFolder(folder("f"), with: [("a", bytes("1"))])
    #expect(throws: TributaryError.self) {
      try DurableFile.replaceFolder(folder("f"), with: [("no/such/folder", bytes("2"))])
    }
    #expect(DurableFile.names(in: folder.path) == ["f"])
    #expect(DurableFile.names(in: folder("f")) == ["a"])
  }
}
