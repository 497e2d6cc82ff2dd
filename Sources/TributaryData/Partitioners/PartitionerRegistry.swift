internal import TributaryCore
public import TributaryPlan

/// The partitioners there are. A new one is its file, its line here, its test and its line in the docs.
public enum PartitionerRegistry {
  public static let all: [any Partitioner.Type] = [
    IidPartitioner.self,
    DirichletPartitioner.self,
    DirichletQuantityPartitioner.self,
    InnerDirichletPartitioner.self,
    ShardPartitioner.self,
    PathologicalPartitioner.self,
    DistributionPartitioner.self,
    SizePartitioner.self,
    LinearPartitioner.self,
    SquarePartitioner.self,
    ExponentialPartitioner.self,
    NaturalIdPartitioner.self,
    FilePartitioner.self,
  ]

  public static var kinds: [String] { all.map { $0.kind } }

  /// The partitioner that `plan` names, with its settings.
  /// - Throws: `data.partition` with the place, the key and the nearest valid word.
  public static func make(_ plan: PartitionPlan) throws -> any Partitioner {
    guard let type = all.first(where: { $0.kind == plan.kind }) else {
      let near = NearestName.of(plan.kind, among: kinds).map { "did you mean \"\($0)\"?" }
      throw PartitionSettings.failure(
        plan, "kind", "\"\(plan.kind)\" is none of \(kinds.joined(separator: ", "))", advice: near)
    }
    return try type.init(PartitionSettings(plan, for: type))
  }

  /// Every kind with Flower's name for it and its settings, for `--help`.
  public static var help: String {
    all.map { type in
      let flower = type.flowerName.map { "  (Flower: \($0))" } ?? ""
      let settings = type.settings.map { setting in
        let value =
          setting.isRequired ? "; required" : setting.defaultValue.map { "; default \($0)" } ?? ""
        return "    \(setting.name)  (\(setting.expectation)\(value))\n        \(setting.summary)"
      }
      return (["\(type.kind)\(flower)\n    \(type.summary)"] + settings).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
