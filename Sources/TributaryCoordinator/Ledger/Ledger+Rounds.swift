internal import GRDB
internal import TributaryCore
internal import TributaryFederation
internal import TributaryPlan

extension Ledger {
  /// All rounds, from the first, one at a time: each may have many thousand clients.
  func forEachRound(_ body: (RoundRecord) throws -> Void) throws {
    try read { db in
      let rows = try Row.fetchCursor(db, sql: "SELECT * FROM round ORDER BY number")
      while let row = try rows.next() { try body(Self.round(row)) }
    }
  }

  /// The last round that is done, and the one before it.
  func lastRounds() throws -> (last: RoundRecord?, former: RoundRecord?) {
    let rounds = try read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM round WHERE status <> ? ORDER BY number DESC LIMIT 2",
        arguments: [RoundRecord.Status.open.rawValue]
      ).map(Self.round)
    }
    return (rounds.first, rounds.dropFirst().first)
  }

  /// One round; nil where it has not begun.
  func round(_ number: Int) throws -> RoundRecord? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM round WHERE number = ?", arguments: [number])
        .map(Self.round)
    }
  }

  /// What the rounds that are done, up to `last`, took together.
  func totals(
    through last: Int = .max
  ) throws -> (count: Int, seconds: Double, bytesDown: Int, bytesUp: Int) {
    try read { db in
      guard
        let sums = try Row.fetchOne(
          db,
          sql: """
            SELECT COUNT(*), TOTAL(seconds), COALESCE(SUM(bytesDown), 0), COALESCE(SUM(bytesUp), 0)
            FROM round WHERE status <> ? AND number <= ?
            """, arguments: [RoundRecord.Status.open.rawValue, last])
      else { return (0, 0, 0, 0) }
      return (sums[0], sums[1], sums[2], sums[3])
    }
  }

  /// Records that `round` begins; its tasks may go out after this.
  func open(
    round: Int, cohort: [ClientID], present: [ClientID], flights: Flights = Flights()
  ) throws {
    let arguments: StatementArguments = [
      round, RoundRecord.Status.open.rawValue, try PlanJSON.encode(present),
      try PlanJSON.encode(cohort), try PlanJSON.encode(flights),
    ]
    try write("the start of round \(round)") { db in
      try db.execute(
        sql: """
          INSERT OR REPLACE INTO round (number, status, present, cohort, flights)
          VALUES (?, ?, ?, ?, ?)
          """, arguments: arguments)
    }
  }

  /// Records that the checkpoint of `round` is durable.
  ///
  /// - Parameter flights: who was at work as the round closed: failures have moved others into its buffer.
  func commit(
    round: Int, _ outcome: RoundRecord.Outcome, metrics: [String: Double],
    flights: Flights = Flights()
  ) throws {
    let arguments: StatementArguments = [
      RoundRecord.Status.committed.rawValue, outcome.checkpoint, outcome.digest.hex,
      try PlanJSON.encode(outcome.participants),
      try PlanJSON.encode(outcome.dropped.map { [$0.client.name, $0.reason] }),
      outcome.exampleCount, outcome.bytesDown, outcome.bytesUp, outcome.seconds,
      outcome.serverSeconds, try PlanJSON.encode(metrics.filter(\.value.isFinite)),
      try PlanJSON.encode(
        Dictionary(
          uniqueKeysWithValues: outcome.clientMetrics.map {
            ($0.name, $1.filter(\.value.isFinite))
          })), try PlanJSON.encode(flights), round,
    ]
    try write("the end of round \(round)") { db in
      try db.execute(
        sql: """
          UPDATE round SET status = ?, checkpoint = ?, digest = ?, participants = ?, dropped = ?,
            exampleCount = ?, bytesDown = ?, bytesUp = ?, seconds = ?, serverSeconds = ?, metrics = ?,
            clientMetrics = ?, landed = ?
          WHERE number = ?
          """, arguments: arguments)
    }
  }

  /// Records that `round` is evaluated and its event written.
  func report(
    round: Int, metrics: [String: Double], seconds: Double, serverSeconds: Double
  ) throws {
    let json = try PlanJSON.encode(metrics.filter(\.value.isFinite))
    try write("the metrics of round \(round)") { db in
      try db.execute(
        sql: """
          UPDATE round SET status = ?, metrics = ?, seconds = ?, serverSeconds = ? WHERE number = ?
          """,
        arguments: [
          RoundRecord.Status.reported.rawValue, json, seconds, serverSeconds, round,
        ])
    }
  }

  /// Takes back what came of `round`, whose checkpoint is damaged: it is open again with the same
  /// cohort, and what was begun after it is forgotten.
  func reopen(round: Int) throws {
    try write("that round \(round) is done again") { db in
      try db.execute(
        sql: "UPDATE round SET status = ?, checkpoint = NULL, digest = NULL WHERE number = ?",
        arguments: [RoundRecord.Status.open.rawValue, round])
      try db.execute(sql: "DELETE FROM round WHERE number > ?", arguments: [round])
    }
  }

  private static func round(_ row: Row) throws -> RoundRecord {
    guard let status = RoundRecord.Status(rawValue: row["status"]) else {
      throw TributaryError("ledger.damaged", "the ledger has a round of unknown status")
    }
    return RoundRecord(
      number: row["number"], status: status,
      present: try PlanJSON.decode([ClientID].self, from: row["present"]),
      cohort: try PlanJSON.decode([ClientID].self, from: row["cohort"]),
      flights: try flights(row, isOpen: status == .open),
      outcome: status == .open ? nil : try outcome(row),
      metrics: try PlanJSON.decode([String: Double].self, from: row["metrics"]))
  }

  /// As the round was opened, or once it has closed as it closed.
  private static func flights(_ row: Row, isOpen: Bool) throws -> Flights {
    let landed: String? = isOpen ? nil : row["landed"]
    return try PlanJSON.decode(Flights.self, from: landed ?? row["flights"])
  }

  private static func outcome(_ row: Row) throws -> RoundRecord.Outcome {
    RoundRecord.Outcome(
      checkpoint: row["checkpoint"], digest: try digest(row["digest"]),
      participants: try PlanJSON.decode([ClientID].self, from: row["participants"]),
      dropped: try PlanJSON.decode([[String]].self, from: row["dropped"]).map { pair in
        DroppedClient(client: try ClientID(pair.first ?? ""), reason: pair.last ?? "")
      },
      exampleCount: row["exampleCount"], bytesDown: row["bytesDown"], bytesUp: row["bytesUp"],
      seconds: row["seconds"], serverSeconds: row["serverSeconds"],
      clientMetrics: Dictionary(
        uniqueKeysWithValues: try PlanJSON.decode(
          [String: [String: Double]].self, from: row["clientMetrics"]
        ).map { (try ClientID($0), $1) }))
  }
}
