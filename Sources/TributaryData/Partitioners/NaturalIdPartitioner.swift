public import TributaryCore
internal import TributaryPlan

/// Examples belong to whom the data say: a writer, a speaking role, a site. Flower's
/// `NaturalIdPartitioner`.
///
/// Clients come in the order of their ids (numbers by value, else by their bytes). Ids with fewer than
/// `minimumExamples` examples are left out; where `clients` is given, the ids with most examples are kept
/// (a coordinator, which has no data, needs it to know how many workers to wait for).
/// `NaturalIDSource` says where ids are found.
public struct NaturalIdPartitioner: Partitioner {
  public static let kind = "natural-id"
  public static let flowerName: String? = "NaturalIdPartitioner"
  public static let summary =
    "whose an example is, the data say: a column, an id file, IDX `...clients...` beside the images, "
    + "or in running text the speaking role (NAME: after an empty line); ids with fewer than "
    + "minimumExamples are left out, and with `clients` all but the largest"
  public static let settings: [PartitionSetting] = [
    PartitionSetting("column", .word, "of TSV, CSV and JSONL: its name, or its number from 1"),
    .path("ids beside the data: IDX, or text with one a line"),
  ]

  public let clients: Int? = nil
  private let settings: PartitionSettings

  public init(_ settings: PartitionSettings) throws {
    self.settings = settings
    guard settings.word("column") == nil || settings.plan.path == nil else {
      throw settings.failure("column", "cannot stand beside path: both say whose an example is")
    }
  }

  /// Where the reader finds the ids for `plan`; nil for another kind.
  static func source(_ plan: PartitionPlan) -> NaturalIDSource? {
    plan.kind == kind
      ? NaturalIDSource(column: plan.settings["column"], path: plan.path) : nil
  }

  public func divide(_ examples: PartitionExamples, key: RandomKey) throws -> PartitionOwners {
    guard let ids = examples.naturalIDs else {
      throw settings.failure(
        "kind", "the data do not say whose each example is",
        advice: "name a column of TSV, CSV or JSONL, or give an id file as data.partition.path")
    }
    let counts = ids.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    let names = try kept(counts)
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var owners = PartitionOwners(examples: ids.count, clients: names.count, names: names)
    for (example, id) in ids.enumerated() {
      if let client = numbers[id] { owners.give(example, to: client) }
    }
    return owners
  }

  private func kept(_ counts: [String: Int]) throws -> [String] {
    let minimum = settings.plan.minimumExamples
    let enough = Self.sorted(counts.filter { $0.value >= minimum }.map(\.key))
    let wanted = settings.plan.clients ?? enough.count
    guard !enough.isEmpty, wanted <= enough.count else {
      throw settings.failure(
        settings.plan.clients == nil ? "minimumExamples" : "clients",
        "of \(counts.count) ids \(enough.count) have at least \(minimum) examples",
        advice: "lower data.partition.clients or minimumExamples")
    }
    let largest = enough.enumerated().sorted {
      (-(counts[$0.element] ?? 0), $0.offset) < (-(counts[$1.element] ?? 0), $1.offset)
    }
    return largest.prefix(wanted).sorted { $0.offset < $1.offset }.map(\.element)
  }

  private static func sorted(_ ids: [String]) -> [String] {
    let numbers = ids.compactMap { id in Int(id).map { (number: $0, id: id) } }
    if numbers.count == ids.count {
      return numbers.sorted { ($0.number, $0.id) < ($1.number, $1.id) }.map(\.id)
    }
    return ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
