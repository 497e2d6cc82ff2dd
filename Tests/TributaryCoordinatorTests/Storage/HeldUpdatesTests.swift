import Foundation
import Testing
import TributaryCore
import TributaryTestKit
import TributaryWire

@testable import TributaryCoordinator

@Suite struct HeldUpdatesTests {
  private let folder = TemporaryFolder()

  private func update(_ client: Int, round: Int = 3) throws -> ClientUpdate {
    ClientUpdate(
      runID: "run-1", round: round, client: ClientID(index: client), exampleCount: 7 + client,
      delta: [
        "a.weight": HostTensor([1, Float(client), .pi], shape: [3, 1]),
        "b.empty": HostTensor([], shape: [0]),
        "c.count": try HostTensor(
          dtype: .int64, shape: [], bytes: Bytes(copying: [Int64(client)])),
      ], metrics: ["loss": 0.5])
  }

  private var files: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/spool"))?.sorted() ?? []
  }

  @Test func updatesComeBackAsTheyWere() throws {
    var held = HeldUpdates(layout: DirectoryLayout(folder.path))
    for client in 0..<3 { try held.hold(update(client)) }
    #expect(files == ["client-0000.held", "client-0001.held", "client-0002.held"])
    #expect(try held.take(ClientID(index: 1)) == update(1))
    #expect(files == ["client-0000.held", "client-0002.held"])
    #expect(try held.take(ClientID(index: 1)) == nil)
    held.removeAll()
    #expect(files == [])
    #expect(try held.take(ClientID(index: 0)) == nil)
  }

  @Test func whatAKilledCoordinatorLeftGoes() throws {
    let layout = DirectoryLayout(folder.path)
    try FileManager.default.createDirectory(
      atPath: layout.spool, withIntermediateDirectories: true)
    try Data("left".utf8).write(to: URL(fileURLWithPath: layout.spool + "/client-0009.held"))
    UpdateSpool.removeLeftovers(layout)
    #expect(files == [])
  }
}
