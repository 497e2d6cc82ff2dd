import Foundation
import TributaryCore
import TributaryStorage
import TributaryTransport

/// How a coordinator listened, kept in its directory so that `--resume DIR` is enough to go on.
struct Listening: Codable {
  var bind: String
  var keys: String?
  var insecure: Bool

  private static func file(in directory: String) -> URL {
    URL(fileURLWithPath: directory).appendingPathComponent("listen.json")
  }

  /// nil where a crash came before it was written.
  static func read(in directory: String) -> Listening? {
    guard let data = try? Data(contentsOf: file(in: directory)) else { return nil }
    return try? JSONDecoder().decode(Listening.self, from: data)
  }

  func write(to directory: String) throws {
    var absolute = self
    absolute.keys = keys.map { URL(fileURLWithPath: $0).path }
    try DurableFile.write(
      Bytes(copying: Array(try JSONEncoder().encode(absolute))),
      to: Self.file(in: directory).path)
  }

  private struct Event: Encodable {
    var event = "listening"
    var address: String
    var insecure: Bool
  }

  /// Says where workers connect to: on stderr, or as an event on stdout.
  func announce(asJSON: Bool) throws {
    if asJSON {
      Text.emit(try Text.json(Event(address: bind, insecure: insecure)))
    } else {
      FileHandle.standardError.write(
        Data("listening at \(bind)\(insecure ? ", INSECURE" : "")\n".utf8))
    }
  }

  func security() throws -> CoordinatorSecurity {
    guard let keys else {
      guard insecure else {
        throw TributaryError("keys.missing", "no folder of keys", advice: "say --keys FOLDER")
      }
      return .insecure
    }
    return try KeyFolder(keys).coordinatorSecurity()
  }
}
