/// Bytes as characters: GPT-2's way to spell any text with 256 of them.
struct ByteLevel: PreTokenizer, TokenDecoder {
  var addsPrefixSpace = false
  /// Whether GPT-2's pattern cuts the text into words.
  var usesPattern = true

  /// Printable Latin-1 characters stand for themselves, all others for the characters from U+0100 on.
  private static let characters: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (0..<256).map { byte in
      if (0x21...0x7e).contains(byte) || (0xa1...0xac).contains(byte) || byte >= 0xae {
        return Unicode.Scalar(UInt8(byte))
      }
      defer { next += 1 }
      return Unicode.Scalar(next).unsafelyUnwrapped
    }
  }()
  private static let bytes = Dictionary(
    uniqueKeysWithValues: characters.enumerated().map { ($0.element, UInt8($0.offset)) })

  func split(_ piece: TextPiece) -> [TextPiece] {
    var piece = piece
    if addsPrefixSpace && piece.scalars.first != " " { piece.scalars.insert(" ", at: 0) }
    let words =
      usesPattern ? Split(pattern: .gpt2, behavior: .isolated).split(piece) : [piece]
    return words.map { TextPiece(scalars: Self.spell($0.scalars), isFirst: $0.isFirst) }
  }

  private static func spell(_ word: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(word.count)
    for scalar in word {
      if scalar.value < 0x80 {
        result.append(characters[Int(scalar.value)])
      } else {
        for byte in UTF8.encode(scalar).unsafelyUnwrapped { result.append(characters[Int(byte)]) }
      }
    }
    return result
  }

  func decode(_ tokens: [[Unicode.Scalar]]) -> [[Unicode.Scalar]] {
    let bytes = tokens.flatMap { token -> [UInt8] in
      let spelt = token.compactMap { Self.bytes[$0] }
      return spelt.count == token.count ? spelt : Array(String(scalars: token).utf8)
    }
    return [Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)]
  }
}
