internal import TributaryCore

/// A model's name at a hub: `owner/name`, or `name` alone for the oldest ones.
public struct HubRepository: Sendable, Equatable, CustomStringConvertible {
  public let description: String

  /// - Throws: `hub.name` for what no hub takes as a name.
  public init(_ text: String) throws {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy(Self.isName) else {
      throw TributaryError(
        "hub.name", "\"\(text.prefix(80))\" is not a model's name",
        advice: "it looks like OWNER/NAME")
    }
    description = text
  }

  /// The folder's name in the cache: `models--owner--name`.
  var folderName: String { "models--" + description.split(separator: "/").joined(separator: "--") }

  private static func isName(_ part: Substring) -> Bool {
    (1...96).contains(part.utf8.count) && !part.contains("..") && !part.contains("--")
      && part.first != "." && part.first != "-" && part.last != "." && part.last != "-"
      && part.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
          UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
