import Testing
import TributaryCore
import TributaryPlan

@Suite struct SeedListTests {
  @Test(
    arguments: [
      ("1..5", [1, 2, 3, 4, 5]), ("1,3,7", [1, 3, 7]), ("9", [9]), ("1..2, 7", [1, 2, 7]),
      ("4..4", [4]), ("\(UInt64.max)", [UInt64.max]), ("0..1", [0, 1]),
    ] as [(String, [UInt64])])
  func parses(_ text: String, _ seeds: [UInt64]) throws {
    #expect(try SeedList.parse(text) == seeds)
  }

  @Test(arguments: [
    "", ",", "1,", "a", "-1", "5..1", "1..", "..5", "1...5", "1,1", "1..3,2", "0..\(UInt64.max)",
    "1..10001", "1.5",
  ])
  func refuses(_ text: String) {
    let error = #expect(throws: TributaryError.self) { try SeedList.parse(text) }
    #expect(error?.code == "sweep.seeds")
  }
}
