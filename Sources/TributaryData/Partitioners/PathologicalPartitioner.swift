public import TributaryCore
internal import TributaryPlan

/// Each client has examples of `classesPerClient` classes; a class's examples are cut into equal parts for
/// the clients that have it (Li et al. 2022, arXiv:2102.02079). Flower's `PathologicalPartitioner`.
///
/// Which classes, of those that have examples, `classAssignment` says:
/// - `random`: drawn for each client;
/// - `deterministic`: client i has classes i, i + 1, ...;
/// - `first-deterministic`: client i has class i, the others are drawn.
///
/// A class that nobody got is no client's.
public struct PathologicalPartitioner: Partitioner {
  public static let kind = "pathological"
  public static let flowerName: String? = "PathologicalPartitioner"
  public static let summary = "a few classes each; a class is shared equally by those that have it"
  public static let settings: [PartitionSetting] = [
    PartitionSetting(
      "classesPerClient", .wholeNumber(1...1_000_000), required: true, "classes each client has"),
    PartitionSetting(
      "classAssignment", .choice(Assignment.allCases.map(\.rawValue)), default: "random",
      "which classes: drawn, one after the other, or the first so and the others drawn"),
  ]

  enum Assignment: String, CaseIterable {
    case random, deterministic
    case firstDeterministic = "first-deterministic"
  }

  public let clients: Int?
  private let parts: Int
  private let settings: PartitionSettings
  private let classesPerClient: Int
  private let assignment: Assignment

  public init(_ settings: PartitionSettings) throws {
    self.settings = settings
    parts = try settings.clients
    clients = parts
    classesPerClient = settings.wholeNumber("classesPerClient") ?? 1
    assignment = settings.word("classAssignment").flatMap(Assignment.init) ?? .random
  }

  public func divide(_ examples: PartitionExamples, key: RandomKey) throws -> PartitionOwners {
    let present = examples.presentClasses
    guard classesPerClient <= present.count else {
      throw settings.failure(
        "classesPerClient", "is \(classesPerClient), but the data have \(present.count) classes",
        advice: "lower it")
    }
    var owners = PartitionOwners(examples: examples.count, clients: parts)
    let members = examples.members
    for (label, sharers) in sharers(present, classes: examples.classes, key: key).enumerated()
    where !sharers.isEmpty {
      let members = members[label]
      guard sharers.count <= members.count else { throw tooFew(label, sharers, members.count) }
      let order = key.at("order").at(label).permutation(of: members.count)
      var position = 0
      for (rank, client) in sharers.enumerated() {
        // The first parts have one more, as in numpy.array_split.
        let size =
          members.count / sharers.count + (rank < members.count % sharers.count ? 1 : 0)
        for _ in 0..<size {
          owners.give(members[order[position]], to: client)
          position += 1
        }
      }
    }
    return owners
  }

  /// For each class the clients that have it, ascending.
  private func sharers(_ present: [Int], classes: Int, key: RandomKey) -> [[Int]] {
    var sharers = [[Int]](repeating: [], count: classes)
    for client in 0..<parts {
      for place in places(client, among: present.count, key: key.at("classes").at(client)) {
        sharers[present[place]].append(client)
      }
    }
    return sharers
  }

  /// The places of a client's classes among those that are present.
  private func places(_ client: Int, among count: Int, key: RandomKey) -> [Int] {
    let first = client % count
    switch assignment {
    case .deterministic: return (0..<classesPerClient).map { (client + $0) % count }
    case .random: return Array(key.permutation(of: count).prefix(classesPerClient))
    case .firstDeterministic:
      let others = key.permutation(of: count).filter { $0 != first }
      return [first] + others.prefix(classesPerClient - 1)
    }
  }

  private func tooFew(_ label: Int, _ sharers: [Int], _ count: Int) -> TributaryError {
    settings.failure(
      "classesPerClient",
      "\(sharers.count) clients should share class \(label), which has \(count) examples",
      advice: "lower classesPerClient or clients, or set classAssignment: deterministic, which "
        + "spreads classes evenly")
  }
}
