import Foundation
import GRDB
import Testing
import TributaryCore
import TributaryFederation
import TributaryTestKit

@testable import TributaryCoordinator

@Suite struct LedgerTests {
  private let folder = TemporaryFolder()

  @Test func everyCommitIsSynchronous() throws {
    let ledger = try Ledger(path: folder("ledger.sqlite"))
    let (journal, synchronous) = try ledger.read { db in
      (
        try String.fetchOne(db, sql: "PRAGMA journal_mode"),
        try Int.fetchOne(db, sql: "PRAGMA synchronous")
      )
    }
    #expect(journal == "wal" && synchronous == 2)
  }

  @Test func anotherVersionOrAnotherFileIsRefused() throws {
    let path = folder("ledger.sqlite")
    try Ledger(path: path).write("a version") { try $0.execute(sql: "PRAGMA user_version = 99") }
    #expect(throws: TributaryError.self) { try Ledger(path: path) }
    try Data("not a database, but long enough to be looked at".utf8).write(
      to: URL(fileURLWithPath: folder("text")))
    #expect(throws: TributaryError.self) { try Ledger(path: folder("text")) }
  }

  @Test func aRoundGoesFromOpenToReported() throws {
    let ledger = try Ledger(path: folder("ledger.sqlite"))
    let clients = (0..<3).map(ClientID.init(index:))
    try ledger.open(round: 1, cohort: [clients[1]], present: clients)
    #expect(
      try ledger.rounds() == [
        RoundRecord(number: 1, status: .open, present: clients, cohort: [clients[1]])
      ])
    let outcome = RoundRecord.Outcome(
      checkpoint: "round-0001.safetensors", digest: Digest(of: "x"), participants: [clients[1]],
      dropped: [.init(client: clients[0], reason: "gone")], exampleCount: 9, bytesDown: 1,
      bytesUp: 2, seconds: 3, serverSeconds: 1)
    try ledger.commit(round: 1, outcome, metrics: ["trainLoss": 2, "bad": .nan])
    try ledger.report(
      round: 1, metrics: ["trainLoss": 2, "loss": 1], seconds: 4, serverSeconds: 2)
    let found = try #require(try ledger.rounds().first)
    #expect(found.status == .reported && found.metrics == ["trainLoss": 2, "loss": 1])
    #expect(found.outcome?.dropped == outcome.dropped && found.outcome?.seconds == 4)
  }
}
