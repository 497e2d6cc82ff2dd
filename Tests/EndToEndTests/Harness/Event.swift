import Foundation

/// A line of `--json` or of `events.jsonl`, as far as tests look at it.
struct Event: Decodable, Sendable {
  var event: String
  var address: String?
  var bytesDown: Int?
  var bytesUp: Int?
  var client: String?
  var code: String?
  var digest: String?
  var metrics: [String: Double]?
  var model: String?
  var nextRound: Int?
  var participants: [String]?
  var reason: String?
  var round: Int?
  var rounds: Int?
  var seconds: Double?

  /// nil where the line is no event.
  init?(_ line: String) {
    guard let event = try? JSONDecoder().decode(Event.self, from: Data(line.utf8)) else {
      return nil
    }
    self = event
  }
}
