internal import GRDB
internal import TributaryCore
internal import TributaryPlan

extension Ledger {
  /// The run, or nil before `begin`.
  func run() throws -> RunRecord? {
    try read { db in
      guard let row = try Row.fetchOne(db, sql: "SELECT * FROM run") else { return nil }
      let summary: String? = row["summary"]
      return RunRecord(
        runID: row["id"], planJSON: row["plan"],
        planDigest: try Self.digest(row["planDigest"]),
        modelDigest: try Self.digest(row["modelDigest"]),
        summary: try summary.map { try PlanJSON.decode(RunSummary.self, from: $0) })
    }
  }

  func begin(_ run: RunRecord) throws {
    try write("the run") { db in
      try db.execute(
        sql: "INSERT INTO run (id, plan, planDigest, modelDigest) VALUES (?, ?, ?, ?)",
        arguments: [run.runID, run.planJSON, run.planDigest.hex, run.modelDigest.hex])
    }
  }

  func complete(_ summary: RunSummary) throws {
    let json = try PlanJSON.encode(summary)
    try write("the run's end") { db in
      try db.execute(
        sql: "UPDATE run SET summary = ? WHERE id = ?", arguments: [json, summary.runID])
    }
  }

  static func digest(_ text: String) throws -> Digest {
    guard let digest = Digest(hex: text) else {
      throw TributaryError("ledger.damaged", "the ledger has a digest that is none: \(text)")
    }
    return digest
  }
}
