import Foundation
import Glibc
import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryStorage

/// Files that `Golden/generate_hostile.py` made to run, to crash, to hang or to fill the memory.
@Suite struct HostileCheckpointTests {
  private struct Expected: Decodable {
    var code: String
    var says: String
  }

  @Test func everyOneIsRefusedByName() throws {
    let text = try Data(contentsOf: URL(fileURLWithPath: Golden.path("hostile/expected.json")))
    let cases = try JSONDecoder().decode([String: Expected].self, from: text)
    #expect(cases.count > 75)
    for (name, expected) in cases.sorted(by: { $0.key < $1.key }) {
      do {
        _ = try Weights(path: Golden.path("hostile/\(name).pt"))
        Issue.record("\(name) is not refused")
      } catch let error as TributaryError {
        #expect(error.code == expected.code, "\(name): \(error)")
        #expect(
          expected.says.isEmpty || error.description.contains(expected.says), "\(name): \(error)")
        #expect(error.message.count < 400, "\(name)")
      }
    }
    #expect(access("/tmp/pwned", F_OK) != 0)
  }
}
