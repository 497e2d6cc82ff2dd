import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct FilePartitionerTests {
  private func divide(_ text: String, clients: Int? = nil) throws -> DataPartition {
    let folder = try TemporaryFolder()
    let plan = PartitionPlan(
      kind: "file", clients: clients, path: try folder.write("lists", text))
    return try DataPartition(
      of: PartitionExamples(labels: [0, 1, 0, 1, 0], classes: 2), plan: plan,
      key: RandomKey(seed: 0))
  }

  private func failure(_ text: String, clients: Int? = nil) -> String {
    let text = message { _ = try divide(text, clients: clients) }
    return text.firstRange(of: "lists: ").map { String(text[$0.upperBound...]) } ?? text
  }

  @Test func listsAndLinesMeanTheSame() throws {
    let expected = [[0, 4], [1, 2]]
    #expect(Array(try divide("[[4, 0], [2, 1]]")) == expected)
    #expect(Array(try divide(" 4,0\n2\t1 \n")) == expected)
    let named = try divide("{\"b\": [1, 2], \"a\": [0, 4]}\n")
    #expect(Array(named) == expected && named.names == ["a", "b"])
    #expect(try divide("0\n").unusedCount == 4)
  }

  @Test func whatIsWrongInItIsSaid() {
    #expect(failure("[[0, 5]]") == "client 0: there is no example 5 of 5")
    #expect(failure("0\n-1\n") == "client 1: there is no example -1 of 5")
    #expect(failure("[[0], [0]]") == "example 0 is listed twice")
    #expect(failure("0 x\n") == "line 1: \"x\" is no index")
    #expect(
      failure("[[0, 1.5]]")
        == "is neither a list of lists of indices nor an object of such lists")
    #expect(failure("") == "the file is empty")
    #expect(failure("[[0]]", clients: 2).contains("clients: is 2, but"))
    #expect(
      failure("0\n\n").hasPrefix("the partition file leaves a client 0 examples"))
  }
}
