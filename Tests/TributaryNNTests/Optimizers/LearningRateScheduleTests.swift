import Foundation
import Testing
import TributaryTestKit

@testable import TributaryNN

@Suite struct LearningRateScheduleTests {
  @Test func equalsTransformersSchedules() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Golden.path("schedules.json")))
    let golden = try JSONDecoder().decode([String: [Double]].self, from: data)
    #expect(golden.count == 12)
    for (name, rates) in golden {
      let parts = name.split(separator: "/").map(String.init)
      let (warmup, steps) = (Double(parts[1]) ?? 0, Int(parts[2]) ?? 0)
      let schedule = LearningRateSchedule(
        kind: try #require(.init(rawValue: parts[0])), peak: 0.3,
        warmup: warmup / Double(steps), steps: steps)
      #expect(schedule.warmupSteps == Int(warmup))
      for (step, rate) in rates.enumerated() {
        #expect((schedule.rate(step: step) - rate).magnitude < 1e-12, "\(name) step \(step)")
      }
    }
  }

  @Test func roundsTheShareOfWarmUp() {
    #expect(LearningRateSchedule(peak: 1, warmup: 0.1, steps: 30).warmupSteps == 3)
    #expect(LearningRateSchedule(peak: 1, warmup: 0.1, steps: 31).warmupSteps == 4)
    #expect(LearningRateSchedule(peak: 1, steps: 0).rate(step: 0) == 1)
  }

  @Test func staysAtItsEnd() {
    #expect(LearningRateSchedule(kind: .cosine, peak: 1, steps: 10).rate(step: 99) == 0)
    #expect(LearningRateSchedule(kind: .linear, peak: 1, steps: 10).rate(step: 10) == 0)
  }
}
