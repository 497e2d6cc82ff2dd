internal import TributaryCore
internal import TributaryFederation
internal import TributaryPlan
internal import TributaryStorage

/// A trace of clients' availability: `client,from,to` a line (a header is understood), or a JSON object a line with
/// these members. Rounds count from 1, `to` is the last one.
struct AvailabilityFile {
  let trace: TraceAvailability
  /// A run that goes on must find the same trace.
  let digest: Digest

  private static let byteLimit = 1 << 30

  /// - Throws: `file.open` where it cannot be read, `availability.trace` for a line that is none.
  init(path: String) throws {
    let bytes = try DurableFile.read(path)
    guard bytes.count <= Self.byteLimit else {
      throw Self.wrong(path, nil, "\(bytes.count) bytes are too many")
    }
    var windows: [ClientID: [ClosedRange<Int>]] = [:]
    let lines = bytes.withUnsafeBytes {
      String(decoding: $0, as: UTF8.self).split(
        omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }
    for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
      if index == 0, Self.fields(line) == ["client", "from", "to"] { continue }
      let (client, rounds) = try Self.window(line, path, index + 1)
      windows[client, default: []].append(rounds)
    }
    trace = TraceAvailability(windows)
    digest = Digest(of: bytes)
  }

  private static func fields(_ line: Substring) -> [String] {
    line.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.filter { !$0.isWhitespace }
    }
  }

  private static func window(
    _ line: Substring, _ path: String, _ number: Int
  ) throws -> (ClientID, ClosedRange<Int>) {
    let (name, first, last): (String?, Int?, Int?)
    if line.drop(while: \.isWhitespace).hasPrefix("{") {
      let object = try JSON(
        parsing: Bytes(copying: Array(line.utf8)), name: "\(path):\(number)")
      (name, first, last) = (
        object["client"]?.string, object["from"]?.integer, object["to"]?.integer
      )
    } else {
      let fields = fields(line)
      guard fields.count == 3 else {
        throw wrong(path, number, "expected client,from,to")
      }
      (name, first, last) = (fields[0], Int(fields[1]), Int(fields[2]))
    }
    guard let name, let first, let last, first >= 1, last >= first else {
      throw wrong(path, number, "expected a client and its first and last round, from 1")
    }
    return (try ClientID(name), first...last)
  }

  private static func wrong(_ path: String, _ line: Int?, _ reason: String) -> TributaryError {
    TributaryError(
      "availability.trace", path + (line.map { " line \($0)" } ?? "") + ": " + reason)
  }
}

extension AvailabilityPlan {
  /// - Parameter file: the trace's, where the kind is `trace`.
  func availability(_ file: AvailabilityFile?) -> any ClientAvailability {
    switch kind {
    case .always: AlwaysAvailable()
    case .periodic: PeriodicAvailability(self)
    case .trace: file?.trace ?? TraceAvailability([:])
    }
  }
}
