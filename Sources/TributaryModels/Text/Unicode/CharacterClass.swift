/// What a code point means to BERT's tokenizer; several may hold at once.
struct CharacterClass: OptionSet {
  let rawValue: UInt8

  static let removed = CharacterClass(rawValue: 1)
  static let space = CharacterClass(rawValue: 2)
  static let ideograph = CharacterClass(rawValue: 4)
  static let nonspacingMark = CharacterClass(rawValue: 8)
  static let punctuation = CharacterClass(rawValue: 16)
  static let separator = CharacterClass(rawValue: 32)
}

/// The classes of all code points: a table for the first three planes, rules for the others.
struct CharacterClasses: Sendable {
  static let shared = CharacterClasses()

  // Private use planes and what lies above plane 2 keep to a search in the ranges.
  private static let tabulated: UInt32 = 0x30000
  private let table: [UInt8]

  private static let lists: [(CharacterClass, [UInt32])] = [
    (.removed, UnicodeTables.removed), (.space, UnicodeTables.space),
    (.ideograph, UnicodeTables.ideograph), (.nonspacingMark, UnicodeTables.nonspacingMark),
    (.punctuation, UnicodeTables.punctuation), (.separator, UnicodeTables.separator),
  ]

  private init() {
    var table = [UInt8](repeating: 0, count: Int(Self.tabulated))
    for (kind, bounds) in Self.lists {
      for index in stride(from: 0, to: bounds.count, by: 2) where bounds[index] < Self.tabulated {
        for point in bounds[index]...min(bounds[index + 1], Self.tabulated - 1) {
          table[Int(point)] |= kind.rawValue
        }
      }
    }
    self.table = table
  }

  subscript(scalar: Unicode.Scalar) -> CharacterClass {
    if scalar.value < Self.tabulated {
      return CharacterClass(rawValue: table[Int(scalar.value)])
    }
    var found: CharacterClass = []
    for (kind, bounds) in Self.lists where Self.contains(scalar.value, bounds) {
      found.insert(kind)
    }
    return found
  }

  private static func contains(_ point: UInt32, _ bounds: [UInt32]) -> Bool {
    for index in stride(from: 0, to: bounds.count, by: 2)
    where bounds[index] <= point && point <= bounds[index + 1] {
      return true
    }
    return false
  }
}
