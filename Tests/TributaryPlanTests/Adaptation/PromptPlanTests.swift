import Testing
import TributaryCore
import TributaryPlan

@Suite struct PromptPlanTests {
  private func plan(_ transfer: String, classes: String = "[bad, good]") throws -> RunPlan {
    try RunPlanReader.read(
      yaml: """
        name: words
        backbone: {path: bert}
        task: {kind: text-classification, classes: \(classes)}
        transfer: \(transfer)
        """, file: "runs/run.yaml", environment: [:])
  }

  private static let prompt =
    "prompt: {template: \"{text} It was {mask}.\", words: {good: great, bad: terrible}}"

  @Test func templateAndWordsAreRead() throws {
    let transfer = try plan("{method: prefix, adapter: {tokens: 5, from: a}, \(Self.prompt)}")
      .transfer
    #expect(transfer.adapter == AdapterPlan(tokens: 5, from: "runs/a"))
    #expect(transfer.prompt?.template == "{text} It was {mask}.")
    #expect(transfer.prompt?.words(of: ["bad", "good"]) == ["terrible", "great"])
    #expect(transfer.prompt?.words(of: ["bad", "better"]) == nil)
  }

  @Test(arguments: [
    ("{method: head, \(prompt)}", "[bad, good]"), ("{\(prompt)}", "2"),
    ("{\(prompt)}", "[bad, better]"), ("{\(prompt)}", "[bad, good, best]"),
    ("{prompt: {template: a}}", "[bad, good]"),
    ("{prompt: {template: a, words: [great, bad]}}", "[bad, good]"),
    ("{prompt: {template: a, words: {good: [x], bad: y}}}", "[bad, good]"),
  ])
  func whatIsNotWholeIsRefused(transfer: String, classes: String) {
    #expect(throws: TributaryError.self) { try plan(transfer, classes: classes) }
  }

  @Test func everyMethodHasItsHelp() {
    for method in TransferPlan.Method.allCases {
      #expect(TransferPlan.Method.help.contains("\(method.rawValue)\n    "))
    }
  }
}
