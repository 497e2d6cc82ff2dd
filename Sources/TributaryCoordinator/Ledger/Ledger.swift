internal import GRDB
internal import TributaryCore

/// The run's memory: one SQLite file, the single owner of what is done and what is not.
///
/// Write-ahead log with `synchronous=FULL`: when a method returns, what it wrote survives a power cut.
final class Ledger: Sendable {
  /// Raised when the tables change.
  static let version = 4

  let database: DatabaseQueue

  /// Opens or creates the ledger at `path`.
  /// - Throws: `ledger.version` where another version wrote it, `ledger.open` where it is no ledger.
  init(path: String) throws {
    var configuration = Configuration()
    configuration.journalMode = .wal
    do {
      database = try DatabaseQueue(path: path, configuration: configuration)
      // After GRDB's own set-up, which lowers it to NORMAL together with the write-ahead log.
      try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      try database.write(Self.createTables)
    } catch let error as TributaryError {
      throw error
    } catch {
      throw TributaryError("ledger.open", "the ledger \(path) cannot be used", cause: error)
    }
  }

  private static func createTables(_ db: Database) throws {
    let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    guard found == 0 else {
      guard found == version else {
        throw TributaryError(
          "ledger.version", "the ledger has version \(found), this program writes \(version)",
          advice: "resume with the version of tributary that began the run")
      }
      return
    }
    try db.execute(
      sql: """
        CREATE TABLE run (
          id TEXT PRIMARY KEY, plan TEXT NOT NULL, planDigest TEXT NOT NULL,
          modelDigest TEXT NOT NULL, summary TEXT) STRICT;
        CREATE TABLE round (
          number INTEGER PRIMARY KEY, status TEXT NOT NULL, present TEXT NOT NULL,
          cohort TEXT NOT NULL, flights TEXT NOT NULL, landed TEXT, checkpoint TEXT, digest TEXT, participants TEXT, dropped TEXT,
          exampleCount INTEGER, bytesDown INTEGER, bytesUp INTEGER, seconds REAL,
          serverSeconds REAL, metrics TEXT NOT NULL DEFAULT '{}',
          clientMetrics TEXT NOT NULL DEFAULT '{}') STRICT;
        PRAGMA user_version = \(version);
        """)
  }

  func write(_ what: String, _ body: (Database) throws -> Void) throws {
    do {
      try database.write(body)
    } catch {
      throw TributaryError("ledger.write", "the ledger cannot record \(what)", cause: error)
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do {
      return try database.read(body)
    } catch let error as TributaryError {
      throw error
    } catch {
      throw TributaryError("ledger.read", "the ledger cannot be read", cause: error)
    }
  }
}
