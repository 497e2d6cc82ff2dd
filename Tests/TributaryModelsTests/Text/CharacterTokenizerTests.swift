import Testing

@testable import TributaryModels

@Suite struct CharacterTokenizerTests {
  @Test func everyCharacterIsAToken() {
    let tokenizer = CharacterTokenizer.standard
    #expect(tokenizer.vocabularyCount == 97)
    let text = "To be, or not to be:\nthat is {the} question~"
    let ids = tokenizer.encode(text, maximumTokens: 1000)
    #expect(ids.count == text.unicodeScalars.count && ids.allSatisfy { $0 > 0 && $0 < 97 })
    #expect(tokenizer.decode(ids) == text)
    #expect(tokenizer.encode(text, maximumTokens: 5) == Array(ids.prefix(5)))
    #expect(tokenizer.encode("\n ~", maximumTokens: 9) == [1, 2, 96])
  }

  @Test func othersShareOneToken() {
    let tokenizer = CharacterTokenizer(characters: "abca\u{e9}")
    #expect(tokenizer.vocabularyCount == 5)
    #expect(tokenizer.encode("cab\u{e9}xZ\r\n", maximumTokens: 9) == [3, 1, 2, 4, 0, 0, 0, 0])
    #expect(tokenizer.decode([3, 0, 1, 9, -1, 4]) == "ca\u{e9}")
    #expect(tokenizer.id(of: "c") == 3 && tokenizer.id(of: "x") == nil)
    #expect(tokenizer.id(of: "ab") == nil)
  }
}
