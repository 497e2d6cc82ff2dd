/// Tells a list of values to try, `a,b`, from one YAML value with commas in it: `[a, b]`, `{a: 1, b: 2}`, `"a,b"`.
enum SweepValues {
  /// The values between the commas that stand outside brackets, braces and quotes; the whole text where those are
  /// not balanced, for the YAML reader to complain about.
  static func split(_ text: Substring) -> [String] {
    var scan = Scan()
    var values: [Substring] = []
    var start = text.startIndex
    for index in text.indices {
      guard scan.passes(text[index]) else { continue }
      values.append(text[start..<index])
      start = text.index(after: index)
    }
    guard scan.isBalanced else { return [text.trimmingSpaces] }
    return (values + [text[start...]]).map(\.trimmingSpaces)
  }

  private struct Scan {
    private var closing: [Character] = []
    private var quote: Character?
    private var isEscaped = false
    /// Whether a quote would open a quoted text here; within a word it is a letter like others.
    private var atStart = true

    var isBalanced: Bool { closing.isEmpty && quote == nil }

    /// Takes the next character; whether it is a comma between values.
    mutating func passes(_ character: Character) -> Bool {
      if let quote {
        if isEscaped {
          isEscaped = false
        } else if quote == "\"", character == "\\" {
          isEscaped = true
        } else if character == quote {
          self.quote = nil
        }
        return false
      }
      defer { if character != " " { atStart = "[{,:".contains(character) } }
      switch character {
      case "\"" where atStart, "'" where atStart: quote = character
      case "[": closing.append("]")
      case "{": closing.append("}")
      case closing.last: closing.removeLast()
      case ",": return closing.isEmpty
      default: break
      }
      return false
    }
  }
}
