import Foundation
import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct RunningTextTests {
  private func read(_ text: String, length: Int) throws -> Dataset {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(
      "running-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    return try DatasetReader.read(
      file.path, plan: DataPlan(text: TextPlan(maximumTokens: length)),
      task: TaskPlan(kind: .languageModel, classes: 97))
  }

  @Test func windowsOverlapByOneCharacter() throws {
    let dataset = try read("abc\nde\u{e9}gh", length: 4)
    guard case .text(let text) = dataset.examples else { return #expect(Bool(false)) }
    #expect(text.texts == ["abc\nd", "de\u{e9}gh"])
    #expect(dataset.labels == [0, 0])
    #expect(
      try dataset.requireLabels(within: TaskPlan(kind: .languageModel, classes: 97)) == [0, 0])
  }

  @Test func theRestIsAShorterWindow() throws {
    let dataset = try read("abcdefg", length: 3)
    guard case .text(let text) = dataset.examples else { return #expect(Bool(false)) }
    #expect(text.texts == ["abcd", "defg"])
    guard case .text(let odd) = try read("abcdefgh", length: 3).examples else {
      return #expect(Bool(false))
    }
    #expect(odd.texts == ["abcd", "defg", "gh"])
  }

  @Test func refusesAnEmptyText() {
    #expect(throws: TributaryError.self) { try read("", length: 3) }
    #expect(throws: TributaryError.self) { try read("a", length: 3) }
  }
}
