import Foundation
import Testing
import TributaryCoordinator
import TributaryCore
import TributaryTestKit

@testable import TributaryReport

@Suite struct RunFilesTests {
  private let folder = TemporaryFolder()

  private func files(_ name: String, _ text: String) throws -> RunFiles {
    let directory = folder(UUID().uuidString)
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
    return try RunFiles(of: DirectoryLayout(directory))
  }

  @Test func aRunThatLeftNothing() throws {
    let files = try files("other", "x")
    #expect(files.clients == nil && files.matrix == nil)
    #expect(files.confusion == nil && files.partition == nil)
  }

  @Test func tablesHaveNamesAndNumbers() throws {
    let table = try #require(
      try files("clients.csv", "client,examples,globalAccuracy\na,3,0.5\nb,4,\nc,5,nan\n").clients)
    #expect(table.rows.map(\.name) == ["a", "b", "c"])
    #expect(table.column("globalAccuracy") == [0.5] && table.column("examples") == [3, 4, 5])
    #expect(table.column("none") == [])
  }

  @Test func confusionAndPartition() throws {
    let confusion = try files(
      "evaluation.json", "{\"classes\": [\"a\", \"b\"], \"confusion\": [[3, 1], [0, 2]]}"
    ).confusion
    #expect(confusion?.counts == [[3, 1], [0, 2]] && confusion?.classes == ["a", "b"])
    let partition = try files(
      "partition.json",
      "{\"summary\": {\"classes\": [\"a\"]}, \"clients\": [{\"client\": \"client-0000\", "
        + "\"name\": \"north\", \"examples\": 2, \"labels\": [2]}, "
        + "{\"client\": \"client-0001\", \"examples\": 0}]}"
    ).partition
    #expect(partition?.clients.map(\.name) == ["north", "client-0001"])
    #expect(partition?.clients.map(\.labels) == [[2], []])
  }

  @Test(arguments: [
    ("clients.csv", ""), ("clients.csv", "client,x\na\n"), ("evaluation.json", "{"),
    ("evaluation.json", "{\"classes\": [\"a\"], \"confusion\": [[1, 2]]}"),
    ("evaluation.json", "{\"classes\": [\"a\", \"b\"], \"confusion\": [[1, 2]]}"),
    ("evaluation.json", "{\"classes\": [\"a\"], \"confusion\": [[-1]]}"),
    ("partition.json", "{\"summary\": {\"classes\": [\"a\"]}, \"clients\": [{}]}"),
    (
      "partition.json",
      "{\"summary\": {\"classes\": [\"a\"]}, \"clients\": [{\"client\": \"c\", \"examples\": 1, \"labels\": [1, 2]}]}"
    ),
  ])
  func whatNoRunWroteIsRefused(_ name: String, _ text: String) {
    #expect(throws: TributaryError.self) { try files(name, text) }
  }
}
