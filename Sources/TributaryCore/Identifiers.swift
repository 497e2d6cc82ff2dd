/// A party with one shard. The name is the same in simulation and on the LAN.
public struct ClientID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  public let name: String

  /// - Throws: `client.name` unless 1 to 64 of letters, digits, `-`, `_` and `.`, not starting
  ///   with a dot: a client's name becomes part of paths and of log lines.
  public init(_ name: String) throws {
    let allowed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard allowed, (1...64).contains(name.utf8.count), !name.hasPrefix(".") else {
      throw TributaryError(
        "client.name", "\"\(name.prefix(80))\" cannot name a client",
        advice: "use 1 to 64 letters, digits, '-', '_' or '.'")
    }
    self.name = name
  }

  /// The name that `partition` gives the client at `index`: `client-0007`.
  public init(index: Int) {
    let digits = String(index)
    name = "client-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }

  public var description: String { name }
  public static func < (left: ClientID, right: ClientID) -> Bool {
    left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }
}
