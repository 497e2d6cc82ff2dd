import Testing
import TributaryCore
import TributaryPlan
import TributaryTransfer

@Suite struct TaskSettingsTests {
  private var plan: RunPlan {
    var plan = RunPlan(
      name: "settings", backbone: BackbonePlan(architecture: "fedavg-2nn"),
      task: TaskPlan(kind: .imageClassification, classes: 3, classNames: ["a", "b", "c"]),
      data: DataPlan(labels: [4, 5, 6]))
    plan.local.optimizer = OptimizerPlan(kind: .adamw, learningRate: 1e-4)
    return plan
  }

  @Test func travelAsJSON() throws {
    let settings = TaskSettings(plan)
    let json = try settings.json
    #expect(try TaskSettings(json: json) == settings)
    #expect(try TaskSettings(json: json).json == json)
    #expect(!json.contains("\n"))
  }

  @Test(arguments: [
    ("\"epochs\":1", "\"epochs\":0"), ("\"batchSize\":32", "\"batchSize\":-4"),
    ("\"threads\":1", "\"threads\":100000"), ("\"learningRate\":0.0001", "\"learningRate\":-1"),
    ("\"kind\":\"adamw\"", "\"kind\":\"sorcery\""), ("{", "["), ("\"classes\":3", "\"klasses\":3"),
    ("\"warmup\":0", "\"warmup\":2"), ("\"shrinkage\":0.1", "\"shrinkage\":2"),
    ("\"minimumExamples\":10", "\"minimumExamples\":0"),
    ("\"maximumTokens\":128", "\"maximumTokens\":0"),
    ("\"tokens\":20", "\"tokens\":0"), ("\"size\":64", "\"size\":-1"),
  ])
  func refuseWhatAPeerMayNotAsk(part: String, replacement: String) throws {
    let json = try TaskSettings(plan).json
    let forged = json.replacingOccurrences(of: part, with: replacement)
    try #require(forged != json)
    #expect(throws: TributaryError.self) { try TaskSettings(json: forged) }
  }
}

extension String {
  fileprivate func replacingOccurrences(of part: String, with replacement: String) -> String {
    guard let range = firstRange(of: part) else { return self }
    return replacingCharacters(in: range, with: replacement)
  }

  private func replacingCharacters(in range: Range<Index>, with replacement: String) -> String {
    self[..<range.lowerBound] + replacement + self[range.upperBound...]
  }
}
