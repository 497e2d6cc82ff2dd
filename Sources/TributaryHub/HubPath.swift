/// Paths and hashes that a hub sends, before they become paths here.
enum HubPath {
  private static let slash = UInt8(ascii: "/")

  /// Whether a path stays below the folder it is joined to: `a/b.json`, but not `../a`, `/a` or `a//b`.
  ///
  /// Looked at as bytes, as the system does: to Swift a slash with a combining accent is another character.
  static func isInside(_ path: String) -> Bool {
    path.utf8.count <= 1024
      && path.unicodeScalars.allSatisfy {
        $0.properties.generalCategory != .control && $0 != "\\"
      }
      && path.utf8.split(separator: slash, omittingEmptySubsequences: false).allSatisfy { part in
        !part.isEmpty && part.count <= 255 && !part.elementsEqual(".".utf8)
          && !part.elementsEqual("..".utf8)
      }
  }

  /// How many folders a path goes down.
  static func depth(of path: String) -> Int { path.utf8.count { $0 == slash } }

  static func isHexadecimal(_ text: String, digits: Int) -> Bool {
    text.utf8.count == digits
      && text.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }
}
