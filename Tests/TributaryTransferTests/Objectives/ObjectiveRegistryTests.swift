import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryTransfer

@Suite struct ObjectiveRegistryTests {
  private func failure(_ plan: ObjectivePlan) -> TributaryError? {
    #expect(throws: TributaryError.self) { try ObjectiveRegistry.make(plan) }
  }

  @Test func kindsAreDistinct() {
    let kinds = ObjectiveRegistry.all.map { $0.kind }
    #expect(Set(kinds).count == kinds.count)
  }

  @Test func unknownNamesAreRefusedWithTheNearest() {
    let kind = failure(ObjectivePlan(kind: "corall"))
    #expect(kind?.code == "objective.kind")
    #expect(kind?.advice == "did you mean \"coral\"?")
    let option = failure(ObjectivePlan(kind: "mmd", settings: ["kernel": 3]))
    #expect(option?.code == "objective.option")
    #expect(option?.advice == "did you mean \"kernels\"?")
  }

  @Test(arguments: [
    ObjectivePlan(kind: "coral", settings: ["weight": -1]),
    ObjectivePlan(kind: "coral", settings: ["weight": "much"]),
    ObjectivePlan(kind: "mmd", settings: ["layer": "pixels"]),
    ObjectivePlan(kind: "distillation"),
    ObjectivePlan(kind: "distillation", settings: ["model": 3]),
  ])
  func impossibleSettingsAreRefused(_ plan: ObjectivePlan) {
    #expect(failure(plan)?.code == "objective.option")
  }

  @Test func helpTellsEveryKindAndSetting() {
    for type in ObjectiveRegistry.all {
      #expect(ObjectiveRegistry.help.contains(type.kind))
      for option in type.options { #expect(ObjectiveRegistry.help.contains(option.help)) }
    }
  }
}
