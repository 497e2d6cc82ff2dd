import Testing
import TributaryCore

@Suite struct CarriedTensorsTests {
  private let tree: ParameterTree<Int> = [
    "fc.weight": 1, "@control/fc.weight": 2, "@h/fc.weight": 3,
  ]

  @Test func aKindIsFoundByTheModelsNames() {
    #expect(tree.carried("control") == ["fc.weight": 2])
    #expect(tree.carried("h") == ["fc.weight": 3])
    #expect(tree.carried("con").isEmpty)
    #expect(tree.withoutCarried == ["fc.weight": 1])
  }

  @Test func namesGoThereAndBack() {
    #expect(tree.withoutCarried.asCarried("x") == ["@x/fc.weight": 1])
    #expect(tree.withoutCarried.asCarried("x").carried("x") == tree.withoutCarried)
  }
}
