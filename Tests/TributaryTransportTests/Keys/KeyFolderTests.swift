import Foundation
import Testing
import TributaryCore
import TributaryTransport

@Suite struct KeyFolderTests {
  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? NSNumber).intValue
  }

  @Test func theLayoutIsAsDocumented() throws {
    let folder = try TemporaryKeys(workers: ["alice"])
    let path = folder.path
    for file in [
      "coordinator.key", "coordinator.pub", "authorized/alice.pub", "workers/alice/worker.key",
      "workers/alice/worker.pub", "workers/alice/coordinator.pub",
    ] { #expect(FileManager.default.fileExists(atPath: "\(path)/\(file)"), "\(file)") }
    #expect(try mode("\(path)/coordinator.key") == 0o600)
    #expect(try mode("\(path)/workers/alice/worker.key") == 0o600)
  }

  @Test func runAgainItAddsAndKeeps() throws {
    let folder = try TemporaryKeys(workers: ["alice"])
    let before = try String(contentsOfFile: folder.path + "/coordinator.key", encoding: .utf8)
    let written = try folder.keys.generate(workers: ["alice", "bob"])
    #expect(written.count == 4)
    #expect(written.allSatisfy { $0.contains("bob") })
    let after = try String(contentsOfFile: folder.path + "/coordinator.key", encoding: .utf8)
    #expect(before == after)
    #expect(try folder.keys.generate(workers: ["alice", "bob"]).isEmpty)
  }

  @Test func aSecretThatOthersReadIsRefused() throws {
    let folder = try TemporaryKeys(workers: ["alice"])
    let file = folder.path + "/workers/alice/worker.key"
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    let error = #expect(throws: TributaryError.self) { try folder.worker("alice") }
    #expect(error?.code == "keys.permissions")
    #expect(error?.advice == "chmod 600 \(file)")
  }

  @Test func missingAndMalformedFilesAreNamed() throws {
    let folder = try TemporaryKeys(workers: ["alice"])
    #expect(throws: TributaryError.self) { try folder.worker("nobody") }
    let file = folder.path + "/workers/alice/coordinator.pub"
    for text in ["", "not a key\n", String(repeating: "a", count: 39), "\u{0}\u{ff}"] {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      let error = #expect(throws: TributaryError.self) { try folder.worker("alice") }
      #expect(error?.code == "keys.malformed")
      #expect(error?.message.contains(file) == true)
    }
  }

  @Test func aNameCannotLeaveTheFolder() throws {
    let folder = try TemporaryKeys(workers: [])
    for name in ["../evil", "a/b", "", ".hidden"] {
      #expect(throws: TributaryError.self) { try folder.keys.generate(workers: [name]) }
    }
  }

  @Test func aSecretDoesNotPrint() throws {
    let secret = try CurveSecret.generate()
    #expect("\(secret)" == "CurveSecret")
    #expect(String(reflecting: secret).count < 60)
    #expect(secret.publicKey.z85.count == 40)
  }
}
