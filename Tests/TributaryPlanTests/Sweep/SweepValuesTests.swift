import Testing
@testable import TributaryPlan

@Suite struct SweepValuesTests {
  @Test(arguments: [
    ("a", ["a"]), ("a,b", ["a", "b"]), (" a , b ", ["a", "b"]), ("", [""]), ("a,", ["a", ""]),
    ("[a, b]", ["[a, b]"]), ("[a, b],[c]", ["[a, b]", "[c]"]),
    ("{kind: a, x: [1, 2]}, {kind: b}", ["{kind: a, x: [1, 2]}", "{kind: b}"]),
    (#""a,b""#, [#""a,b""#]), (#"'a,b',c"#, ["'a,b'", "c"]), (#""a\",b",c"#, [#""a\",b""#, "c"]),
    ("don't,won't", ["don't", "won't"]), ("['a]', b],c", ["['a]', b]", "c"]),
    ("[a,b", ["[a,b"]), ("\"a,b", ["\"a,b"]), ("a],b", ["a]", "b"]),
  ])
  func split(_ text: String, _ values: [String]) {
    #expect(SweepValues.split(text[...]) == values)
  }
}
