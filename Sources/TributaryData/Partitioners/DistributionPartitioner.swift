internal import Foundation
public import TributaryCore
internal import TributaryPlan

/// Each class's examples are shared out as a table of shares says, classes being assigned as in
/// `pathological` with `deterministic`: power-law partitions (Li et al. 2020, "Federated optimization in
/// heterogeneous networks", arXiv:1812.06127). Flower's `DistributionPartitioner` with `rescale`.
///
/// The table is JSON, `[classes that have examples][classesPerClient * clients / classes]`; row c has the
/// shares of the clients that have class c, ascending. Each of them gets `preassigned` examples first; the
/// rest of the class goes by the shares, rounded down, and what rounding leaves to one of them, drawn.
public struct DistributionPartitioner: Partitioner {
  public static let kind = "distribution"
  public static let flowerName: String? = "DistributionPartitioner"
  public static let summary = "adjacent classes each, shared out as a table in a file says"
  public static let settings: [PartitionSetting] = [
    .path(required: true, "JSON: a row a class, in it a share for each client that has the class"),
    PartitionSetting(
      "classesPerClient", .wholeNumber(1...1_000_000), required: true, "classes each client has"),
    PartitionSetting(
      "preassigned", .wholeNumber(0...1_000_000_000), default: 0,
      "examples of each of its classes that a client gets before the shares count"),
  ]

  public let clients: Int?
  private let parts: Int
  private let settings: PartitionSettings
  private let classesPerClient: Int
  private let preassigned: Int

  public init(_ settings: PartitionSettings) throws {
    self.settings = settings
    parts = try settings.clients
    clients = parts
    classesPerClient = settings.wholeNumber("classesPerClient") ?? 1
    preassigned = settings.wholeNumber("preassigned") ?? 0
  }

  public func divide(_ examples: PartitionExamples, key: RandomKey) throws -> PartitionOwners {
    let present = examples.presentClasses
    guard classesPerClient <= present.count, parts.isMultiple(of: present.count) else {
      throw settings.failure(
        "clients",
        "\(parts) clients with \(classesPerClient) of \(present.count) classes each do not fit",
        advice: "clients is a multiple of the classes, classesPerClient no more than these")
    }
    let table = try table(rows: present.count)
    var owners = PartitionOwners(examples: examples.count, clients: parts)
    let members = examples.members
    for (row, label) in present.enumerated() {
      let key = key.at(label)
      let sizes = try sizes(table[row], of: members[label].count, label, key: key.at("rest"))
      let order = key.at("order").permutation(of: members[label].count)
      var position = 0
      for (client, size) in zip(sharers(of: row, among: present.count), sizes) {
        for _ in 0..<size {
          owners.give(members[label][order[position]], to: client)
          position += 1
        }
      }
    }
    return owners
  }

  /// The clients that have the class at `row`, ascending: client i has i, i + 1, ... (mod the classes).
  private func sharers(of row: Int, among classes: Int) -> [Int] {
    (0..<parts).filter { ((row - $0) % classes + classes) % classes < classesPerClient }
  }

  private func sizes(
    _ shares: [Double], of count: Int, _ label: Int, key: RandomKey
  ) throws -> [Int] {
    let rest = count - preassigned * shares.count
    guard rest >= 0 else {
      throw settings.failure(
        "preassigned", "class \(label) has \(count) examples for \(shares.count) clients",
        advice: "lower it to \(count / shares.count) or less")
    }
    let total = shares.reduce(0, +)
    var sizes = shares.map { preassigned + Int($0 / total * Double(rest)) }
    var random = key.generator
    sizes[random.below(sizes.count)] += count - sizes.reduce(0, +)
    return sizes
  }

  private func table(rows: Int) throws -> [[Double]] {
    let columns = classesPerClient * parts / rows
    let bytes = try InputFile(settings.plan.path ?? "").readAll().array(of: UInt8.self)
    guard let table = try? JSONDecoder().decode([[Double]].self, from: Data(bytes)),
      table.count == rows, table.allSatisfy({ $0.count == columns }),
      table.allSatisfy({ $0.allSatisfy { $0 >= 0 && $0.isFinite } && $0.contains { $0 > 0 } })
    else {
      throw settings.failure(
        "path", "expected a JSON table of \(rows) rows (classes) with \(columns) shares each",
        advice: "shares are numbers from 0, not all 0 in a row")
    }
    return table
  }
}
