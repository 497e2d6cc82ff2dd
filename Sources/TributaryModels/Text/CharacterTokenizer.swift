internal import TributaryStorage

/// Text as its characters (Unicode scalars), one token each, out of a fixed list.
///
/// Id 0 stands for every other character and for padding; the list begins at 1. Without special tokens.
public struct CharacterTokenizer: Tokenizer, Equatable {
  public let characters: String
  private let scalars: [Unicode.Scalar]
  private let ids: [Unicode.Scalar: Int32]

  /// The line break and the printable characters of ASCII.
  public static let standard = CharacterTokenizer(
    characters: "\n" + String(String.UnicodeScalarView((32...126).map { Unicode.Scalar($0) })))

  /// - Parameter characters: a repeated one counts once.
  public init(characters: String) {
    var seen = Set<Unicode.Scalar>()
    scalars = characters.unicodeScalars.filter { seen.insert($0).inserted }
    self.characters = characters
    ids = Dictionary(
      uniqueKeysWithValues: scalars.enumerated().map { ($0.element, Int32($0.offset + 1)) })
  }

  /// That of a model whose settings list its `characters`; nil for others.
  init?(_ configuration: ModelConfiguration) {
    guard let characters = configuration.settings["characters"]?.string else { return nil }
    self.init(characters: characters)
  }

  public var paddingID: Int32 { 0 }
  /// The characters of the list and the one for all others.
  public var vocabularyCount: Int { scalars.count + 1 }

  /// One id a character, the first `maximumTokens` of them.
  public func encode(_ text: String, maximumTokens: Int) -> [Int32] {
    text.unicodeScalars.prefix(maximumTokens).map { ids[$0] ?? 0 }
  }

  /// The characters of `ids`; ids that stand for none are left out.
  public func decode(_ ids: [Int32]) -> String {
    var text = String.UnicodeScalarView()
    for id in ids where id > 0 && id <= scalars.count { text.append(scalars[Int(id) - 1]) }
    return String(text)
  }

  /// The id of a text of one character; nil where it is none of the list.
  public func id(of token: String) -> Int32? {
    token.unicodeScalars.count == 1 ? token.unicodeScalars.first.flatMap { ids[$0] } : nil
  }
}
