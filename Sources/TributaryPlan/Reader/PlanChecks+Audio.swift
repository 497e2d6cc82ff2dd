internal import TributaryCore

extension PlanChecks {
  mutating func checkAudio() {
    let isAudio = plan.task.kind == .audioClassification
    expect(
      isAudio || sources["data.audio"] == nil, "data.audio",
      "is for recordings, but task.kind is \(plan.task.kind.rawValue)")
    expect(
      !isAudio || plan.data.image == ImagePlan(), "data.image",
      "is for images; data.audio says what recordings become")
    if let problem = plan.data.audio?.features.problem {
      expect(false, "data.audio.\(problem.key)", problem.text)
    }
  }
}
