import Testing
@testable import TributaryReport

@Suite struct PartitionPictureTests {
  @Test func barsAreSharesAndSizes() throws {
    let partition = RunFiles.Partition(
      classes: ["<a>", "b"],
      clients: [("north", 8, [6, 2]), ("south", 4, [0, 4])])
    let text = try #require(PartitionPicture(title: "p", partition: partition).markup?.text)
    // Shares of 500: 375 and 125; sizes of 230: all and half.
    for width in ["375.00", "125.00", "500.00", "230.00", "115.00"] {
      #expect(text.contains("width=\"\(width)\""), "\(width)")
    }
    #expect(text.contains("<title>north: 6 of &lt;a&gt;</title>"))
    #expect(text.contains("<title>south: 4 examples</title>") && !text.contains("south: 0 of"))
  }

  @Test func manyClientsAreDrawnAsSome() throws {
    let partition = RunFiles.Partition(
      classes: ["a"], clients: (0..<5000).map { ("c\($0)", 1, []) })
    let text = try #require(PartitionPicture(title: "p", partition: partition).markup?.text)
    #expect(text.split(separator: "<rect ").count == 201)
    #expect(text.contains("5000 clients, 200 drawn"))
    #expect(text.contains("c0: 1 examples") && text.contains("c4975: 1 examples"))
  }
}
