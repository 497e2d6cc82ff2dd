/// A piece of a page: text that is markup already. HTML that is well-formed XML, too.
struct Markup {
  private(set) var text: String

  /// Text of any origin, as text: nothing in it is markup.
  static func escaped(_ text: String) -> Markup {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      case "\t", "\n", "\r": result.append(" ")
      // What XML 1.0 forbids, and what turns the direction of the text after it.
      case "\u{0}"..<" ", "\u{7f}"..<"\u{a0}", "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}",
        "\u{fffe}", "\u{ffff}":
        result.append("\u{fffd}")
      default: result.append(scalar)
      }
    }
    return Markup(text: String(result))
  }

  /// What this module itself wrote.
  static func verbatim(_ text: StaticString) -> Markup { Markup(text: "\(text)") }

  /// `<name key="value">content</name>`; values are escaped.
  static func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
    _ content: [Markup] = []
  ) -> Markup {
    let tag = attributes.reduce("\(name)") { $0 + " \($1.key)=\"\(escaped($1.value).text)\"" }
    guard !content.isEmpty || !voids.contains("\(name)") else { return Markup(text: "<\(tag)/>") }
    return Markup(text: "<\(tag)>" + content.map(\.text).joined() + "</\(name)>")
  }

  static func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], text: String
  ) -> Markup {
    element(name, attributes, [escaped(text)])
  }

  /// Elements that end where they begin; HTML takes any other that is closed so for open.
  private static let voids: Set = ["meta", "input", "line", "circle", "polyline", "rect"]
}
