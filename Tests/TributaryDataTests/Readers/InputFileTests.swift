import Foundation
import Testing
import TributaryCore

@testable import TributaryData

@Suite struct InputFileTests {
  private static let text = Array("a line that repeats itself\n".utf8)

  /// `text` 400 times, as `gzip -9` writes it.
  private func compressed(_ folder: TemporaryFolder) throws -> [UInt8] {
    let plain = try folder.write(
      "plain.txt", (0..<400).flatMap { _ in Self.text })
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-9", "-k", plain]
    try process.run()
    process.waitUntilExit()
    return Array(try Data(contentsOf: URL(fileURLWithPath: plain + ".gz")))
  }

  @Test func readsPlainAndCompressed() throws {
    let folder = try TemporaryFolder()
    let bytes = try compressed(folder)
    let whole = (0..<400).flatMap { _ in Self.text }
    for name in ["plain.txt", "plain.txt.gz"] {
      let file = try InputFile("\(folder.path)/\(name)")
      #expect(try file.read(count: 7)?.array(of: UInt8.self) == Array(whole.prefix(7)))
      #expect(try file.readAll().array(of: UInt8.self) == Array(whole.dropFirst(7)))
      #expect(try file.isAtEnd())
    }
    #expect(bytes.count < 200)
  }

  @Test func damagedGzipIsAnError() throws {
    let folder = try TemporaryFolder()
    let bytes = try compressed(folder)
    let short = try folder.write("short.gz", Array(bytes.dropLast(12)))
    #expect(
      message(in: folder) { _ = try InputFile(short).readAll() }.contains(
        "short.gz: cannot be read"))
    var flipped = bytes
    flipped[bytes.count - 6] ^= 0xff
    let wrong = try folder.write("wrong.gz", flipped)
    #expect(
      message(in: folder) { _ = try InputFile(wrong).readAll() }.contains(
        "wrong.gz: cannot be read"))
  }

  @Test func moreThanTheFileCanHoldIsNotAllocated() throws {
    let folder = try TemporaryFolder()
    let file = try InputFile(try folder.write("a", "abc"))
    #expect(try file.read(count: 1 << 50) == nil)
    #expect(try file.read(count: 3)?.count == 3)
  }

  @Test func foldersAndNothingAreErrors() throws {
    let folder = try TemporaryFolder()
    #expect(message { _ = try InputFile(folder.path) }.hasSuffix("is a folder, not a file"))
    #expect(message(in: folder) { _ = try InputFile(folder.path + "/x") } == "x: no such file")
  }
}
