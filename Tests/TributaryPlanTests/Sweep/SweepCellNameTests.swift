import Testing
@testable import TributaryPlan

@Suite struct SweepCellNameTests {
  @Test func plainSettingsAreTheName() {
    #expect(SweepCellName.of([]) == "base")
    #expect(SweepCellName.of(["a.b=1e-3", "c=x"]) == "a.b=1e-3,c=x")
  }

  @Test func namesStayInTheFolder() {
    let hostile = [
      "../../etc=x", "path=/etc/passwd", "a=\n", "..", "a=\(String(repeating: "x", count: 5000))",
      "a=é", "a={b: 1}", "a={b: 2}", "a=[b: 2]",
    ]
    let names = hostile.map { SweepCellName.of([$0]) }
    for name in names {
      #expect(name.utf8.count <= 160)
      #expect(!name.contains("/") && !name.contains("\n") && !name.hasPrefix("."), "\(name)")
    }
    #expect(Set(names).count == hostile.count)
    #expect(names == hostile.map { SweepCellName.of([$0]) })
  }
}
