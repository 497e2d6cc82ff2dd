import Testing
import TributaryCore

@testable import TributaryModels

@Suite struct PrecompiledNormalizerTests {
  private func charsmap() throws -> [UInt8] {
    try SentencePieceModel(PipelineTokenizerTests.file("albert.spiece.model")).charsmap
  }

  @Test func replacesWhatTheMapHas() throws {
    let normalizer = try PrecompiledNormalizer(charsmap: charsmap())
    let text = Array("ﬁ ™ … e\u{301}\u{3000}Ｘ é".unicodeScalars)
    #expect(String(scalars: normalizer.normalize(text)) == "fi TM ... é X é")
  }

  /// Offsets that lead nowhere find nothing.
  @Test func aDamagedMapIsRefusedOrFindsNothing() throws {
    let whole = try charsmap()
    let text = Array("ﬁ ½ ｶﾞ plain é e\u{301}".unicodeScalars)
    for position in stride(from: 0, to: whole.count, by: 5) {
      var damaged = whole
      damaged[position] ^= 0xff
      let normalizer = try? PrecompiledNormalizer(charsmap: damaged)
      #expect(normalizer.map { $0.normalize(text).count < 4096 } ?? true)
    }
    for count in 0..<8 {
      #expect(throws: TributaryError.self) {
        try PrecompiledNormalizer(charsmap: Array(whole.prefix(count)))
      }
    }
  }
}
