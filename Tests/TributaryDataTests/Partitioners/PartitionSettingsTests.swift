import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct PartitionSettingsTests {
  private func failure(_ partition: String) -> String {
    let yaml = """
      name: small
      backbone: {architecture: mlp}
      task: {kind: image-classification, classes: 10}
      data:
        partition: \(partition)
      """
    var advice: String?
    let text = message {
      do {
        let plan = try RunPlanReader.read(yaml: yaml, file: "run.yaml")
        _ = try PartitionerRegistry.make(plan.data.partition ?? PartitionPlan())
      } catch let error as TributaryError {
        advice = error.advice
        throw error
      }
    }
    return text + (advice.map { " (\($0))" } ?? "")
  }

  @Test(arguments: [
    ("{kind: dirichelt, clients: 3}", "kind: \"dirichelt\" is none of iid, dirichlet, "),
    ("{kind: dirichelt, clients: 3}", "(did you mean \"dirichlet\"?)"),
    ("{clints: 3}", "clints: unknown key (did you mean \"clients\"?)"),
    ("{kind: iid}", "clients: missing; the kind iid expects the number of clients"),
    (
      "{kind: dirichlet, alpha: -1, clients: 2}",
      "alpha: expected a number from 1e-12 to 1000000000, or a list of them, is -1"
    ),
    ("{kind: dirichlet, alpha: [1, x], clients: 2}", "or a list of them, is [1, x]"),
    (
      "{kind: dirichlet, alpha: [1, 2], clients: 3}",
      "alpha: has 2 numbers for 3 clients (give one number for all, or one each)"
    ),
    (
      "{kind: iid, clients: 3, alpha: 1}",
      "alpha: is for dirichlet, dirichlet-quantity, inner-dirichlet; the kind is iid "
        + "(known here: kind, clients, minimumExamples)"
    ),
    (
      "{kind: iid, clients: 3, path: x}",
      "path: is for distribution, natural-id, file; the kind is iid"
    ),
    ("{kind: dirichlet, clients: 3, selfBalancing: 1}", "expected true or false, is 1"),
    (
      "{kind: shards, clients: 3, shardsPerClient: 1.5}",
      "expected a whole number from 1 to 1000000, is 1.5"
    ),
    (
      "{kind: pathological, clients: 3}",
      "classesPerClient: missing; the kind pathological expects a whole number from 1 to 1000000: "
    ),
    (
      "{kind: pathological, clients: 3, classesPerClient: 1, classAssignment: radom}",
      "expected random | deterministic | first-deterministic, is radom"
    ),
    ("{kind: sizes, sizes: [3, 0]}", "expected a list of whole numbers from 1 to 1000000000, is"),
    ("{kind: sizes, sizes: [3], clients: 2}", "has 1 sizes, but data.partition.clients is 2"),
    ("{kind: file}", "path: missing; the kind file expects a path: "),
    ("{kind: natural-id, column: a, path: b}", "column: cannot stand beside path"),
    (
      "{kind: shards, clients: 3, keepIncompleteShard: true}",
      "keepIncompleteShard: is for shardSize without shardsPerClient"
    ),
  ])
  func whatIsWrongIsSaidWithItsPlaceAndKey(_ partition: String, _ expected: String) {
    let text = failure(partition)
    #expect(text.hasPrefix("run.yaml:5: data.partition."), "\(text)")
    #expect(text.contains(expected), "\(text)")
  }

  @Test func aSectionIsNoSetting() {
    #expect(
      failure("{kind: iid, clients: 2, more: {a: 1}}").contains(
        "data.partition.more: expected a number, true, false, a word or a list, found a section"))
  }

  @Test func helpNamesEveryKindAndSetting() {
    let help = PartitionerRegistry.help
    for type in PartitionerRegistry.all {
      #expect(help.contains("\(type.kind)"))
      #expect(type.flowerName.map { help.contains("(Flower: \($0))") } ?? true)
      for setting in type.settings { #expect(help.contains("    \(setting.name)  (")) }
    }
    #expect(Set(PartitionerRegistry.kinds).count == PartitionerRegistry.all.count)
  }
}
