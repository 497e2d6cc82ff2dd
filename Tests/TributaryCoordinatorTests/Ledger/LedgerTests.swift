import Foundation
import GRDB
import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan
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
      try ledger.round(1)
        == RoundRecord(number: 1, status: .open, present: clients, cohort: [clients[1]]))
    #expect(try ledger.round(2) == nil && ledger.lastRounds().last == nil)
    let outcome = RoundRecord.Outcome(
      checkpoint: "round-0001.safetensors", digest: Digest(of: "x"), participants: [clients[1]],
      dropped: [.init(client: clients[0], reason: "gone")], exampleCount: 9, bytesDown: 1,
      bytesUp: 2, seconds: 3, serverSeconds: 1)
    try ledger.commit(round: 1, outcome, metrics: ["trainLoss": 2, "bad": .nan])
    try ledger.report(
      round: 1, metrics: ["trainLoss": 2, "loss": 1], seconds: 4, serverSeconds: 2)
    let found = try #require(try ledger.lastRounds().last)
    #expect(found.status == .reported && found.metrics == ["trainLoss": 2, "loss": 1])
    #expect(found.outcome?.dropped == outcome.dropped && found.outcome?.seconds == 4)
  }
  @Test func roundsAreCountedAndReadOneByOne() throws {
    let ledger = try Ledger(path: folder("ledger.sqlite"))
    #expect(try ledger.totals() == (0, 0, 0, 0))
    let client = ClientID(index: 0)
    for number in 1...4 {
      try ledger.open(round: number, cohort: [client], present: [client])
      guard number < 4 else { break }
      let outcome = RoundRecord.Outcome(
        checkpoint: "c", digest: Digest(of: "x"), participants: [client], dropped: [],
        exampleCount: 9, bytesDown: 10 * number, bytesUp: number, seconds: 0.5, serverSeconds: 0)
      try ledger.commit(round: number, outcome, metrics: [:])
    }
    #expect(try ledger.totals() == (3, 1.5, 60, 6))
    #expect(try ledger.totals(through: 2) == (2, 1, 30, 3))
    var numbers: [Int] = []
    try ledger.forEachRound { numbers.append($0.number) }
    #expect(numbers == [1, 2, 3, 4])
    let (last, former) = try ledger.lastRounds()
    #expect(last?.number == 3 && former?.number == 2)
  }

  @Test func whoIsAtWorkIsKept() throws {
    var machine = RoundMachine(
      rules: try RoundRules(FederationPlan(), expectedClients: 3), key: RandomKey(seed: 1),
      buffer: UpdateBuffer(size: 1))
    _ = machine.received(.started, at: 0)
    for index in 0..<3 { _ = machine.received(.joined(ClientID(index: index)), at: 0) }
    let ledger = try Ledger(path: folder("ledger.sqlite"))
    try ledger.open(round: 1, cohort: [], present: [], flights: machine.flights)
    #expect(machine.flights.all.count == 3)
    #expect(try ledger.round(1)?.flights == machine.flights)
  }
}
