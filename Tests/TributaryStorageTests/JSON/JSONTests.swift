import Testing
import TributaryCore

@testable import TributaryStorage

@Suite struct JSONTests {
  private func parse(_ text: String) throws -> JSON {
    try JSON(parsing: Bytes(copying: Array(text.utf8)), name: "test")
  }

  @Test func readsEveryKindOfValue() throws {
    let json = try parse(
      #" {"a": [1, -2, 3.5, 1e-12, true, false, null], "b": {"c": "x\n\u00e9\ud83d\ude00\/"}} "#)
    #expect(json["a"]?.array?.count == 7)
    #expect(json["a"]?.array?[1].integer == -2)
    #expect(json["a"]?.array?[3].double == 1e-12)
    #expect(json["b"]?["c"]?.string == "x\né😀/")
  }

  @Test(arguments: [
    "", "{", "[1,", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "nul", "1 2", "\"\\x\"", "\"\\ud800\"",
    "\"\\u12g4\"", "\"a\nb\"", "{1:2}", "--1", "+1", "\u{1}", String(repeating: "[", count: 100),
  ])
  func refuses(_ text: String) {
    #expect(throws: TributaryError.self) { try parse(text) }
  }

  @Test func refusesTextThatIsNotUTF8() {
    #expect(throws: TributaryError.self) {
      try JSON(parsing: Bytes(copying: [0x22, 0xff, 0x22] as [UInt8]), name: "test")
    }
  }

  @Test func writesWhatItReads() throws {
    let text = #"{"b":[1,0.1,1e-12,"\"\\\n\u0001é"],"a":{},"c":[]}"#
    #expect(try parse(text).text == text)
    #expect(try parse(parse(text).indentedText) == parse(text))
  }

  @Test func numbersThatJSONLacksBecomeNull() {
    #expect(JSON.array([.number(.nan), .number(-.infinity)]).text == "[null,null]")
  }
}
