import Testing
import TributaryCore

@Suite struct ParameterTreeTests {
  @Test func orderIsByTheBytesOfTheNameHoweverItWasBuilt() {
    let names = ["b", "a.10", "a.2", "B", "é", "a"]
    let expected = ["B", "a", "a.10", "a.2", "b", "é"]
    #expect(ParameterTree(names.map { ($0, 0) }).names == expected)
    var tree = ParameterTree<Int>()
    for name in names { tree[name] = 0 }
    #expect(tree.names == expected)
  }

  @Test func subscriptReadsReplacesAddsAndRemoves() {
    var tree: ParameterTree<Int> = ["x": 1, "y": 2]
    #expect(tree["x"] == 1 && tree["z"] == nil && tree.contains("y"))
    tree["x"] = 3
    tree["z"] = 4
    tree["y"] = nil
    tree["absent"] = nil
    #expect(Array(tree).map(\.0) == ["x", "z"] && tree.values == [3, 4])
  }

  @Test func equivalentNamesOfOtherBytesAreTwo() {
    let names = ["e\u{301}", "\u{e9}"]
    var tree = ParameterTree(zip(names, [1, 2]))
    #expect(tree.count == 2 && tree[names[0]] == 1 && tree[names[1]] == 2)
    tree[names[1]] = nil
    #expect(tree.values == [1] && !tree.contains(names[1]))
    #expect(ParameterTree([("a", 1), ("b", 2), ("a", 3)]) == ["a": 3, "b": 2])
  }

  @Test func mergingLetsTheOtherWin() {
    let left: ParameterTree<Int> = ["a": 1, "b": 1]
    #expect(left.merging(["b": 2, "c": 2]) == ["a": 1, "b": 2, "c": 2])
    #expect(left.filter { name, _ in name == "a" } == ["a": 1])
    #expect(left.map { name, value in "\(name)\(value)" } == ["a": "a1", "b": "b1"])
  }
}
