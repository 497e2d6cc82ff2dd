import Foundation
import Testing
import TributaryCore

@testable import TributaryPlan

@Suite struct SynonymFileTests {
  private func augment(_ file: [UInt8]?) throws -> [AugmentationPlan] {
    let path = FileManager.default.temporaryDirectory.path + "/tributary-synonyms-\(UUID()).txt"
    defer { try? FileManager.default.removeItem(atPath: path) }
    if let file { try Data(file).write(to: URL(fileURLWithPath: path)) }
    return try RunPlanReader.read(
      yaml: """
        name: words
        backbone: {architecture: text-bag}
        task: {kind: text-classification, classes: 2}
        data: {augment: [{kind: synonym, share: 0.2, path: \(path)}]}
        """, file: "run.yaml", environment: [:]
    ).data.augment
  }

  /// The groups travel with the plan, the path does not.
  @Test func groupsStandInTheFilesPlace() throws {
    let found = try augment(Array("film, movie,motion picture\r\n\ngood\tfine\n".utf8))
    #expect(
      found == [
        AugmentationPlan(
          kind: "synonym",
          settings: [
            "share": 0.2, "words": [["film", "movie", "motion picture"], ["good", "fine"]],
          ])
      ])
  }

  @Test func unreadableFilesAreRefused() {
    for file in [nil, [0xff, 0xfe], [UInt8](repeating: 97, count: 200 << 10)] as [[UInt8]?] {
      #expect(throws: TributaryError.self) { try augment(file) }
    }
  }
}
