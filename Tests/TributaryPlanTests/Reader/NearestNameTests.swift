import Testing

@testable import TributaryPlan

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("optimizr", "optimizer"), ("Epochs", "epochs"), ("batch-size", "batchSize"),
    ("epcohs", "epochs"), ("thread", "threads"),
  ])
  func findsWhatWasMeant(_ name: String, _ expected: String) {
    let names = ["epochs", "batchSize", "optimizer", "schedule", "threads"]
    #expect(NearestName.of(name, among: names) == expected)
  }

  @Test func saysNothingWhereNothingIsNear() {
    #expect(NearestName.of("quantum", among: ["epochs", "threads"]) == nil)
    #expect(NearestName.of("x", among: [String]()) == nil)
  }

  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("abc", "acb", 1), ("kitten", "sitting", 3),
    ("", "abc", 3), ("same", "same", 0),
  ])
  func distances(_ left: String, _ right: String, _ expected: Int) {
    #expect(NearestName.editDistance(Array(left.utf8), Array(right.utf8)) == expected)
    #expect(NearestName.editDistance(Array(right.utf8), Array(left.utf8)) == expected)
  }
}
